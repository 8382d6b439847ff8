"""Raw records as they lie: the latest version of each, and which of them are gone at their source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from data.clock import clock
from data.warehouse import schema
from data.warehouse.upsert import chunks

_AT_ONCE = 2000


@dataclass(frozen=True)
class Latest:
    """The latest version of a raw record."""

    kind: str
    source_id: str
    version: int
    payload: Mapping[str, Any]
    gone: bool


def latest_records(connection: Connection, source: str, kind: str) -> Iterator[Latest]:
    """The latest version of each record of a kind, by source id; the records may change while they are read."""
    table = schema.raw_record
    newest = select(table.c.source_id, func.max(table.c.version).label("version")).group_by(table.c.source_id)
    newest = newest.where(table.c.source == source, table.c.kind == kind)
    last = ""
    while True:
        part = newest.where(table.c.source_id > last).order_by(table.c.source_id).limit(_AT_ONCE).subquery()
        same = and_(table.c.source_id == part.c.source_id, table.c.version == part.c.version)
        columns = (table.c.source_id, table.c.version, table.c.payload, table.c.gone_at)
        query = select(*columns).join_from(table, part, same).where(table.c.source == source, table.c.kind == kind)
        rows = connection.execute(query.order_by(table.c.source_id)).all()
        for row in rows:
            yield Latest(kind, row.source_id, row.version, row.payload, row.gone_at is not None)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].source_id


def record_kinds(connection: Connection, source: str) -> tuple[str, ...]:
    """The kinds of raw record that are kept of a source."""
    table = schema.raw_record
    query = select(table.c.kind).distinct().where(table.c.source == source)
    return tuple(connection.execute(query.order_by(table.c.kind)).scalars())


def mark_gone(connection: Connection, source: str, kind: str, ids: Sequence[str]) -> None:
    """Remember that records are not there at their source any more; being seen again unmarks them."""
    table, now = schema.raw_record, clock()
    same = and_(table.c.source == source, table.c.kind == kind, table.c.gone_at.is_(None))
    for part in chunks(ids):
        connection.execute(update(table).where(same, table.c.source_id.in_(part)).values(gone_at=now))


def gone_counts(connection: Connection) -> dict[str, int]:
    """How many records of each source are gone there; their facts stay in the numbers."""
    table = schema.raw_record
    records = select(table.c.source, table.c.kind, table.c.source_id).where(table.c.gone_at.is_not(None))
    # a record that came back has its mark on an older version only
    newer = table.alias()
    later = and_(
        newer.c.source == table.c.source,
        newer.c.kind == table.c.kind,
        newer.c.source_id == table.c.source_id,
        newer.c.version > table.c.version,
    )
    marked = records.where(~select(newer.c.version).where(later).exists()).subquery()
    return dict(connection.execute(select(marked.c.source, func.count()).group_by(marked.c.source)).all())
