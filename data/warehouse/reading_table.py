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
from data.warehouse.corrected import Applied, applied, replaced, sums

if TYPE_CHECKING:
    from data.warehouse.readings import Reader


class Table:
    """Totals and statistics of some metrics, scopes and periods, read at once.

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
        self._totals, self._restated = sums(reader, metrics, scopes, reader.variants, periods)
        self._applied = applied(reader, metrics, scopes, periods)
        self._configured = read.configured(reader.connection, metrics, scopes)
        self._statistics: dict[str, Mapping[tuple[str, int], tuple[Statistic, ...]]] = {
            metric.id: read.statistics(reader.connection, metric, scopes, periods)
            for metric in metrics
            if metric.statistics is not None
        }

    def has(self, metric: Metric, scope: str) -> bool:
        """Whether the metric ever had a row for the scope."""
        return (metric.derived_from or metric.id, scope) in self._configured

    def totals(self, metric: Metric, scope: str, place: int, reader: Reader) -> Totals | None:
        """The rows of the period at a place, added up and corrected; None without any."""
        found, more = self._counted(metric, scope, place, reader), self._more(metric, scope, place)
        if found is None or more is None:
            return found
        return replace(
            found, numerator=found.numerator + more.numerator, denominator=found.denominator + more.denominator
        )

    def _counted(self, metric: Metric, scope: str, place: int, reader: Reader) -> Totals | None:
        kept = metric_named(metric.derived_from) if metric.derived_from else metric
        variant = reader.variant(kept, scope, self.periods[place])
        return self._totals.get((kept.id, scope, variant, place))

    def _more(self, metric: Metric, scope: str, place: int) -> Applied | None:
        return self._applied.get((metric.derived_from or metric.id, scope, place))

    def value(self, metric: Metric, scope: str, place: int, reader: Reader) -> Value:
        """The value of the period at a place; a corrected one with what was counted beside it."""
        given = replaced(reader, metric, scope, self.periods[place])
        if given is not None:
            was = self._value(metric, scope, place, reader, self._counted(metric, scope, place, reader))
            new = {**was.statistics} | ({metric.headline: given.value} if metric.headline and given.value else {})
            told = replace(was, value=given.value, reason=None, interval=None, bounds=None, statistics=new)
            return replace(told, counted=was.value, corrections=(given.proposal,))
        value = self._value(metric, scope, place, reader, self.totals(metric, scope, place, reader))
        if (more := self._more(metric, scope, place)) is None or value.value is None:
            return value
        was = self._value(metric, scope, place, reader, self._counted(metric, scope, place, reader))
        return replace(value, counted=was.value, corrections=more.corrections)

    def _value(self, metric: Metric, scope: str, place: int, reader: Reader, totals: Totals | None) -> Value:
        if not self.has(metric, scope):
            return Value(None, NO_SOURCE)
        period = self.periods[place]
        if metric.derived_from is not None:
            base = self._value(metric_named(metric.derived_from), scope, place, reader, totals)
            target = reader.target(metric.derived_from, scope, period)
            return spent(base, target.low if target else None)
        if (metric.id, scope, UNCONVERTED + reader.currency(scope, period), place) in self._totals:
            return Value(None, NO_RATE)
        found: tuple[Statistic, ...] = ()
        if metric.statistics is not None and totals is not None and not (self._bare and metric.headline is None):
            if (metric.id, scope, "", place) in self._restated:
                return Value(None, NOT_KEPT)
            kept = self._statistics[metric.id].get((scope, place), ())
            by_itself = period.kind in (Kind.CUSTOM, Kind.WEEK, Kind.DAY)
            found = reader.statistics_now(metric, scope, period) if by_itself else kept
        return value_of(metric, totals, found, reader.settings.metrics.min_answers)
