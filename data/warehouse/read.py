"""Every question that is asked of the warehouse, one function each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, Connection, Date, Integer, and_, bindparam, case, column, exists, func, or_, select, values

from data.benchmarks.score import Target
from data.facts import KINDS, Fact
from data.metrics.base import Metric, Statistic, Totals
from data.period import Period
from data.warehouse import schema
from data.warehouse.policy import MODE
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import fact_of

TotalsKey = tuple[str, str, str, int]
"""Metric, scope, variant, place of the period in the question."""


@dataclass(frozen=True)
class DataVersion:
    """The state of the warehouse that an answer was read from."""

    version: int
    committed_at: datetime


def data_version(connection: Connection, as_of: datetime | None = None) -> DataVersion | None:
    """The newest data version, or the newest one at an instant; None where nothing had been written."""
    table = schema.data_version
    query = select(table) if as_of is None else select(table).where(table.c.committed_at <= as_of)
    row = connection.execute(query.order_by(table.c.version.desc()).limit(1)).first()
    return DataVersion(row.version, row.committed_at) if row else None


def info(connection: Connection) -> dict[str, str]:
    """What the warehouse says of itself: its mode (demo or real)."""
    table = schema.warehouse_info
    return dict(connection.execute(select(table.c.key, table.c.value).where(table.c.key == MODE)).all())


def totals(
    connection: Connection,
    metrics: Sequence[Metric],
    scopes: Sequence[str],
    variants: Collection[str],
    periods: Sequence[Period],
    until: date,
) -> dict[TotalsKey, Totals]:
    """The daily rows added up per metric, scope, variant and period; days from `until` on have not come yet."""
    table = schema.daily_metric
    versions = {one.id: one.version for one in metrics}
    sums = [func.sum(table.c[name]).label(name) for name in ("numerator", "denominator", "sum_squares")]
    sums += [func.sum(table.c[name]).label(name) for name in ("sample", "known", "expected")]
    keys = (table.c.metric, table.c.scope, table.c.variant, table.c.version)
    # a question per period, with every column of the key: only its days are read, in the order of the groups, unsorted
    query = (
        select(*keys, *sums, func.count().label("days"))
        .where(table.c.metric.in_(list(versions)), table.c.version.in_(sorted(set(versions.values()))))
        .where(table.c.scope.in_(list(scopes)), table.c.variant.in_(sorted(variants)))
        .where(table.c.day >= bindparam("first"), table.c.day < bindparam("after"))
        .group_by(*keys)
    )
    found: dict[TotalsKey, Totals] = {}
    for place, period in enumerate(periods):
        come = (min(period.end, max(until, period.start)) - period.start).days
        rows = connection.execute(query, {"first": period.start, "after": period.end}).all()
        for metric, scope, variant, version, *numbers, days in rows:
            if version == versions[metric]:
                counted = [*map(int, numbers), days, max(days, come)]
                found[metric, scope, variant, place] = Totals(*counted)
    return found


def _spans(periods: Sequence[Period]) -> CTE:
    spans = values(column("place", Integer), column("first", Date), column("after", Date), name="spans").data(
        [(place, period.start, period.end) for place, period in enumerate(periods)]
    )
    return spans.cte()


def restated_sums(
    connection: Connection, metrics: Sequence[Metric], scopes: Sequence[str], periods: Sequence[Period], after: datetime
) -> dict[TotalsKey, tuple[int, int, int]]:
    """What restatements after an instant added to numerator, denominator (millionths) and number of days."""
    span, table = _spans(periods), schema.restatement
    versions = or_(*(and_(table.c.metric == one.id, table.c.version == one.version) for one in metrics))
    changes = [
        func.sum(func.coalesce(table.c[f"new_{name}"], 0) - func.coalesce(table.c[f"old_{name}"], 0))
        for name in ("numerator", "denominator")
    ]
    there = [case((table.c[f"{when}_numerator"].is_(None), 0), else_=1) for when in ("new", "old")]
    query = (
        select(table.c.metric, table.c.scope, table.c.variant, span.c.place, *changes, func.sum(there[0] - there[1]))
        .join_from(table, span, and_(table.c.day >= span.c.first, table.c.day < span.c.after))
        .where(versions, table.c.scope.in_(list(scopes)), table.c.at > after)
        .group_by(table.c.metric, table.c.scope, table.c.variant, span.c.place)
    )
    rows = connection.execute(query)
    return {(row[0], row[1], row[2], row[3]): (int(row[4]), int(row[5]), int(row[6])) for row in rows}


def configured(connection: Connection, metrics: Sequence[Metric], scopes: Sequence[str]) -> set[tuple[str, str]]:
    """The (metric, scope) pairs that ever had a row."""
    rows, scope = schema.daily_metric, schema.scope
    known = exists().where(rows.c.metric == bindparam("metric"), rows.c.scope == scope.c.id)
    query = select(scope.c.id).where(scope.c.id.in_(list(scopes)), known)
    return {
        (metric.id, found) for metric in metrics for found in connection.execute(query, {"metric": metric.id}).scalars()
    }


def variants(connection: Connection, metric: Metric, scope: str, period: Period) -> tuple[str, ...]:
    """The variants of a metric that have a row in a period."""
    table = schema.daily_metric
    query = select(table.c.variant).distinct().where(table.c.metric == metric.id, table.c.scope == scope)
    query = query.where(table.c.version == metric.version, table.c.day >= period.start, table.c.day < period.end)
    return tuple(connection.execute(query.order_by(table.c.variant)).scalars())


def statistics(
    connection: Connection, metric: Metric, scopes: Sequence[str], periods: Sequence[Period]
) -> dict[tuple[str, int], tuple[Statistic, ...]]:
    """The kept statistics of a metric by scope and place of the period."""
    table = schema.period_metric
    places = {(period.start, period.end): place for place, period in enumerate(periods)}
    query = select(table).where(
        table.c.metric == metric.id,
        table.c.version == metric.version,
        table.c.scope.in_(list(scopes)),
        table.c.start.in_([period.start for period in periods]),
    )
    found: dict[tuple[str, int], list[Statistic]] = {}
    for row in connection.execute(query.order_by(table.c.scope, table.c.start, table.c.statistic)):
        place = places.get((row.start, row.end))
        if place is not None:
            one = Statistic(row.statistic, row.value, row.low, row.high, row.n)
            found.setdefault((row.scope, place), []).append(one)
    return {key: tuple(rows) for key, rows in found.items()}


def targets(connection: Connection) -> tuple[Target, ...]:
    """All targets that were ever in force."""
    table = schema.target
    rows = connection.execute(select(table).order_by(table.c.metric, table.c.valid_from, table.c.id))
    return tuple(_target(row._mapping) for row in rows)


def _target(row: Mapping[Any, Any]) -> Target:
    fields = {name: row[name] for name in Target.__dataclass_fields__}
    for edge in ("low", "high"):
        fields[edge] = None if fields[edge] is None else Decimal(fields[edge])
    return Target(**fields)


def scopes_with(connection: Connection, kind: str) -> frozenset[str]:
    """The scopes that hold facts of a kind."""
    table = FACT_TABLES[kind]
    return frozenset(connection.execute(select(table.c.scope).distinct().where(table.c.scope.is_not(None))).scalars())


def facts_between(
    connection: Connection, kind: str, scopes: Sequence[str], start: Any, end: Any, by: str, limit: int | None = None
) -> tuple[Fact, ...]:
    """Facts of some scopes whose `by` lies from `start` up to but not including `end`, the latest first."""
    table = FACT_TABLES[kind]
    query = select(table).where(table.c.scope.in_(list(scopes)), table.c[by] >= start, table.c[by] < end)
    rows = connection.execute(query.order_by(table.c[by].desc(), table.c.source_id).limit(limit))
    return tuple(fact_of(KINDS[kind], row._mapping) for row in rows)


def fact_scopes(connection: Connection, kind: str, facts: Sequence[Fact]) -> dict[tuple[str, str], str]:
    """The scope that each fact was found to be about."""
    table = FACT_TABLES[kind]
    rows = connection.execute(
        select(table.c.source, table.c.source_id, table.c.scope).where(
            table.c.source_id.in_([fact.source_id for fact in facts]), table.c.scope.is_not(None)
        )
    )
    return {(source, source_id): scope for source, source_id, scope in rows}


def daily_rows(
    connection: Connection, metric: Metric, scope: str, variant: str, period: Period
) -> dict[date, tuple[int, int, int, int]]:
    """Numerator, denominator, known and expected (millionths) of each day of a period that has a row."""
    table = schema.daily_metric
    query = select(table.c.day, table.c.numerator, table.c.denominator, table.c.known, table.c.expected).where(
        table.c.metric == metric.id,
        table.c.version == metric.version,
        table.c.scope == scope,
        table.c.variant == variant,
    )
    rows = connection.execute(query.where(table.c.day >= period.start, table.c.day < period.end).order_by(table.c.day))
    return {row.day: (row.numerator, row.denominator, row.known, row.expected) for row in rows}


def links(connection: Connection, kind: str, scopes: Sequence[str]) -> tuple[Any, ...]:
    """The links of a kind in some scopes: (from_source, from_id, to_source, to_id, method, confidence)."""
    table = schema.link
    columns = (
        table.c.from_source,
        table.c.from_id,
        table.c.to_source,
        table.c.to_id,
        table.c.method,
        table.c.confidence,
    )
    query = select(*columns).where(table.c.kind == kind, table.c.scope.in_(list(scopes)))
    return tuple(connection.execute(query.order_by(*columns[:4])).all())


@dataclass(frozen=True)
class Restated:
    """A day of a closed period whose number of a scope changed: when, and why."""

    metric: str
    day: date
    at: datetime
    cause: str


def restated_since(connection: Connection, since: datetime, scope: str) -> tuple[Restated, ...]:
    """The days of closed periods that were restated for a scope after an instant."""
    table = schema.restatement
    columns = [table.c[name] for name in Restated.__dataclass_fields__]
    query = select(*columns).distinct().where(table.c.at > since, table.c.scope == scope)
    rows = connection.execute(query.order_by(table.c.day, table.c.metric, table.c.at))
    return tuple(Restated(**row._mapping) for row in rows)
