"""Which source each scope takes each kind of fact from, kept so that it is noticed when that becomes another one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from data.facts import KINDS, Incident
from data.warehouse import schema
from data.warehouse.impacts import impact_days
from data.warehouse.schema import FACT_TABLES
from data.warehouse.types import canonical
from data.warehouse.upsert import insert_or_replace
from data.warehouse.write import days_read, fact_of

_KEY = "sources taken"
"""Where the warehouse keeps them."""

Taken = Mapping[str, Mapping[str, str]]
"""Kind of fact -> scope -> source."""


def taken_so_far(connection: Connection) -> Taken:
    """The sources that scopes took their facts from when they were last rolled up."""
    table = schema.warehouse_info
    kept = connection.execute(select(table.c.value).where(table.c.key == _KEY)).scalar()
    found: Taken = json.loads(kept) if kept else {}
    return found


def keep_taken(connection: Connection, taken: Taken) -> None:
    """Remember them for the next time."""
    insert_or_replace(connection, schema.warehouse_info, [{"key": _KEY, "value": canonical(taken)}])


def days_told(connection: Connection, kind: str, scope: str, zone: ZoneInfo) -> set[date]:
    """Every day that any source may have told a kind of fact of for a scope."""
    table = FACT_TABLES[kind]
    rows = connection.execute(select(table).where(table.c.scope == scope)).all()
    found = {day for row in rows for day in fact_of(KINDS[kind], row._mapping).days(zone)}
    if kind == Incident.kind:
        found |= impact_days(connection, zone, scope)
    reading = select(schema.covered.c.source).distinct().where(schema.covered.c.fact == kind)
    sources = connection.execute(reading).scalars().all()
    return found.union(*(days_read(connection, source, kind, zone) for source in sources))
