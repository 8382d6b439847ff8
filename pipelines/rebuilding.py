"""Facts anew from the raw records that are kept; what has none (bulk files, records let go) stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, select

from data.access import Actor
from data.facts import Fact
from data.metrics.base import Value
from data.scopes import Resolver
from data.settings import Settings, Source
from data.warehouse.catalog import load_resolver
from data.warehouse.raw import latest_records, record_kinds
from data.warehouse.rebuild import Rebuilt, Restated, Tell, rebuild
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks
from data.warehouse.write import accept, bump_version, reject, replace_facts, store_facts
from pipelines.connectors import connector_of
from pipelines.connectors.base import Connector, Record
from pipelines.errors import SkipRecord

_TOLD_LINES = 40


@dataclass
class Recomputed:
    """What the records of one source state now: facts that are new or different, that no record states any more,
    records that cannot become a fact any more. `gone` records keep the facts they have."""

    source: str
    records: int = 0
    gone: int = 0
    changed: int = 0
    removed: int = 0
    rejected: int = 0


@dataclass
class Recomputation:
    """One run over some sources, in the caller's transaction."""

    settings: Settings
    sources: Sequence[Source]
    tell: Tell
    done: list[Recomputed] = field(default_factory=list)

    def __call__(self, connection: Connection) -> None:
        """Make the facts of each source that keeps raw records."""
        resolver = load_resolver(connection)
        for source in self.sources:
            connector = connector_of(source.type)(source, self.settings)
            if connector.keep:
                self.tell(f"facts of {source.id}")
                self.done.append(_Source(connection, self.settings, connector, resolver).run())
        if any(one.changed or one.removed for one in self.done):
            bump_version(connection, "facts rebuilt")


class _Source:
    """The facts of one source."""

    def __init__(self, connection: Connection, settings: Settings, connector: Connector, resolver: Resolver) -> None:
        self.connection = connection
        self.zone = settings.zone
        self.connector = connector
        self.resolver = resolver
        self.source = connector.source.id
        self.report = Recomputed(self.source)
        self._told: set[str] = set()
        self._stated: set[tuple[str, str]] = set()

    def run(self) -> Recomputed:
        for kind in record_kinds(self.connection, self.source):
            for part in chunks(self._there(kind), 2000):
                facts = list(self._facts(kind, part))
                self._stated |= {(fact.kind, fact.source_id) for fact in facts}
                self.report.changed += store_facts(self.connection, facts, self.resolver, self.zone).facts
        for kind in self.connector.fact_kinds:
            for source_id in list(self._stale(kind)):
                replace_facts(self.connection, self.source, kind, "source_id", source_id, (), self.zone)
                self.report.removed += 1
        return self.report

    def _there(self, kind: str) -> Iterator[Record]:
        for one in latest_records(self.connection, self.source, kind):
            if one.gone:
                self.report.gone += 1
            else:
                self.report.records += 1
                self._told.add(one.source_id)
                yield Record(kind, one.source_id, one.payload)

    def _facts(self, kind: str, records: Iterable[Record]) -> Iterator[Fact]:
        good = []
        for record in records:
            try:
                yield from self.connector.facts(record)
                good.append(record.source_id)
            except SkipRecord as reason:
                self.report.rejected += 1
                reject(self.connection, self.source, kind, record.source_id, str(reason), record.payload)
        accept(self.connection, self.source, kind, good)

    def _stale(self, kind: str) -> Iterator[str]:
        """Facts that their record, which is still there, does not state any more."""
        table = FACT_TABLES[kind]
        for source_id in self.connection.execute(
            select(table.c.source_id).where(table.c.source == self.source)
        ).scalars():
            if (kind, source_id) not in self._stated and any(one in self._told for one in _origins(source_id)):
                yield source_id


def _origins(source_id: str) -> Iterator[str]:
    """The records that a fact of this id may come from: of the same id, or of what stands before a colon in it."""
    yield source_id
    yield from (source_id[:place] for place, letter in enumerate(source_id) if letter == ":")


def rebuild_all(
    engine: Engine, settings: Settings, actor: Actor, sources: Sequence[Source], *, dry_run: bool, tell: Tell
) -> tuple[list[Recomputed], Rebuilt]:
    """Rebuild the facts of some sources, and every number. NotPermitted, StopSource."""
    facts = Recomputation(settings, sources, tell)
    return facts.done, rebuild(engine, settings, actor, facts, dry_run=dry_run, tell=tell)


def as_json(done: Sequence[Recomputed], rebuilt: Rebuilt, *, dry_run: bool) -> dict[str, Any]:
    """The answer of the command."""
    return {
        "schema": 1,
        "dry_run": dry_run,
        "sources": [vars(one) for one in done],
        "rows": rebuilt.rows,
        "restated": rebuilt.restated,
        "data_version": None if dry_run else rebuilt.data_version,
        "months": [_month(one) for one in rebuilt.months],
    }


def _month(one: Restated) -> dict[str, Any]:
    about = {"metric": one.metric, "scope": one.scope, "variant": one.variant, "month": f"{one.month:%Y-%m}"}
    return {**about, "closed": one.closed, "old": _figure(one.old), "new": _figure(one.new)}


def _figure(value: Value | None) -> dict[str, float | None] | None:
    if value is None:
        return None
    found = {"value": value.value, "numerator": value.numerator, "denominator": value.denominator}
    return {name: None if one is None else float(one) for name, one in found.items()}


def as_text(done: Sequence[Recomputed], rebuilt: Rebuilt, *, dry_run: bool) -> str:
    """The same for people: each source, then the months that tell another number."""
    lines = [
        f"{one.source}: {one.records:,} records, {one.changed:,} facts changed, {one.removed:,} removed, "
        f"{one.rejected:,} set aside, {one.gone:,} gone at the source"
        for one in done
    ]
    for one in rebuilt.months[:_TOLD_LINES]:
        about = " ".join(part for part in (one.metric, one.variant, one.scope, f"{one.month:%Y-%m}") if part)
        lines.append(f"{about}: {_said(one.old)} → {_said(one.new)}{', closed' if one.closed else ''}")
    if len(rebuilt.months) > _TOLD_LINES:
        lines.append(f"… and {len(rebuilt.months) - _TOLD_LINES:,} more: --json tells all.")
    would = "would change" if dry_run else "changed"
    closed = f"{rebuilt.restated:,} of closed periods"
    lines.append(f"{rebuilt.rows:,} daily rows {would}, {closed}; {len(rebuilt.months):,} months tell another number.")
    return "\n".join(lines)


def _said(value: Value | None) -> str:
    if value is None or value.value is None:
        return "none"
    return f"{float(value.value):.6g}"
