"""METRICS: every number that Plumbline knows, in the order in which it is told."""

from __future__ import annotations

from data.metrics import (
    availability,
    availability_requests,
    change_fail_rate,
    deployment_frequency,
    error_budget,
    error_rate,
    integration_error_rate,
    integration_share,
    lead_time,
    spend,
)
from data.metrics.base import Metric
from data.settings import Settings

METRICS: tuple[Metric, ...] = (
    availability.METRIC,
    availability_requests.METRIC,
    error_budget.METRIC,
    error_rate.METRIC,
    integration_error_rate.METRIC,
    deployment_frequency.METRIC,
    lead_time.METRIC,
    change_fail_rate.METRIC,
    spend.EFFECTIVE,
    spend.BILLED,
    integration_share.METRIC,
)

_BY_ID = {metric.id: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The metric of that id. KeyError names those that exist."""
    if name not in _BY_ID:
        raise KeyError(f"There is no metric {name!r}; there are: {', '.join(_BY_ID)}.")
    return _BY_ID[name]


def metrics_of(settings: Settings) -> tuple[Metric, ...]:
    """Every metric that a company has: the shipped ones, and those it declared itself."""
    return METRICS
