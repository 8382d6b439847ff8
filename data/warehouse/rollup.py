"""Facts to daily rows, for the days touched, from the bottom of the tree upwards; running it twice changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, func, insert, select

from data.clock import clock
from data.metrics import METRICS
from data.metrics.base import Metric, Row, combined
from data.period import Kind, Period, containing
from data.scopes import Tree
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import load_resolver, load_tree
from data.warehouse.days import Days
from data.warehouse.engine import writing
from data.warehouse.links import link_scope
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks, insert_or_replace
from data.warehouse.write import bump_version, touch

Touched = Mapping[str, Mapping[str, frozenset[date]]]
"""Kind of fact -> scope -> days."""

MEASURES = ("numerator", "denominator", "sum_squares", "sample", "known", "expected")


@dataclass
class RollupReport:
    """What a roll-up did: daily rows written or removed, and those of closed periods among them."""

    rows: int = 0
    restated: int = 0
    data_version: int | None = None


def rollup(engine: Engine, settings: Settings, tell: Callable[[str], None] = lambda _said: None) -> RollupReport:
    """Bring the daily rows of all touched days up to date, in one transaction."""
    with writing(engine) as connection:
        if connection.execute(select(schema.touched_day.c.day).limit(1)).first() is None:
            return RollupReport()
        tree = load_tree(connection)
        work = _Rollup(connection, settings, tree, clock(), tell)
        work.link()
        work.run()
        connection.execute(delete(schema.touched_day))
        if work.report.rows:
            work.report.data_version = bump_version(connection, "roll-up")
        work.keep_restatements()
        return work.report


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
        self.days = Days(connection, settings, tree, load_resolver(connection))
        self._restatements: list[dict[str, Any]] = []
        self._closed: dict[date, bool] = {}
        self._moved: dict[tuple[str, str], set[date]] = defaultdict(set)

    def link(self) -> None:
        """Renew links of scopes whose deployments or changes moved, and spread new rates over their months."""
        touched = _touched(self.connection)
        for scope in sorted({*touched.get("deployment", {}), *touched.get("change", {})} & set(self.tree.bottom_up())):
            link_scope(self.connection, scope, self.settings.metrics, self.settings.zone)
        months = {containing(day, Kind.MONTH) for days in touched.get("fx_rate", {}).values() for day in days}
        spend = FACT_TABLES["spend"]
        for month in sorted(months):
            query = select(spend.c.scope, spend.c.day).distinct().where(spend.c.scope.is_not(None))
            rows = self.connection.execute(query.where(spend.c.day >= month.start, spend.c.day < month.end))
            touch(self.connection, {("spend", scope, day) for scope, day in rows})

    def run(self) -> None:
        touched = _touched(self.connection)
        order = self.tree.bottom_up()
        for place, scope in enumerate(order):
            self.tell(f"roll-up {place + 1}/{len(order)}: {scope}")
            own = {kind: days[scope] for kind, days in touched.items() if scope in days}
            for metric in METRICS:
                if metric.derived_from is None:
                    self._metric(metric, scope, own)
        for metric in METRICS:
            if metric.statistics is not None:
                self._periods(metric)

    def _metric(self, metric: Metric, scope: str, own: Mapping[str, frozenset[date]]) -> None:
        kinds = frozenset(metric.fact_kinds)
        days = frozenset().union(*(own[kind] for kind in kinds if kind in own))
        below = self._below(scope)
        days |= frozenset().union(*(self._moved[metric.id, child] for child in below))
        if not days:
            return
        direct = {day.day: metric.daily(day) for day in self.days.of(scope, days, kinds)}
        rows = self._with_children(metric, scope, days, direct) if below else direct
        self._write(metric, scope, days, rows)

    def _below(self, scope: str) -> frozenset[str]:
        return frozenset(row.id for row in self.tree.rows if row.parent == scope)

    def _with_children(
        self, metric: Metric, scope: str, days: frozenset[date], direct: Mapping[date, tuple[Row, ...]]
    ) -> dict[date, tuple[Row, ...]]:
        children = sorted(self._below(scope))
        table = schema.daily_metric
        query = select(table).where(table.c.metric == metric.id, table.c.version == metric.version)
        stored: dict[date, dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
        usual: dict[str, int] = defaultdict(int)
        within = query.where(table.c.scope.in_(children), table.c.day.between(min(days), max(days)))
        for row in self.connection.execute(within):
            stored[row.day][row.scope][row.variant] = _row(row)
            usual[row.scope] = max(usual[row.scope], row.expected)
        first = self._first_days(metric, children)
        found: dict[date, tuple[Row, ...]] = {}
        for day in days:
            valid = {child.id for child in self.tree.children(scope, day)}
            parts = {child: rows for child, rows in stored[day].items() if child in valid}
            missing = sum(usual[c] for c in valid - parts.keys() if c in first and first[c] <= day)
            found[day] = _combine(metric, [*parts.values()], direct.get(day, ()), missing)
        return found

    def _first_days(self, metric: Metric, scopes: Iterable[str]) -> dict[str, date]:
        table = schema.daily_metric
        query = select(table.c.scope, func.min(table.c.day)).where(table.c.metric == metric.id)
        rows = self.connection.execute(query.where(table.c.scope.in_(list(scopes))).group_by(table.c.scope))
        return dict(rows.all())

    def _write(self, metric: Metric, scope: str, days: frozenset[date], rows: Mapping[date, tuple[Row, ...]]) -> None:
        table = schema.daily_metric
        same = (table.c.metric == metric.id) & (table.c.version == metric.version) & (table.c.scope == scope)
        around = [containing(day, Kind.MONTH) for day in (min(days), max(days))]
        query = select(table).where(same, table.c.day >= around[0].start, table.c.day < around[1].end)
        old = {(row.day, row.variant): _row(row) for row in self.connection.execute(query)}
        new = {(day, row.variant): row for day, found in rows.items() for row in found}
        gone = [key for key in old if key[0] in days and key not in new]
        changed = {key: row for key, row in new.items() if old.get(key) != row}
        self._note_restatements(metric, scope, old, {**dict.fromkeys(gone), **changed})
        for day, variant in gone:
            self.connection.execute(delete(table).where(same, table.c.day == day, table.c.variant == variant))
        common = {"metric": metric.id, "version": metric.version, "scope": scope}
        values = [common | {"day": day} | _columns(row) for (day, _), row in changed.items()]
        _insert_rows(self.connection, table, values, fresh=not old)
        self._moved[metric.id, scope] |= {day for day, _ in [*gone, *changed]}
        self.report.rows += len(gone) + len(changed)

    def _note_restatements(
        self,
        metric: Metric,
        scope: str,
        old: Mapping[tuple[date, str], Row],
        changed: Mapping[tuple[date, str], Row | None],
    ) -> None:
        """A changed day of a closed month that had a number before: old and new are kept."""
        reported = {(containing(day, Kind.MONTH).start, variant) for day, variant in old}
        for (day, variant), row in sorted(changed.items()):
            month = containing(day, Kind.MONTH)
            if (month.start, variant) not in reported or not self._is_closed(month):
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

    def _is_closed(self, month: Period) -> bool:
        if month.start not in self._closed:
            self._closed[month.start] = month.closes_at(self.settings.zone) <= self.now
        return self._closed[month.start]

    def keep_restatements(self) -> None:
        version = self.report.data_version
        rows = [row | {"data_version": version, "at": self.now, "cause": "late facts"} for row in self._restatements]
        for part in chunks(rows):
            self.connection.execute(insert(schema.restatement), part)
        self.report.restated = len(rows)

    def _periods(self, metric: Metric) -> None:
        """What does not add up: recomputed from the facts for every month, quarter and year that moved."""
        moved = {scope: days for (name, scope), days in self._moved.items() if name == metric.id and days}
        for scope, days in moved.items():
            periods = stored_periods(days, self.settings)
            first, last = min(period.start for period in periods), max(period.end for period in periods)
            samples = samples_of(metric, self.days, scope, Period(first, last))
            rows = []
            for period in periods:
                found = sorted(one for day, values in samples.items() if day in period for one in values)
                rows += _statistic_rows(metric, scope, period, found)
                self._forget_period(metric, scope, period)
            for part in chunks(rows):
                self.connection.execute(insert(schema.period_metric), part)

    def _forget_period(self, metric: Metric, scope: str, period: Period) -> None:
        table = schema.period_metric
        same = (table.c.metric == metric.id) & (table.c.version == metric.version) & (table.c.scope == scope)
        self.connection.execute(delete(table).where(same, table.c.start == period.start, table.c.end == period.end))


def stored_periods(days: Iterable[date], settings: Settings) -> list[Period]:
    """The periods whose statistics are kept: calendar months, quarters and years, and fiscal ones where they differ."""
    start = settings.company.fiscal_year_start_month
    kinds = [Kind.MONTH, Kind.QUARTER, Kind.YEAR] + ([Kind.FISCAL_QUARTER, Kind.FISCAL_YEAR] if start != 1 else [])
    unique = {(one.start, one.end): one for day in days for one in (containing(day, kind, start) for kind in kinds)}
    return [unique[key] for key in sorted(unique)]


def samples_of(metric: Metric, days: Days, scope: str, period: Period) -> dict[date, tuple[Any, ...]]:
    """The samples of a metric in a scope and all below it, by day."""
    assert metric.samples is not None
    found: dict[date, tuple[Any, ...]] = defaultdict(tuple)
    wanted = frozenset(period.days())
    inside = {row.id for day in (period.start, max(wanted)) for row in days.tree.below(scope, day)}
    for one in sorted(inside):
        for day in days.of(one, wanted, frozenset(metric.fact_kinds)):
            found[day.day] += metric.samples(day)
    return found


def _statistic_rows(metric: Metric, scope: str, period: Period, samples: list[Any]) -> list[dict[str, Any]]:
    assert metric.statistics is not None
    common = {"metric": metric.id, "version": metric.version, "variant": "", "scope": scope}
    span = {"start": period.start, "end": period.end}
    return [
        common | span | {"statistic": one.name, "value": one.value, "low": one.low, "high": one.high, "n": one.n}
        for one in metric.statistics(samples)
    ]


def _combine(metric: Metric, parts: list[dict[str, Row]], direct: tuple[Row, ...], missing: int) -> tuple[Row, ...]:
    by_variant: dict[str, list[Row]] = defaultdict(list)
    for part in parts:
        for variant, row in part.items():
            by_variant[variant].append(row)
    for row in direct:
        by_variant[row.variant].append(row)
    return tuple(combined(metric, rows, missing) for _, rows in sorted(by_variant.items()))


def _touched(connection: Connection) -> Touched:
    found: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    for row in connection.execute(select(schema.touched_day)):
        found[row.fact][row.scope].add(row.day)
    return {kind: {scope: frozenset(days) for scope, days in scopes.items()} for kind, scopes in found.items()}


def _row(row: Any) -> Row:
    return Row(row.variant, row.numerator, row.denominator, row.sample, row.known, row.expected, row.sum_squares)


def _columns(row: Row) -> dict[str, Any]:
    return {"variant": row.variant} | {name: getattr(row, name) for name in MEASURES}


def _insert_rows(connection: Connection, table: Table, rows: list[dict[str, Any]], *, fresh: bool) -> None:
    if not fresh:
        insert_or_replace(connection, table, rows)
        return
    for part in chunks(rows, 2000):
        connection.execute(insert(table), part)
