"""What a sync stores: records, facts, what was set aside, cursors; all of a page in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, and_, bindparam, delete, func, insert, select, update

from data.clock import clock
from data.facts import KINDS, Change, Fact, Incident, WorkItem, field_names
from data.money import from_millionths, millionths
from data.period import day_of, day_start
from data.scopes import Resolver
from data.warehouse import schema
from data.warehouse.impacts import home_of, place_incidents, take_away_impacts
from data.warehouse.schema import FACT_TABLES
from data.warehouse.types import Millionths, canonical
from data.warehouse.upsert import chunks, insert_all, insert_new, insert_or_replace

UNMAPPED = "?"
"""The scope under which days of work items are touched that nobody mapped: of deployments they tell all the same."""


@dataclass
class Stored:
    """What storing changed; `facts` counts facts that are new or different."""

    records: int = 0
    facts: int = 0
    touched: set[tuple[str, str, date]] = field(default_factory=set)

    @property
    def anything(self) -> bool:
        return bool(self.records or self.facts or self.touched)


def bump_version(connection: Connection, cause: str) -> int:
    """The next data version; caches and packs are keyed by it."""
    made = connection.execute(insert(schema.data_version).values(committed_at=clock(), cause=cause))
    key = made.inserted_primary_key
    assert key is not None
    return int(key[0])


def store_records(connection: Connection, source: str, kind: str, payloads: Mapping[str, Mapping[str, Any]]) -> int:
    """Keep raw records: a new version where the payload changed, else when it was seen. Counts new versions."""
    table, now = schema.raw_record, clock()
    fresh: list[dict[str, Any]] = []
    seen: list[dict[str, Any]] = []
    for part in chunks(payloads):
        latest: dict[str, tuple[int, Any]] = {}
        known = select(table.c.source_id, table.c.version, table.c.payload).where(
            table.c.source == source, table.c.kind == kind, table.c.source_id.in_(part)
        )
        for row in connection.execute(known.order_by(table.c.version)):
            latest[row.source_id] = (row.version, row.payload)
        for source_id in part:
            version, payload = latest.get(source_id, (0, None))
            if payload is not None and canonical(payload) == canonical(payloads[source_id]):
                seen.append({"id": source_id, "v": version, "now": now})
            else:
                fresh.append({"source_id": source_id, "version": version + 1, "payload": payloads[source_id]})
    common = {"source": source, "kind": kind, "seen_at": now, "last_seen": now, "times_seen": 1, "gone_at": None}
    insert_all(connection, table, [common | row for row in fresh])
    if seen:
        same = and_(table.c.source == source, table.c.kind == kind, table.c.source_id == bindparam("id"))
        again = update(table).where(same, table.c.version == bindparam("v"))
        connection.execute(
            again.values(last_seen=bindparam("now"), times_seen=table.c.times_seen + 1, gone_at=None), seen
        )
    return len(fresh)


def store_facts(connection: Connection, facts: Iterable[Fact], resolver: Resolver, zone: ZoneInfo) -> Stored:
    """Insert new facts and replace changed ones; remember the days whose numbers they touch."""
    stored = Stored()
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    for kind, found in by_kind.items():
        for part in chunks(found):
            _store_part(connection, FACT_TABLES[kind], part, resolver, zone, stored)
    touch(connection, stored.touched)
    return stored


def _store_part(
    connection: Connection, table: Table, facts: Sequence[Fact], resolver: Resolver, zone: ZoneInfo, stored: Stored
) -> None:
    latest = {(fact.source, fact.source_id): fact for fact in facts}
    ids = [source_id for _, source_id in latest]
    sources = {source for source, _ in latest}
    known = connection.execute(select(table).where(table.c.source.in_(sources), table.c.source_id.in_(ids)))
    before = {(row.source, row.source_id): dict(row._mapping) for row in known}
    changed = []
    for key, fact in latest.items():
        days = fact.days(zone)
        scope = home_of(resolver, fact, min(days, default=None))
        row = _as_stored(table, shallow(fact)) | {"scope": scope}
        old = before.get(key)
        if old == row:
            continue
        changed.append(row)
        stored.touched |= _days_of(row, days, type(fact))
        if old is not None:
            stored.touched |= _days_of(old, fact_of(type(fact), old).days(zone), type(fact))
    if changed:
        insert_or_replace(connection, table, changed)
    anew = {(row["source"], row["source_id"]) for row in changed}
    stored.touched |= _items_of(connection, table, [*changed, *(before[key] for key in anew & before.keys())], zone)
    incidents = [fact for fact in latest.values() if isinstance(fact, Incident)]
    stored.touched |= place_incidents(connection, incidents, resolver, zone, anew)
    stored.facts += len(changed)


def _days_of(row: Mapping[str, Any], days: Iterable[date], kind: type[Fact]) -> set[tuple[str, str, date]]:
    """The days that a fact touches; none where nobody mapped it, unless it is a work item."""
    scope = UNMAPPED if kind is WorkItem and row["scope"] is None else row["scope"]
    return {(kind.kind, scope, day) for day in days} if scope is not None else set()


def _items_of(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> set[tuple[str, str, date]]:
    """Days of work items whose delivery may follow from changes that no touched day tells of.

    Those without a start of their own begin with their first change, whenever it was; a change that nobody mapped, or
    that is not merged, is of no scope's day.
    """
    if table is not FACT_TABLES[Change.kind]:
        return set()
    named = {(row["source"], item) for row in rows for item in row["work_items"]}
    unmapped = {(row["source"], item) for row in rows if row["scope"] is None for item in row["work_items"]}
    items, found = FACT_TABLES[WorkItem.kind], set[tuple[str, str, date]]()
    for part in chunks(sorted({item for _, item in named})):
        query = select(items).where(items.c.source_id.in_(part), items.c.scope.is_not(None))
        for row in connection.execute(query):
            name = (row.source, row.source_id)
            if name in unmapped or (name in named and row.started is None):
                days = fact_of(WorkItem, row._mapping).days(zone)
                found |= {(WorkItem.kind, row.scope, day) for day in days}
    return found


def _as_stored(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """The row with its numbers rounded as the columns round them: what is the same stays the same."""
    rounded = (
        column.name for column in table.c if isinstance(column.type, Millionths) and row.get(column.name) is not None
    )
    return row | {name: from_millionths(millionths(row[name])) for name in rounded}


def replace_facts(
    connection: Connection, source: str, kind: str, column: str, value: object, keep: Sequence[Fact], zone: ZoneInfo
) -> Stored:
    """Remove the source's facts with `column` = `value` that are not among `keep`."""
    table, stored = FACT_TABLES[kind], Stored()
    wanted = {fact.source_id for fact in keep if fact.kind == kind}
    there = select(table).where(table.c.source == source, table.c[column] == value)
    rows = [dict(row._mapping) for row in connection.execute(there) if row.source_id not in wanted]
    for row in rows:
        stored.touched |= _days_of(row, fact_of(KINDS[kind], row).days(zone), KINDS[kind])
    for part in chunks([row["source_id"] for row in rows]):
        connection.execute(delete(table).where(table.c.source == source, table.c.source_id.in_(part)))
    stored.touched |= _items_of(connection, table, rows, zone)
    if kind == Incident.kind:
        stored.touched |= take_away_impacts(connection, source, [row["source_id"] for row in rows], zone)
    stored.facts = len(rows)
    touch(connection, stored.touched)
    return stored


def touch(connection: Connection, days: Iterable[tuple[str, str, date]]) -> None:
    """Mark days of (kind of fact, scope) for the next roll-up."""
    rows = [{"fact": kind, "scope": scope, "day": day} for kind, scope, day in sorted(days)]
    insert_new(connection, schema.touched_day, rows)


def shallow(fact: Fact) -> dict[str, Any]:
    """The fact's fields by name, tuples kept."""
    return {name: getattr(fact, name) for name in field_names(type(fact))}


def fact_of(kind: type[Fact], row: Mapping[Any, Any]) -> Fact:
    """The fact that a row holds."""
    return kind(**{name: row[name] for name in field_names(kind)})


def reject(connection: Connection, source: str, kind: str, place: str, reason: str, payload: Mapping[str, Any]) -> bool:
    """Set a record aside with its reason; whether it is new or its reason changed."""
    table, now = schema.rejected_record, clock()
    same = and_(table.c.source == source, table.c.kind == kind, table.c.place == place)
    old = connection.execute(select(table.c.reason).where(same)).first()
    if old is not None:
        again = {"last_seen": now, "times_seen": table.c.times_seen + 1, "reason": reason, "payload": dict(payload)}
        connection.execute(update(table).where(same).values(**again))
        return bool(old.reason != reason)
    first = {"source": source, "kind": kind, "place": place, "reason": reason, "payload": dict(payload)}
    connection.execute(insert(table).values(**first, first_seen=now, last_seen=now, times_seen=1))
    return True


def accept(connection: Connection, source: str, kind: str, places: Sequence[str]) -> None:
    """Forget that records were set aside: they are well formed now."""
    table = schema.rejected_record
    if connection.execute(select(table.c.place).where(table.c.source == source, table.c.kind == kind).limit(1)).first():
        for part in chunks(places):
            connection.execute(
                delete(table).where(table.c.source == source, table.c.kind == kind, table.c.place.in_(part))
            )


def accept_file(connection: Connection, source: str, path: str, refused: Collection[tuple[str, str]]) -> bool:
    """Forget what was set aside of a file that was read again, but for the (kind, place) refused this time.

    A place of a file is its path, or its path and what follows after a comma. Whether there was any to forget.
    """
    table, lines = schema.rejected_record, f"{path}, "
    inside = (table.c.place == path) | table.c.place.startswith(lines, autoescape=True)
    there = connection.execute(select(table.c.kind, table.c.place).where(table.c.source == source, inside)).all()
    corrected: dict[str, list[str]] = {}
    for kind, place in there:
        # LIKE does not tell upper from lower case on SQLite; and another file's name may go on after a comma as well
        mine = place == path or (place.startswith(lines) and ", " not in place.removeprefix(lines))
        if mine and (kind, place) not in refused:
            corrected.setdefault(kind, []).append(place)
    for kind, places in corrected.items():
        accept(connection, source, kind, places)
    return bool(corrected)


def move_cursor(connection: Connection, source: str, stream: str, value: Mapping[str, Any]) -> None:
    """Remember where the next reading of a stream starts."""
    row = {"source": source, "stream": stream, "value": dict(value), "moved_at": clock()}
    insert_or_replace(connection, schema.cursor, [row])


def note_open_items(
    connection: Connection, source: str, stream: str, opened: Sequence[str], ended: Sequence[str]
) -> None:
    """Keep the list of things still in progress, to be asked for again until they end."""
    table = schema.open_item
    now = clock()
    rows = [{"source": source, "stream": stream, "item": item, "opened_at": now} for item in sorted(set(opened))]
    insert_new(connection, table, rows)
    for part in chunks(ended):
        connection.execute(
            delete(table).where(table.c.source == source, table.c.stream == stream, table.c.item.in_(part))
        )


def note_file(connection: Connection, source: str, file: Any) -> None:
    """Put a bulk file that was read on the manifest."""
    insert_or_replace(connection, schema.file_manifest, [{"source": source, **asdict(file), "read_at": clock()}])


def note_covered(
    connection: Connection,
    source: str,
    proof: tuple[str, str, str, datetime, datetime],
    scopes: Sequence[str],
    zone: ZoneInfo,
) -> Stored:
    """Join a newly covered span to those known for (fact, key kind, key); touch its whole days for the scopes.

    A name that is read for the first time touches all days that its source was read: a scope's day is covered where
    all of its names are.
    """
    table, stored = schema.covered, Stored()
    fact, key_kind, key, start, end = proof
    same = and_(table.c.source == source, table.c.fact == fact, table.c.key_kind == key_kind, table.c.key == key)
    spans = [(row.start, row.end) for row in connection.execute(select(table.c.start, table.c.end).where(same))]
    if any(a <= start and end <= b for a, b in spans):
        return stored
    touching = [(a, b) for a, b in spans if a <= end and start <= b]
    joined = (min([start, *(a for a, _ in touching)]), max([end, *(b for _, b in touching)]))
    zone = days_zone(fact, zone)
    for a, _ in touching:
        connection.execute(delete(table).where(same, table.c.start == a))
    row = {"source": source, "fact": fact, "key_kind": key_kind, "key": key, "start": joined[0], "end": joined[1]}
    connection.execute(insert(table).values(**row))
    known = {day for a, b in spans for day in whole_days(a, b, zone)}
    fresh = set(whole_days(*joined, zone)) - known if spans else days_read(connection, source, fact, zone)
    stored.touched = {(fact, scope, day) for scope in scopes for day in fresh}
    touch(connection, stored.touched)
    return stored


def days_read(connection: Connection, source: str, fact: str, zone: ZoneInfo) -> set[date]:
    """The days from the first to the last one on which a source was read completely for any name."""
    table = schema.covered
    ends = select(func.min(table.c.start), func.max(table.c.end))
    first, last = connection.execute(ends.where(table.c.source == source, table.c.fact == fact)).one()
    return set(whole_days(first, last, days_zone(fact, zone))) if first else set()


def days_zone(fact: str, zone: ZoneInfo) -> ZoneInfo:
    """The zone whose days a kind of fact is kept by: the company's, or UTC."""
    return ZoneInfo("UTC") if KINDS[fact].utc_days else zone


def whole_days(start: datetime, end: datetime, zone: ZoneInfo) -> list[date]:
    """The calendar days that lie wholly between two instants."""
    first, last = day_of(start, zone), day_of(end, zone)
    if day_start(first, zone) < start:
        first += timedelta(days=1)
    return [first + timedelta(days=i) for i in range((last - first).days)]
