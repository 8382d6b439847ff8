"""Everything made anew beside what is there: compared, told, then taken over whole or left as it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection, Engine, extract, func, select

from data.access import Actor, Permission
from data.clock import clock
from data.metrics import metrics_of
from data.metrics.base import Metric, Statistic, Totals, Value, value_of
from data.period import Kind, containing
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import take_settings, touch_everything
from data.warehouse.engine import writing
from data.warehouse.rollup import MEASURES, roll_up

CAUSE = "rebuild"

Tell = Callable[[str], None]
Months = Mapping[tuple[str, str, str, date], Value]
"""Metric, scope, variant, first day of the month -> its value."""


@dataclass(frozen=True)
class Restated:
    """A month's number that differs; None where there is none. `closed`: the month was closed already."""

    metric: str
    scope: str
    variant: str
    month: date
    closed: bool
    old: Value | None
    new: Value | None


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild changed, or would change: daily rows, those of closed periods, months that tell another number."""

    rows: int
    restated: int
    months: tuple[Restated, ...]
    data_version: int | None


class _NotKept(Exception):
    """Ends a transaction that was only tried."""


def rebuild(
    engine: Engine,
    settings: Settings,
    actor: Actor,
    recompute: Callable[[Connection], None],
    *,
    dry_run: bool = False,
    tell: Tell = lambda _said: None,
) -> Rebuilt:
    """Scopes, facts and numbers anew from what is stored, in one transaction. NotPermitted.

    `recompute` makes the facts. Readers see the old state until all of it is there; a kill leaves the old state, as
    does `dry_run`.
    """
    actor.require(Permission.OPERATE)
    done: list[Rebuilt] = []
    try:
        with writing(engine) as connection:
            done.append(_rebuilt(connection, settings, actor, recompute, tell))
            if dry_run:
                raise _NotKept
    except _NotKept:
        pass
    return done[0]


def _rebuilt(
    connection: Connection, settings: Settings, actor: Actor, recompute: Callable[[Connection], None], tell: Tell
) -> Rebuilt:
    tell("the numbers as they are")
    before = monthly(connection, settings)
    take_settings(connection, settings, actor)
    recompute(connection)
    touch_everything(connection, settings.zone)
    report = roll_up(connection, settings, tell, CAUSE)
    tell("the numbers as they would be")
    months = compared(before, monthly(connection, settings), settings)
    return Rebuilt(report.rows, report.restated, months, report.data_version)


def compared(before: Months, after: Months, settings: Settings) -> tuple[Restated, ...]:
    """The months whose number differs, in the order of metrics; then by scope, variant and month."""
    order = {metric.id: place for place, metric in enumerate(metrics_of(settings))}
    now = clock()
    found = [
        Restated(*key, containing(key[-1], Kind.MONTH).closes_at(settings.zone) <= now, before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if _told(before.get(key)) != _told(after.get(key))
    ]
    return tuple(sorted(found, key=lambda one: (order[one.metric], one.scope, one.variant, one.month)))


def monthly(connection: Connection, settings: Settings) -> Months:
    """Every kept metric by month; where a definition was just raised, the rows of the older one still stand for it."""
    found: dict[tuple[str, str, str, date], Value] = {}
    for metric in metrics_of(settings):
        version = _version(connection, metric)
        if version is None:
            continue
        statistics = _statistics(connection, metric, version)
        for (scope, variant, month), totals in _sums(connection, metric, version).items():
            known = statistics.get((scope, variant, month), ())
            found[metric.id, scope, variant, month] = value_of(metric, totals, known)
    return found


def _version(connection: Connection, metric: Metric) -> int | None:
    table = schema.daily_metric
    versions = select(func.max(table.c.version)).where(table.c.metric == metric.id, table.c.version <= metric.version)
    return connection.execute(versions).scalar()


def _sums(connection: Connection, metric: Metric, version: int) -> dict[tuple[str, str, date], Totals]:
    table = schema.daily_metric
    month = (extract("year", table.c.day), extract("month", table.c.day))
    sums = [func.sum(table.c[name]).label(name) for name in MEASURES if name != "variant"]
    query = select(table.c.scope, table.c.variant, *month, func.count().label("days"), *sums)
    query = query.where(table.c.metric == metric.id, table.c.version == version)
    found = {}
    for row in connection.execute(query.group_by(table.c.scope, table.c.variant, *month)):
        numbers = {name: int(row._mapping[name]) for name in MEASURES if name != "variant"}
        first = date(int(row[2]), int(row[3]), 1)
        found[row.scope, row.variant, first] = Totals(**numbers, days=row.days, length=row.days)
    return found


def _statistics(
    connection: Connection, metric: Metric, version: int
) -> dict[tuple[str, str, date], tuple[Statistic, ...]]:
    table = schema.period_metric
    query = select(table).where(table.c.metric == metric.id, table.c.version == version)
    found: dict[tuple[str, str, date], tuple[Statistic, ...]] = {}
    for row in connection.execute(query.order_by(table.c.statistic)):
        if row.end == containing(row.start, Kind.MONTH).end:
            key = row.scope, row.variant, row.start
            found[key] = (*found.get(key, ()), Statistic(row.statistic, row.value, row.low, row.high, row.n))
    return found


def _told(value: Value | None) -> tuple[Decimal | None, ...] | None:
    if value is None or (value.value is None and not value.numerator):
        return None
    statistics = (value.statistics[name] for name in sorted(value.statistics))
    return (value.value, value.numerator, value.denominator, *statistics)
