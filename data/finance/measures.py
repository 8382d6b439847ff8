"""MEASURES: measured values that an assumption can start from and a promise can be held against."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from data.finance.levers.base import Unit


class Take(StrEnum):
    """How a reading of a metric becomes a yearly or a plain value."""

    VALUE = "value"
    RATE_PER_YEAR = "value a day × 365"
    SUM_PER_YEAR = "sum of the period × 365 / its days"
    COUNT_PER_YEAR = "count of the period × 365 / its days"
    LATEST = "the latest of the period"


@dataclass(frozen=True)
class Measure:
    """A value that the warehouse holds: of a metric, or where `metric` is None added up from facts of a kind."""

    id: str
    name: str
    unit: Unit
    take: Take
    metric: str | None = None
    fact: str | None = None
    per: str = ""


_YEAR = "a year"

MEASURES: tuple[Measure, ...] = (
    Measure("deployments_per_year", "Deployments", Unit.NUMBER, Take.RATE_PER_YEAR, "deployment_frequency", per=_YEAR),
    Measure("change_fail_rate", "Change fail rate", Unit.SHARE, Take.VALUE, "change_fail_rate"),
    Measure("recovery_hours", "Recovery of failed deployments", Unit.HOURS, Take.VALUE, "deployment_recovery_time"),
    Measure(
        "features_per_year", "Features finished", Unit.NUMBER, Take.COUNT_PER_YEAR, "feature_cycle_time", per=_YEAR
    ),
    Measure("spend_per_year", "Spend", Unit.MONEY, Take.SUM_PER_YEAR, "spend_effective", per=_YEAR),
    Measure("revenue_per_year", "Revenue", Unit.MONEY, Take.SUM_PER_YEAR, fact="revenue", per=_YEAR),
    Measure("customers", "Customers", Unit.NUMBER, Take.LATEST, fact="usage"),
    Measure("churn_per_year", "Churn", Unit.SHARE, Take.SUM_PER_YEAR, fact="usage", per=_YEAR),
    Measure("people", "People", Unit.NUMBER, Take.LATEST, fact="headcount"),
)

_BY_ID = {measure.id: measure for measure in MEASURES}


def measure_named(name: str) -> Measure:
    """The measure of that id. KeyError where there is none."""
    return _BY_ID[name]
