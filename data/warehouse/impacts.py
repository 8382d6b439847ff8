"""What incidents did to which scopes, kept beside the incident itself: an incident touches any number of scopes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, select

from data.clock import clock
from data.facts import Fact, Incident
from data.period import day_of
from data.scopes import Resolver
from data.warehouse import schema
from data.warehouse.upsert import chunks, insert_all

Impact = dict[str, Any]


def home_of(resolver: Resolver, fact: Fact, day: date | None) -> str | None:
    """Where a fact counts; an incident whose own name nobody mapped is filed under the first mapped thing it hurt."""
    found = resolver.home(fact.kind, (fact.source, fact.key_kind, fact.key), day)
    if found is not None or not isinstance(fact, Incident):
        return found
    touched = (resolver.scope(fact.source, kind, key, day) for kind, key, *_ in fact.touches)
    return next((scope for scope in touched if scope is not None), None)


def place_incidents(
    connection: Connection,
    incidents: Sequence[Incident],
    resolver: Resolver,
    zone: ZoneInfo,
    anew: Collection[tuple[str, str]] = (),
) -> set[tuple[str, str, date]]:
    """Keep what the incidents did to mapped scopes; the days that this changes, of the old and the new scopes.

    Of those told `anew` also where they did the same: they may have another cause, or be no maintenance any more.
    """
    table = schema.incident_scope
    now, touched = clock(), set[tuple[str, str, date]]()
    for part in chunks(incidents):
        ids = [one.source_id for one in part]
        known: dict[tuple[str, str], list[Impact]] = {}
        query = select(table).where(table.c.source.in_({one.source for one in part}), table.c.source_id.in_(ids))
        for row in connection.execute(query.order_by(table.c.place)):
            known.setdefault((row.source, row.source_id), []).append(dict(row._mapping))
        for one in part:
            old, new = known.get((one.source, one.source_id), []), impacts(one, resolver, zone)
            if old == new and (one.source, one.source_id) not in anew:
                continue
            if old and old != new:
                same = (table.c.source == one.source) & (table.c.source_id == one.source_id)
                connection.execute(delete(table).where(same))
            if old != new:
                insert_all(connection, table, new)
            touched |= {("incident", row["scope"], day) for row in [*old, *new] for day in _days(row, now, zone)}
    return touched


def take_away_impacts(
    connection: Connection, source: str, incidents: Sequence[str], zone: ZoneInfo
) -> set[tuple[str, str, date]]:
    """Forget what incidents of a source did that are gone; the days that this changes."""
    table, touched = schema.incident_scope, set[tuple[str, str, date]]()
    for part in chunks(incidents):
        same = (table.c.source == source) & table.c.source_id.in_(part)
        for row in connection.execute(select(table).where(same)):
            touched |= {("incident", row.scope, day) for day in _days(dict(row._mapping), clock(), zone)}
        connection.execute(delete(table).where(same))
    return touched


def impacts(incident: Incident, resolver: Resolver, zone: ZoneInfo) -> list[Impact]:
    """The rows of `incident_scope` that an incident makes: each mapped thing it hurt, with the span of the impact."""
    rows: list[Impact] = []
    over = incident.mitigated or incident.resolved
    for kind, key, impact, start, end in incident.touches:
        begun = datetime.fromisoformat(start) if start else incident.started
        scope = resolver.scope(incident.source, kind, key, day_of(begun, zone))
        if scope is not None:
            common = {"source": incident.source, "source_id": incident.source_id, "place": len(rows), "scope": scope}
            ended = datetime.fromisoformat(end) if end else over
            rows.append(common | {"impact": impact, "start": begun, "end": ended and max(begun, ended)})
    return rows


def impact_days(connection: Connection, zone: ZoneInfo, scope: str | None = None) -> set[date]:
    """Every day on which some incident hurt a scope, or anything."""
    now, table = clock(), schema.incident_scope
    rows = connection.execute(select(table) if scope is None else select(table).where(table.c.scope == scope))
    return {day for row in rows for day in _days(dict(row._mapping), now, zone)}


def _days(row: Impact, now: datetime, zone: ZoneInfo) -> Iterable[date]:
    """The days of an impact; one that goes on reaches until now."""
    first, last = day_of(row["start"], zone), day_of(row["end"] or max(now, row["start"]), zone)
    return (first + timedelta(days=place) for place in range((last - first).days + 1))
