"""One source: fetch, keep, turn into facts, move the cursor; each page committed whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from data.clock import clock
from data.facts import Fact
from data.period import day_of
from data.scopes import Resolver
from data.settings import Settings, Source
from data.warehouse import schema
from data.warehouse.catalog import load_resolver, told_scopes
from data.warehouse.engine import reading, writing
from data.warehouse.runs import lease, renewal
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import (
    Stored,
    accept,
    accept_file,
    bump_version,
    move_cursor,
    note_covered,
    note_file,
    note_open_items,
    reject,
    replace_facts,
    store_facts,
    store_records,
)
from pipelines.connectors import connector_of
from pipelines.connectors.base import Connector, Page, Position
from pipelines.errors import SkipRecord, StopSource, TryAgain
from pipelines.forgetting import fit_to_keep
from pipelines.gone import Listed
from pipelines.reconciling import reconciled

FIRST_READING = timedelta(days=3 * 366)
"""How far back a source without `since` is read at first."""

DONE, IN_PART, STOPPED, BROKEN = "done", "in part", "stopped", "broken off"


@dataclass
class SyncReport:
    """What one run of one source did. `skipped` counts records set aside, by reason."""

    source: str
    outcome: str = DONE
    message: str = ""
    fetched: int = 0
    stored: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    resumes_at: datetime | None = None


Watcher = Callable[[Page, SyncReport], None]


def sync(
    engine: Engine,
    settings: Settings,
    source: Source,
    *,
    since: date | None = None,
    full: bool = False,
    watch: Watcher = lambda _page, _report: None,
) -> SyncReport:
    """Read one source from its cursors on. Held when somebody else is reading it; never deletes good data first.

    `full` reads all of it again from `since` on, and marks the records that are gone at the source when it is done.
    """
    report = SyncReport(source.id)
    with lease(engine, source.id) as holder:
        run = _begin(engine, source)
        try:
            connector = connector_of(source.type)(source, settings)
            position = _position(engine, settings, source, since, full)
            listed = Listed(connector) if full else None
            for page in connector.fetch(position):
                _commit(engine, settings, connector, page, report, holder)
                watch(page, report)
                if listed is not None:
                    listed.page(page)
            if listed is not None:
                report.notes += listed.mark(engine)
            report.notes += reconciled(engine, settings, connector, position)
        except StopSource as error:
            report.outcome, report.message = STOPPED, str(error)
        except TryAgain as error:
            report.outcome, report.message, report.resumes_at = IN_PART, str(error), error.at
        except BaseException:
            report.outcome, report.message = BROKEN, "The run broke off; the next one resumes at the cursor."
            raise
        finally:
            _end(engine, run, report)
    return report


def _position(engine: Engine, settings: Settings, source: Source, since: date | None, full: bool) -> Position:
    start = since or source.since or day_of(clock() - FIRST_READING, settings.zone)
    with reading(engine) as connection:
        cursors = select(schema.cursor.c.stream, schema.cursor.c.value).where(schema.cursor.c.source == source.id)
        items = select(schema.open_item.c.stream, schema.open_item.c.item).where(schema.open_item.c.source == source.id)
        files = select(schema.file_manifest.c.path, schema.file_manifest.c.sha256)
        opened: dict[str, list[str]] = {}
        for stream, item in connection.execute(items.order_by(schema.open_item.c.item)):
            opened.setdefault(stream, []).append(item)
        return Position(
            since=start,
            now=clock(),
            cursors={} if full else {row.stream: row.value for row in connection.execute(cursors)},
            open_items={stream: tuple(ids) for stream, ids in opened.items()},
            stored_days=lambda fact, key: _stored_days(engine, source.id, fact, key),
            files={}
            if full
            else {
                row.path: row.sha256
                for row in connection.execute(files.where(schema.file_manifest.c.source == source.id))
            },
            full=full,
        )


def _stored_days(engine: Engine, source: str, fact: str, key: str) -> frozenset[date]:
    table = FACT_TABLES[fact]
    with reading(engine) as connection:
        days = select(table.c.day).where(table.c.source == source, table.c.key == key)
        return frozenset(connection.execute(days).scalars())


def _commit(
    engine: Engine, settings: Settings, connector: Connector, page: Page, report: SyncReport, holder: str
) -> None:
    source = connector.source.id
    facts, faulty = _facts_of(connector, page)
    report.fetched += len(page.records) + sum(file.rows for file in page.files) + len(page.rejected)
    with writing(engine) as connection:
        there = page.facts
        page, facts = fit_to_keep(connection, settings, connector, page, facts)
        resolver = load_resolver(connection)
        stored = Stored(records=_store_records(connection, source, page))
        done = store_facts(connection, [*facts, *page.facts], resolver, settings.zone)
        stored.facts += done.facts
        stored.touched |= done.touched
        for gone in page.replaces:
            stored.facts += replace_facts(
                connection, source, gone.fact, gone.field, gone.value, there, settings.zone
            ).facts
        news = _set_aside(connection, source, page, faulty, report)
        for proof in page.covered:
            span = (proof.fact, proof.key_kind, proof.key, proof.start, proof.end)
            scopes = _covered_scopes(connection, source, proof.fact, proof.key_kind, proof.key, resolver)
            stored.touched |= note_covered(connection, source, span, scopes, settings.zone).touched
        note_open_items(connection, source, page.stream, page.opened, page.ended)
        for file in page.files:
            note_file(connection, source, file)
        if page.cursor is not None:
            move_cursor(connection, source, page.stream, page.cursor)
        for statement in renewal(source, holder):
            connection.execute(statement)  # type: ignore[call-overload]
        if stored.anything or news:
            bump_version(connection, f"sync {source} {page.stream}")
    report.stored += stored.facts
    report.notes += [note for note in page.notes if note not in report.notes]


def _facts_of(connector: Connector, page: Page) -> tuple[list[Fact], dict[tuple[str, str], str]]:
    facts: list[Fact] = []
    faulty: dict[tuple[str, str], str] = {}
    for record in page.records:
        try:
            facts += connector.facts(record)
        except SkipRecord as reason:
            faulty[record.kind, record.source_id] = str(reason)
    return facts, faulty


def _store_records(connection: Connection, source: str, page: Page) -> int:
    by_kind: dict[str, dict[str, Mapping[str, object]]] = {}
    for record in page.records:
        by_kind.setdefault(record.kind, {})[record.source_id] = record.payload
    return sum(store_records(connection, source, kind, payloads) for kind, payloads in by_kind.items())


def _set_aside(
    connection: Connection, source: str, page: Page, faulty: dict[tuple[str, str], str], report: SyncReport
) -> bool:
    news = False
    well_formed: dict[str, list[str]] = {}
    for record in page.records:
        reason = faulty.get((record.kind, record.source_id))
        if reason is None:
            well_formed.setdefault(record.kind, []).append(record.source_id)
        else:
            news |= reject(connection, source, record.kind, record.source_id, reason, record.payload)
            report.skipped[reason] = report.skipped.get(reason, 0) + 1
    for kind, places in well_formed.items():
        accept(connection, source, kind, places)
    for one in page.rejected:
        news |= reject(connection, source, one.kind, one.where, one.reason, one.payload)
        report.skipped[one.reason] = report.skipped.get(one.reason, 0) + 1
    refused = {(one.kind, one.where) for one in page.rejected}
    for file in page.files:
        news |= accept_file(connection, source, file.path, refused)
    return news


def _covered_scopes(
    connection: Connection, source: str, fact: str, key_kind: str, key: str, resolver: Resolver
) -> tuple[str, ...]:
    """The scopes whose days the proof covers: the key's own, or with an empty key all that the source has facts for."""
    if key:
        found = resolver.scope(source, key_kind, key, None)
        return (found,) if found else ()
    return told_scopes(connection, source, fact)


def _begin(engine: Engine, source: Source) -> int:
    with writing(engine) as connection:
        row = {"source": source.id, "started": clock(), "outcome": "running", "message": ""}
        made = connection.execute(insert(schema.sync_run).values(**row, fetched=0, stored=0, skipped=0))
        key = made.inserted_primary_key
        assert key is not None
        return int(key[0])


def _end(engine: Engine, run: int, report: SyncReport) -> None:
    table = schema.sync_run
    with writing(engine) as connection:
        started = connection.execute(select(table.c.started).where(table.c.id == run)).scalar_one()
        report.seconds = (clock() - started).total_seconds()
        connection.execute(
            update(table)
            .where(table.c.id == run)
            .values(
                finished=clock(),
                outcome=report.outcome,
                fetched=report.fetched,
                stored=report.stored,
                skipped=sum(report.skipped.values()),
                message=report.message,
            )
        )
