"""Availability by incidents: the share of time in which no incident had the scope down."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Unit
from data.metrics.downtime import uptime_rows
from data.metrics.intervals import unseen_bounds

METRIC = Metric(
    id="availability_incidents",
    name="Uptime by incidents",
    version=1,
    meaning="The share of time in which no reported incident had the scope down. Planned maintenance counts as down; "
    "the variant excl_maintenance leaves it up, but not an incident that falls into it. Providers are told apart.",
    formula="seconds not down / seconds of the days read completely, summed over scopes; down is the union of all "
    "outages, and where they overlap the heaviest counts alone; weights of impacts by the settings (down 1, partial "
    "0.3, degraded 0), planned maintenance 1",
    origin="Beyer et al., Site Reliability Engineering (2016), chapter 3: time-based availability; weights as status "
    "pages use them",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("incident",),
    connect="Connect a source of incidents (for example of type pagerduty or statuspage) and map its services.",
    daily=uptime_rows(providers=False),
    unknown_bounds=unseen_bounds,
    has_budget=True,
)
