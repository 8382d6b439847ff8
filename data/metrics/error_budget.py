"""Error budget: how much of the downtime that the target allows is spent."""

from __future__ import annotations

from decimal import Decimal

from data.metrics.base import (
    NO_DATA,
    NO_TARGET,
    Better,
    Denominator,
    Domain,
    Evidence,
    Metric,
    Row,
    ScopeDay,
    Unit,
    Value,
)


def none_kept(_day: ScopeDay) -> tuple[Row, ...]:
    """No rows of its own: it follows from availability and the target in force."""
    return ()


def spent(availability: Value, goal: Decimal | None) -> Value:
    """Share of the budget `1 - goal` that the bad part of the period used; 1 means all of it, above 1 overspent."""
    if goal is None or goal >= 1:
        return Value(None, NO_TARGET)
    if availability.value is None or availability.denominator is None or availability.numerator is None:
        return Value(None, availability.reason or NO_DATA)
    bad = availability.denominator - availability.numerator
    allowed = availability.denominator * (1 - goal)
    return Value(
        bad / allowed,
        numerator=bad,
        denominator=allowed,
        sample=availability.sample,
        coverage=availability.coverage,
    )


METRIC = Metric(
    id="error_budget",
    name="Error budget spent",
    version=1,
    meaning="How much of the downtime that the uptime target allows has been used; above 100 % the target is missed.",
    formula="seconds down / (seconds known x (1 - uptime target))",
    origin="Beyer et al., The Site Reliability Workbook (2018), chapter 5",
    unit=Unit.RATIO,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.RELIABILITY,
    fact_kinds=("probe_day",),
    connect="Connect a source of type prometheus with an availability expression and set an uptime target.",
    daily=none_kept,
    derived_from="availability",
)
