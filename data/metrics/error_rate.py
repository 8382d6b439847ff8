"""Error rate of own services."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Unit
from data.metrics.intervals import counted_interval, unseen_bounds
from data.metrics.requests import request_rows

METRIC = Metric(
    id="error_rate",
    name="Error rate",
    version=1,
    meaning="The share of requests to own services that failed for a reason of ours.",
    formula="failed requests / all requests, a ratio of sums; time-outs count as failed",
    origin="OpenTelemetry semantic conventions 1.44 (error.type); ratio of sums after OpenSLO ratioMetric",
    unit=Unit.RATIO,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("request_day",),
    connect="Connect a source of type prometheus with a requests entry and map its services.",
    daily=request_rows(integrations=False, good=False),
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
    has_budget=True,
)
