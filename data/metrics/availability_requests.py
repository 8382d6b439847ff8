"""Availability by requests: the share of valid requests that were served."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Unit
from data.metrics.intervals import counted_interval, unseen_bounds
from data.metrics.requests import request_rows

METRIC = Metric(
    id="availability_requests",
    name="Availability by requests",
    version=1,
    meaning="The share of valid requests that were served. Busy hours weigh more than in availability by time.",
    formula="(valid requests - failed requests) / valid requests, summed over services",
    origin="Google Customer Reliability Engineering: successful units / total units",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("request_day",),
    connect="Connect a source of type prometheus with a requests entry and map its services.",
    daily=request_rows(integrations=False, good=True),
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
    has_budget=True,
)
