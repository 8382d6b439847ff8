"""Facts to daily rows, for the days touched, from the bottom of the tree upwards; running it twice changes nothing."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select

from data.clock import clock
from data.metrics import metrics_of
from data.metrics.base import DAY, Metric, Row, combined
from data.metrics.spend import tellable
from data.period import Kind, Period, containing
from data.scopes import Scope, Tree
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import load_resolver, load_tree
from data.warehouse.days import Days
from data.warehouse.definitions import take_up_definitions
from data.warehouse.engine import writing
from data.warehouse.samples import Samples, by_period, joined, own_samples, statistic_columns, stored_periods
from data.warehouse.spread import Spread, touched_days
from data.warehouse.upsert import insert_all, insert_or_replace
from data.warehouse.write import bump_version

MEASURES = tuple(one.name for one in fields(Row))
_MEASURED = tuple(schema.daily_metric.c[name] for name in MEASURES)


@dataclass
class RollupReport:
    """What a roll-up did: daily rows written or removed, those of closed periods among them, periods whose statistics
    changed."""

    rows: int = 0
    restated: int = 0
    statistics: int = 0
    data_version: int | None = None


def rollup(engine: Engine, settings: Settings, tell: Callable[[str], None] = lambda _said: None) -> RollupReport:
    """Bring the daily rows of all touched days up to date, in one transaction."""
    with writing(engine) as connection:
        return roll_up(connection, settings, tell)


def roll_up(
    connection: Connection,
    settings: Settings,
    tell: Callable[[str], None] = lambda _said: None,
    cause: str = "late facts",
) -> RollupReport:
    """The same within the caller's transaction; `cause` is what the restatements of closed periods are put down to."""
    take_up_definitions(connection, settings)
    if connection.execute(select(schema.touched_day.c.day).limit(1)).first() is None:
        return RollupReport()
    work = _Rollup(connection, settings, load_tree(connection), clock(), tell)
    with _without_collector():
        Spread(connection, settings, work.tree, work.days, work.metrics).run()
        work.run()
    connection.execute(delete(schema.touched_day))
    if work.report.rows or work.report.statistics:
        work.report.data_version = bump_version(connection, "roll-up")
    work.keep_restatements(cause)
    return work.report


@contextmanager
def _without_collector() -> Iterator[None]:
    """Facts and rows form no cycles: looking for some among hundreds of thousands took a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


class _Rollup:
    """One run: what was touched, what was written, what that restates."""

    def __init__(
        self, connection: Connection, settings: Settings, tree: Tree, now: datetime, tell: Callable[[str], None]
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.tree = tree
        self.now = now
        self.tell = tell
        self.report = RollupReport()
        self.metrics = metrics_of(settings)
        self.days = Days(connection, settings, tree, load_resolver(connection))
        self._restatements: list[dict[str, Any]] = []
        self._closed: dict[date, bool] = {}
        self._moved: dict[tuple[str, str], set[date]] = defaultdict(set)
        self._shifted: dict[tuple[str, str], set[date]] = defaultdict(set)
        self._first: dict[str, dict[str, date]] = {}
        self._valid: dict[tuple[str, date], frozenset[str]] = {}
        self._parts = {scope: [row for row in tree.rows if row.parent == scope] for scope in tree.bottom_up()}
        self._below = {scope: frozenset(row.id for row in parts) for scope, parts in self._parts.items()}

    def run(self) -> None:
        """Roll up every touched scope, the lowest first, then what does not add up."""
        touched = touched_days(self.connection)
        metrics = [metric for metric in self.metrics if metric.derived_from is None]
        self._first = {metric.id: self._first_days(metric) for metric in metrics}
        order = self.tree.bottom_up()
        for place, scope in enumerate(order):
            self.tell(f"roll-up {place + 1}/{len(order)}: {scope}")
            own = {kind: days[scope] for kind, days in touched.items() if scope in days}
            if own:
                self.days.hold((scope,), frozenset().union(*own.values()))
            for metric in metrics:
                self._metric(metric, scope, own)
        self._periods([metric for metric in metrics if metric.statistics is not None])

    def _metric(self, metric: Metric, scope: str, own: Mapping[str, frozenset[date]]) -> None:
        kinds = frozenset(metric.fact_kinds)
        days = frozenset().union(*(own[kind] for kind in kinds if kind in own))
        days |= frozenset().union(*(self._moved[metric.id, child] for child in self._below[scope]))
        if not days:
            return
        rows = {day.day: metric.daily(day) for day in self.days.of(scope, days, kinds)}
        if self._below[scope]:
            rows = self._with_children(metric, scope, days, rows)
        self._write(metric, scope, days, rows)

    def _with_children(
        self, metric: Metric, scope: str, days: frozenset[date], direct: Mapping[date, tuple[Row, ...]]
    ) -> dict[date, tuple[Row, ...]]:
        table = schema.daily_metric
        query = select(table.c.day, table.c.scope, *_MEASURED).where(
            table.c.metric == metric.id, table.c.version == metric.version
        )
        stored: dict[date, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
        children = sorted(self._below[scope])
        within = query.where(table.c.scope.in_(children), table.c.day.between(min(days), max(days)))
        for day, child, *measures in self.connection.execute(within).all():
            stored[day][child].append(Row(*measures))
        found: dict[date, tuple[Row, ...]] = {}
        for day in days:
            valid = self._children(scope, day)
            parts = [row for child, rows in stored[day].items() if child in valid for row in rows]
            missing = sum(self._owed(metric, child, day) for child in valid - stored[day].keys())
            rows = [*parts, *direct.get(day, ())]
            found[day] = _combined(metric, rows, missing, self.days.currencies(scope, day)) if rows else ()
        return found

    def _children(self, scope: str, day: date) -> frozenset[str]:
        """The scopes right below on a day, found once for all metrics."""
        if (scope, day) not in self._valid:
            self._valid[scope, day] = frozenset(child.id for child in self.tree.children(scope, day))
        return self._valid[scope, day]

    def _owed(self, metric: Metric, scope: str, day: date) -> int:
        """What a scope without a row on a day should have held, were it observed as before; 0 before its first row.

        Where scopes right below were observed by then it holds what they do, else a day of its own.
        """
        first = self._first[metric.id]
        if scope not in first or first[scope] > day:
            return 0
        if not any(_observed(part, first.get(part.id), day) for part in self._parts[scope]):
            return DAY
        return sum(self._owed(metric, child, day) for child in self._children(scope, day))

    def _first_days(self, metric: Metric, scope: str | None = None) -> dict[str, date]:
        table = schema.daily_metric
        query = select(table.c.scope, func.min(table.c.day)).group_by(table.c.scope)
        query = query.where(table.c.metric == metric.id, table.c.version == metric.version)
        if scope is not None:
            query = query.where(table.c.scope == scope)
        return dict(self.connection.execute(query).all())

    def _write(self, metric: Metric, scope: str, days: frozenset[date], rows: Mapping[date, tuple[Row, ...]]) -> None:
        table = schema.daily_metric
        same = (table.c.metric == metric.id) & (table.c.version == metric.version) & (table.c.scope == scope)
        around = [containing(day, Kind.MONTH) for day in (min(days), max(days))]
        query = select(table.c.day, *_MEASURED).where(same, table.c.day >= around[0].start, table.c.day < around[1].end)
        rows_there = ((day, Row(*measures)) for day, *measures in self.connection.execute(query).all())
        old = {(day, row.variant): row for day, row in rows_there}
        new = {(day, row.variant): row for day, found in rows.items() for row in found}
        gone = [key for key in old if key[0] in days and key not in new]
        changed = {key: row for key, row in new.items() if old.get(key) != row}
        self._note_restatements(metric, scope, old, {**dict.fromkeys(gone), **changed})
        for day, variant in gone:
            self.connection.execute(delete(table).where(same, table.c.day == day, table.c.variant == variant))
        common = {"metric": metric.id, "version": metric.version, "scope": scope}
        values = [common | {"day": day} | _columns(row) for (day, _), row in changed.items()]
        (insert_or_replace if old else insert_all)(self.connection, table, values)
        self.report.rows += len(gone) + len(changed)
        shifted = self._days_owed_anew(metric, scope) if metric.parts_expected and (gone or changed) else set()
        shifted = shifted.union(*(self._shifted[metric.id, child] for child in self._below[scope]))
        self._shifted[metric.id, scope] = shifted
        self._moved[metric.id, scope] |= shifted
        self._moved[metric.id, scope] |= days if metric.statistics else {day for day, _ in [*gone, *changed]}

    def _days_owed_anew(self, metric: Metric, scope: str) -> set[date]:
        """Days on which scopes above miss this one, or no longer do, because the day of its first row moved."""
        first = self._first[metric.id]
        before, now = first.get(scope), self._first_days(metric, scope).get(scope)
        if before == now:
            return set()
        first.pop(scope, None)
        first |= {scope: now} if now is not None else {}
        table = schema.daily_metric
        above = [one for one in self._below if scope in self.tree.ever_below(one)]
        ends = [one for one in (before, now) if one is not None]
        query = select(table.c.day).distinct().where(table.c.metric == metric.id, table.c.scope.in_(above))
        query = query.where(table.c.day >= min(ends))
        # a scope that left its parent in between was observed there, or no longer was, for good
        left = (row.valid_to for row in self.tree.rows if row.id == scope and row.valid_to is not None)
        if len(ends) == 2 and not any(min(ends) < day <= max(ends) for day in left):
            query = query.where(table.c.day < max(ends))
        return set(self.connection.execute(query).scalars())

    def _note_restatements(
        self,
        metric: Metric,
        scope: str,
        old: Mapping[tuple[date, str], Row],
        changed: Mapping[tuple[date, str], Row | None],
    ) -> None:
        """A changed day of a closed month that had a number before: old and new are kept."""
        reported = {(day.replace(day=1), variant) for day, variant in old}
        for (day, variant), row in sorted(changed.items()) if reported else ():
            if (day.replace(day=1), variant) not in reported or not self._is_closed(day.replace(day=1)):
                continue
            before = old.get((day, variant))
            self._restatements.append(
                {
                    "metric": metric.id,
                    "version": metric.version,
                    "variant": variant,
                    "scope": scope,
                    "day": day,
                    "old_numerator": before.numerator if before else None,
                    "old_denominator": before.denominator if before else None,
                    "new_numerator": row.numerator if row else None,
                    "new_denominator": row.denominator if row else None,
                }
            )

    def _is_closed(self, month: date) -> bool:
        if month not in self._closed:
            self._closed[month] = containing(month, Kind.MONTH).closes_at(self.settings.zone) <= self.now
        return self._closed[month]

    def keep_restatements(self, cause: str) -> None:
        version = self.report.data_version
        rows = [row | {"data_version": version, "at": self.now, "cause": cause} for row in self._restatements]
        insert_all(self.connection, schema.restatement, rows)
        self.report.restated = len(rows)

    def _periods(self, metrics: Sequence[Metric]) -> None:
        """What does not add up: recomputed from the facts for every month, quarter and year that moved."""
        moved = {metric.id: self._moved_periods(metric) for metric in metrics}
        every = [period for scopes in moved.values() for periods in scopes.values() for period in periods]
        if not every:
            return
        span = Period(min(period.start for period in every), max(period.end for period in every))
        below = {scope: self.tree.ever_below(scope) for scopes in moved.values() for scope in scopes}
        asked = {name: frozenset().union(*(below[scope] for scope in scopes)) for name, scopes in moved.items()}
        own: dict[tuple[str, str], Samples] = {}
        # scope by scope, because the facts of one are held for every metric that looks at them
        for scope in sorted(frozenset().union(*asked.values())):
            for metric in metrics:
                if scope in asked[metric.id]:
                    own[metric.id, scope] = own_samples(metric, self.days, scope, span)
        for metric in metrics:
            for scope, periods in sorted(moved[metric.id].items()):
                parts = {one: own[metric.id, one] for one in below[scope]}
                self._keep_statistics(metric, scope, by_period(joined(self.tree, scope, parts), periods))

    def _moved_periods(self, metric: Metric) -> dict[str, list[Period]]:
        """Scope -> the periods whose statistics may have changed."""
        return {
            scope: stored_periods(days, self.settings)
            for (name, scope), days in self._moved.items()
            if name == metric.id and days
        }

    def _keep_statistics(self, metric: Metric, scope: str, samples: Mapping[Period, Sequence[Decimal]]) -> None:
        assert metric.statistics is not None
        table = schema.period_metric
        same = (table.c.metric == metric.id) & (table.c.version == metric.version) & (table.c.scope == scope)
        old: dict[tuple[date, date], dict[str, dict[str, Any]]] = defaultdict(dict)
        for row in self.connection.execute(select(table).where(same)).all():
            old[row.start, row.end][row.statistic] = dict(row._mapping)
        fresh: list[dict[str, Any]] = []
        for period, found in samples.items():
            common = {"metric": metric.id, "version": metric.version, "variant": "", "scope": scope}
            common |= {"start": period.start, "end": period.end}
            new = {one.name: common | statistic_columns(one) for one in metric.statistics(sorted(found))}
            kept = old.get((period.start, period.end), {})
            if new == kept:
                continue
            self.report.statistics += 1
            fresh += new.values()
            if kept:
                this = (table.c.start == period.start) & (table.c.end == period.end)
                self.connection.execute(delete(table).where(same, this))
        insert_all(self.connection, table, fresh)


def _combined(metric: Metric, rows: Sequence[Row], missing: int, currencies: Collection[str]) -> tuple[Row, ...]:
    by_variant: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_variant[row.variant].append(row)
    whole = tellable(by_variant.keys(), currencies)
    return tuple(combined(metric, found, missing) for variant, found in sorted(by_variant.items()) if variant in whole)


def _observed(part: Scope, first: date | None, day: date) -> bool:
    """Whether a scope with a first row was observed below this parent of its by the day."""
    if first is None or (part.valid_to is not None and part.valid_to <= first):
        return False
    return max(first, part.valid_from or first) <= day


def _columns(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MEASURES}
