"""Error rate of integrations: calls to exchanges, KYC providers, banks, nodes."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Unit
from data.metrics.intervals import counted_interval, unseen_bounds
from data.metrics.requests import request_rows

METRIC = Metric(
    id="integration_error_rate",
    name="Integration error rate",
    version=1,
    meaning="The share of calls to third parties that failed. Requests to own services do not count here.",
    formula="failed integration calls / all integration calls, a ratio of sums over integrations",
    origin="house definition; ratio of sums after OpenSLO ratioMetric",
    unit=Unit.RATIO,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("request_day",),
    connect="Connect a source of type prometheus with a requests entry labelled by integration and map them.",
    daily=request_rows(integrations=True, good=False),
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
    has_budget=True,
)
