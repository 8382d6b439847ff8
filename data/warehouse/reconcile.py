"""What sources count by themselves, held against what is stored of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Select, Table, and_, delete, func, select

from data.clock import clock
from data.period import day_start
from data.warehouse import schema
from data.warehouse.exact_sum import exact_sum
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import insert_or_replace
from data.warehouse.write import bump_version

BILLED = "billed"
"""Begins the measure of billed charges: their currency follows."""

_DAY_OF = {"deployment": "started", "incident": "started", "change": "merged", "work_item": "created", "response": "at"}
_INVOICE = "invoice"
_FAR_MORE = 4
_WIDE = Context(prec=60)


@dataclass(frozen=True)
class Reconciliation:
    """One figure of a source beside ours. `measure` is "count", which an environment may follow, or "billed XXX"."""

    source: str
    fact: str
    key_kind: str
    key: str
    measure: str
    start: date
    end: date
    at_source: Decimal
    stored: Decimal
    checked_at: datetime

    @property
    def gap(self) -> Decimal:
        """What the source has more than we, negative where we have more."""
        return self.at_source - self.stored

    @property
    def currency(self) -> str | None:
        """The currency of billed charges, None of a count."""
        kind, _, rest = self.measure.partition(" ")
        return rest if kind == BILLED else None


def reconcile(connection: Connection, source: str, counts: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> bool:
    """Keep a source's counts beside our own, instead of those of the same facts and days before. Whether any moved.

    A count of far more days stays beside one of the last few.
    """
    table, now = schema.reconciliation, clock()
    rows = [dict(one) | {"source": source, "stored": _stored(connection, source, one, zone)} for one in counts]
    before: set[tuple[Any, ...]] = set()
    for fact, start, end in {(row["fact"], row["start"], row["end"]) for row in rows}:
        same = and_(table.c.source == source, table.c.fact == fact, table.c.start < end, table.c.end > start)
        for old in connection.execute(select(table).where(same)).all():
            if old.end - old.start <= _FAR_MORE * (end - start):
                before.add(_figures(old._mapping))
                this = (table.c[name] == old._mapping[name] for name in ("key_kind", "key", "measure", "start"))
                connection.execute(delete(table).where(same, *this))
    told = [row | {name: _text(row[name]) for name in ("at_source", "stored")} for row in rows]
    insert_or_replace(connection, table, [row | {"checked_at": now} for row in told])
    moved = before != {_figures(row) for row in told}
    if moved:
        bump_version(connection, f"{source} reconciled")
    return moved


def reconciliations(connection: Connection) -> tuple[Reconciliation, ...]:
    """Every figure that was held against its source, those that differ first."""
    rows = connection.execute(select(schema.reconciliation)).all()
    numbers = ("at_source", "stored")
    found = [
        Reconciliation(**{**row._mapping, **{name: Decimal(row._mapping[name]) for name in numbers}}) for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (not one.gap, one.source, one.fact, one.key, one.start, one.measure)))


def _text(figure: Decimal) -> str:
    """Exact, and the same text for the same figure whatever made it."""
    return format(_WIDE.normalize(figure), "f")


def _figures(row: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in schema.reconciliation.c if column.name != "checked_at")


def _stored(connection: Connection, source: str, count: Mapping[str, Any], zone: ZoneInfo) -> Decimal:
    """Our own figure of what a source counted."""
    table = FACT_TABLES[count["fact"]]
    measure, _, of = count["measure"].partition(" ")
    if measure == BILLED:
        total = exact_sum(table.c.billed)
        query = _within(select(total).where(table.c.currency == of), table.c.billing_period, count)
    else:
        query = _within(select(func.count()).select_from(table), _day(table), count, zone)
        if of:
            query = query.where(table.c.environment == of)
    query = query.where(table.c.source == source)
    if count["key_kind"] == _INVOICE:
        query = query.where(table.c.invoice == count["key"])
    elif count["key"]:
        query = query.where(table.c.key_kind == count["key_kind"], table.c.key == count["key"])
    return Decimal(connection.execute(query).scalar() or 0)


def _day(table: Table) -> Any:
    kind = table.name.removeprefix("fact_")
    return table.c[_DAY_OF.get(kind, "due" if kind == "control_run" else "day")]


def _within(query: Select[Any], column: Any, count: Mapping[str, Any], zone: ZoneInfo | None = None) -> Select[Any]:
    ends: tuple[Any, Any] = (count["start"], count["end"])
    if zone is not None and column.name in _DAY_OF.values():
        ends = (day_start(ends[0], zone), day_start(ends[1], zone))
    return query.where(column >= ends[0], column < ends[1])
