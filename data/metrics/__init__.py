"""METRICS: every number that Plumbline knows, in the order in which it is told."""

from __future__ import annotations

from data.metrics import (
    adoption,
    audit_on_time,
    availability,
    availability_incidents,
    availability_providers,
    availability_requests,
    ces,
    change_fail_rate,
    compliance_log_timeliness,
    csat,
    deployment_frequency,
    deployment_recovery_time,
    error_budget,
    error_rate,
    feature_cycle_time,
    integration_error_rate,
    integration_share,
    lead_time,
    measurement,
    nps,
    rework_rate,
    spend,
    time_to_acknowledge,
    time_to_restore,
)
from data.metrics.base import Metric
from data.settings import Settings

METRICS: tuple[Metric, ...] = (
    availability.METRIC,
    availability_requests.METRIC,
    availability_incidents.METRIC,
    availability_providers.METRIC,
    error_budget.METRIC,
    error_rate.METRIC,
    integration_error_rate.METRIC,
    time_to_restore.METRIC,
    time_to_acknowledge.METRIC,
    deployment_frequency.METRIC,
    lead_time.METRIC,
    feature_cycle_time.METRIC,
    change_fail_rate.METRIC,
    rework_rate.METRIC,
    deployment_recovery_time.METRIC,
    nps.METRIC,
    csat.METRIC,
    ces.METRIC,
    adoption.METRIC,
    audit_on_time.METRIC,
    compliance_log_timeliness.METRIC,
    spend.EFFECTIVE,
    spend.BILLED,
    integration_share.METRIC,
)

_BY_ID = {metric.id: metric for metric in METRICS}


def metric_named(name: str) -> Metric:
    """The shipped metric of that id. KeyError names those that exist."""
    return _named(name, _BY_ID)


def metrics_of(settings: Settings) -> tuple[Metric, ...]:
    """Every metric of a company: the shipped ones, then those that it declares itself."""
    return (*METRICS, *map(measurement.own, settings.measurement))


def metric_in(settings: Settings, name: str) -> Metric:
    """The metric of that id, shipped or the company's own. KeyError names those that exist."""
    return _named(name, {metric.id: metric for metric in metrics_of(settings)})


def _named(name: str, there: dict[str, Metric]) -> Metric:
    if name not in there:
        raise KeyError(f"There is no metric {name!r}; there are: {', '.join(there)}.")
    return there[name]
