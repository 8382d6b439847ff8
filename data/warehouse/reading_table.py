"""Totals and statistics of many metrics, scopes and periods, read at once; what readings are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from data.metrics import metric_named
from data.metrics.base import NO_RATE, NO_SOURCE, NOT_KEPT, Metric, Statistic, Totals, Value, value_of
from data.metrics.error_budget import spent
from data.metrics.spend import UNCONVERTED
from data.period import Kind, Period
from data.warehouse import read

if TYPE_CHECKING:
    from data.warehouse.readings import Reader


class Table:
    """Totals and statistics of some metrics, scopes and periods, read at once. The last period is the year before.

    A bare one leaves out statistics that a value does not rest on.
    """

    def __init__(
        self,
        reader: Reader,
        metrics: tuple[Metric, ...],
        scopes: tuple[str, ...],
        periods: list[Period],
        *,
        bare: bool = False,
    ) -> None:
        self.periods, self._bare = periods, bare
        self._totals = read.totals(reader.connection, metrics, scopes, reader.variants, periods, reader.today)
        self._restated: frozenset[read.TotalsKey] = frozenset()
        if reader.as_of is not None:
            self._undo(read.restated_sums(reader.connection, metrics, scopes, periods, reader.as_of))
        self._configured = read.configured(reader.connection, metrics, scopes)
        self._statistics: dict[str, Mapping[tuple[str, int], tuple[Statistic, ...]]] = {
            metric.id: read.statistics(reader.connection, metric, scopes, periods)
            for metric in metrics
            if metric.statistics is not None
        }

    def _undo(self, later: Mapping[read.TotalsKey, tuple[int, int, int]]) -> None:
        """Take back what was restated later: what it added to numerator, denominator and days."""
        nothing = Totals(0, 0, 0, 0, 0, 0, 0, 0)
        for key, (numerator, denominator, days) in later.items():
            now = self._totals.get(key, nothing)
            then = {"numerator": now.numerator - numerator, "denominator": now.denominator - denominator}
            self._totals[key] = replace(now, **then, days=now.days - days)
        self._totals = {key: then for key, then in self._totals.items() if then.days > 0}
        self._restated = frozenset(later)

    def has(self, metric: Metric, scope: str) -> bool:
        """Whether the metric ever had a row for the scope."""
        return (metric.derived_from or metric.id, scope) in self._configured

    def totals(self, metric: Metric, scope: str, place: int, reader: Reader) -> Totals | None:
        """The rows of the period at a place, added up; None without any."""
        kept = metric_named(metric.derived_from) if metric.derived_from else metric
        variant = reader.variant(kept, scope, self.periods[place])
        return self._totals.get((kept.id, scope, variant, place))

    def value(self, metric: Metric, scope: str, place: int, reader: Reader) -> Value:
        """The value of the period at a place."""
        if not self.has(metric, scope):
            return Value(None, NO_SOURCE)
        period = self.periods[place]
        if metric.derived_from is not None:
            base = self.value(metric_named(metric.derived_from), scope, place, reader)
            target = reader.target(metric.derived_from, scope, period)
            return spent(base, target.low if target else None)
        if (metric.id, scope, UNCONVERTED + reader.currency(scope, period), place) in self._totals:
            return Value(None, NO_RATE)
        totals = self.totals(metric, scope, place, reader)
        found: tuple[Statistic, ...] = ()
        if metric.statistics is not None and totals is not None and not (self._bare and metric.headline is None):
            if (metric.id, scope, "", place) in self._restated:
                return Value(None, NOT_KEPT)
            kept = self._statistics[metric.id].get((scope, place), ())
            by_itself = period.kind in (Kind.CUSTOM, Kind.WEEK, Kind.DAY)
            found = reader.statistics_now(metric, scope, period) if by_itself else kept
        return value_of(metric, totals, found, reader.settings.metrics.min_answers)
