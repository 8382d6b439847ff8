"""Questions about sources: how they stand, which of their names wait to be mapped, what was set aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from data.facts import Incident
from data.scopes import Resolver
from data.warehouse import schema
from data.warehouse.catalog import load_resolver
from data.warehouse.schema import FACT_TABLES


@dataclass(frozen=True)
class SourceState:
    """How a source stands: its last runs and what it left open."""

    source: str
    last_success: datetime | None
    last_run: datetime | None
    last_outcome: str | None
    last_message: str
    open_items: int
    rejected: int


@dataclass(frozen=True)
class UnmappedKey:
    """A name that a source uses and nobody has mapped to a scope."""

    source: str
    fact: str
    kind: str
    key: str
    count: int


@dataclass(frozen=True)
class RejectedRow:
    """A record that was set aside."""

    source: str
    kind: str
    place: str
    reason: str
    first_seen: datetime
    last_seen: datetime
    times_seen: int


def source_states(connection: Connection, as_of: datetime | None = None) -> tuple[SourceState, ...]:
    """How each source that ever ran stands, or stood at an instant."""
    run = schema.sync_run
    done = case((run.c.outcome == "done", run.c.finished))
    latest = select(run.c.source, func.max(run.c.id).label("id"), func.max(done).label("success"))
    if as_of is not None:
        latest = latest.where(run.c.started <= as_of)
    latest = latest.group_by(run.c.source)
    last = latest.subquery()
    query = select(run.c.source, last.c.success, run.c.started, run.c.outcome, run.c.message)
    rows = connection.execute(query.join(last, run.c.id == last.c.id).order_by(run.c.source)).all()
    opened = _counts(connection, schema.open_item)
    rejected = _counts(connection, schema.rejected_record)
    return tuple(
        SourceState(
            row.source,
            row.success,
            row.started,
            row.outcome,
            row.message,
            opened.get(row.source, 0),
            rejected.get(row.source, 0),
        )
        for row in rows
    )


def _counts(connection: Connection, table: Any) -> dict[str, int]:
    rows = connection.execute(select(table.c.source, func.count()).group_by(table.c.source))
    return dict(rows.all())


def sources_of(connection: Connection) -> dict[str, tuple[str, ...]]:
    """The sources that deliver each kind of fact."""
    table = schema.covered
    found: dict[str, list[str]] = {}
    for fact, source in connection.execute(select(table.c.fact, table.c.source).distinct().order_by(table.c.source)):
        found.setdefault(fact, []).append(source)
    return {fact: tuple(sources) for fact, sources in found.items()}


def unmapped_keys(connection: Connection) -> tuple[UnmappedKey, ...]:
    """Names of sources that no scope was found for, with how many facts wait for it.

    Spend that nobody mapped counts for its whole source's scope meanwhile; its name is listed all the same. So are
    names of things that incidents hurt, but for a page of which single things were hurt.
    """
    resolver = load_resolver(connection)
    found = _unmapped_touches(connection, resolver)
    for kind, table in FACT_TABLES.items():
        if kind == Incident.kind:
            continue
        columns = (table.c.source, table.c.key_kind, table.c.key)
        query = select(*columns, func.count()).group_by(*columns)
        if kind != "spend":
            query = query.where(table.c.scope.is_(None))
        for source, key_kind, key, count in connection.execute(query):
            if kind != "spend" or resolver.scope(source, key_kind, key, None) is None:
                found.append(UnmappedKey(source, kind, key_kind, key, count))
    return tuple(sorted(found, key=lambda one: (-one.count, one.source, one.key)))


def _unmapped_touches(connection: Connection, resolver: Resolver) -> list[UnmappedKey]:
    table = FACT_TABLES[Incident.kind]
    counts: Counter[tuple[str, str, str]] = Counter()
    rows = connection.execute(select(table.c.source, table.c.key_kind, table.c.key, table.c.scope, table.c.touches))
    for source, key_kind, key, scope, touches in rows:
        names = {(kind, name) for kind, name, *_ in touches}
        names |= {(key_kind, key)} if scope is None else set()
        single = {one for one in names if one[0] != "page"}
        counts.update((source, *one) for one in single or names)
    return [
        UnmappedKey(source, Incident.kind, kind, name, count)
        for (source, kind, name), count in counts.items()
        if resolver.scope(source, kind, name, None) is None
    ]


def rejected_records(connection: Connection, limit: int = 500) -> tuple[RejectedRow, ...]:
    """The records that were set aside, the latest first."""
    table = schema.rejected_record
    columns = [table.c[name] for name in RejectedRow.__dataclass_fields__]
    rows = connection.execute(
        select(*columns).order_by(table.c.last_seen.desc(), table.c.source, table.c.place).limit(limit)
    )
    return tuple(RejectedRow(**row._mapping) for row in rows)
