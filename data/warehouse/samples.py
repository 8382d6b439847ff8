"""What does not add up: the single values behind a median, and the periods that one is kept for."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from data.metrics.base import Metric, Statistic
from data.money import from_millionths, millionths
from data.period import Kind, Period, containing
from data.scopes import Tree
from data.settings import Settings
from data.warehouse.days import Days

Samples = Mapping[date, tuple[Any, ...]]
"""The single values of each day."""


def stored_periods(days: Iterable[date], settings: Settings) -> list[Period]:
    """The periods whose statistics are kept: calendar months, quarters and years, and fiscal ones where they differ."""
    start = settings.company.fiscal_year_start_month
    kinds = [Kind.MONTH, Kind.QUARTER, Kind.YEAR] + ([Kind.FISCAL_QUARTER, Kind.FISCAL_YEAR] if start != 1 else [])
    months = {day.replace(day=1) for day in days}  # every kind begins with a month
    unique = {(one.start, one.end): one for day in months for one in (containing(day, kind, start) for kind in kinds)}
    return [unique[key] for key in sorted(unique)]


def own_samples(metric: Metric, days: Days, scope: str, period: Period) -> dict[date, tuple[Any, ...]]:
    """The samples of a metric in a scope itself, by day."""
    assert metric.samples is not None
    found = days.of(scope, frozenset(period.days()), frozenset(metric.fact_kinds), quiet=False)
    return {day.day: samples for day in found if (samples := metric.samples(day))}


def joined(tree: Tree, scope: str, own: Mapping[str, Samples]) -> dict[date, tuple[Any, ...]]:
    """Of the samples of several scopes those that lay in or below one of them on their day."""
    found: dict[date, tuple[Any, ...]] = defaultdict(tuple)
    for one, samples in own.items():
        for day, values in samples.items():
            if scope in tree.path(one, day):
                found[day] += values
    return found


def by_period(samples: Samples, periods: Iterable[Period]) -> dict[Period, list[Any]]:
    """The values of each period, which may overlap."""
    days = sorted(samples)
    found: dict[Period, list[Any]] = {}
    for period in periods:
        within = days[bisect_left(days, period.start) : bisect_left(days, period.end)]
        found[period] = [one for day in within for one in samples[day]]
    return found


def statistic_columns(one: Statistic) -> dict[str, Any]:
    """A statistic as it is kept: rounded to millionths."""
    rounded = {name: None if of is None else from_millionths(millionths(of)) for name, of in _decimals(one)}
    return {"statistic": one.name, **rounded, "n": one.n}


def _decimals(one: Statistic) -> tuple[tuple[str, Decimal | None], ...]:
    return ("value", one.value), ("low", one.low), ("high", one.high)
