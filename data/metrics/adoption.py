"""Adoption of features."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from data.facts import Usage
from data.metrics.base import DAY, Better, Bounds, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit
from data.metrics.intervals import wilson
from data.metrics.responses import AUDIENCE


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Users over eligible users of the windows that end with the day, for everyone and for each audience.

    `sample` counts windows. Windows of another length than the settings name, and such as count more users than were
    eligible, say nothing: they lower the known part of the day.
    """
    found = [fact for fact in day.facts.get(Usage.kind, ()) if isinstance(fact, Usage)]
    if not found and Usage.kind not in day.covered:
        return ()
    audiences = sorted({one.audience for one in found if one.audience})
    return (
        _row(day, "", _everyone(found)),
        *(_row(day, AUDIENCE + name, [(one,) for one in found if one.audience == name]) for name in audiences),
    )


def interval(totals: Totals) -> Bounds | None:
    """Wilson's interval with the eligible users of one window: the windows of other days repeat the same users."""
    if totals.denominator == 0 or totals.sample == 0:
        return None
    eligible = totals.denominator / 1_000_000 / totals.sample
    return wilson(totals.numerator / totals.denominator * eligible, eligible)


@dataclass(frozen=True)
class Growth:
    """How adoption moved: as a difference of shares of one, and as the factor it grew by (None from nothing)."""

    points: Decimal
    factor: Decimal | None


def growth(before: Decimal, after: Decimal) -> Growth:
    """15 % to 50 %: 35 points, 3.33 times."""
    return Growth(after - before, after / before if before else None)


Window = Sequence[Usage]
"""A window of a feature: one record of everyone, or one for each audience."""


def _everyone(found: Sequence[Usage]) -> list[Window]:
    """The record of everyone where there is one, else those of the audiences, which hold every user once."""
    by_window: dict[tuple[str, ...], list[Usage]] = defaultdict(list)
    for one in found:
        by_window[one.source, one.key_kind, one.key, one.feature, str(one.window_days)].append(one)
    return [[one for one in parts if not one.audience][:1] or parts for parts in by_window.values()]


def _row(day: ScopeDay, variant: str, windows: Sequence[Window]) -> Row:
    least, most = day.rules.usage_window_days
    told = [
        window
        for window in windows
        if all(least <= part.window_days <= most and 0 <= part.used <= part.eligible for part in window)
    ]
    return Row(
        variant=variant,
        numerator=sum(part.used for window in told for part in window) * DAY,
        denominator=sum(part.eligible for window in told for part in window) * DAY,
        sample=len(told),
        known=DAY * len(told) // len(windows) if windows else DAY,
        expected=DAY,
    )


METRIC = Metric(
    id="adoption",
    name="Feature adoption",
    version=1,
    meaning="The share of eligible users who used a feature in a window of about a month. A longer period is the "
    "average of the windows that end in it, each weighted by its eligible users.",
    formula="users of the feature / eligible users, over windows that end in the period and are as long as "
    "metrics.usage_window_days says (28 to 31 days); interval: Wilson with the users of one window",
    origin="house definition; interval: Wilson 1927",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.FEEDBACK,
    fact_kinds=("usage",),
    connect="Connect a source of product usage (for example one of type csv) and map its features.",
    daily=daily,
    interval=interval,
)
