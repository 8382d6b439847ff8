"""Availability of providers by the incidents on their own status pages."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Unit
from data.metrics.downtime import uptime_rows
from data.metrics.intervals import unseen_bounds

METRIC = Metric(
    id="availability_providers",
    name="Uptime of providers",
    version=1,
    meaning="The share of time in which no incident that a third party reported had its service down. It counts scopes "
    "of kind provider only and is never added to own uptime. Planned maintenance counts as down here; the variant "
    "excl_maintenance leaves it up, but not an incident that falls into it.",
    formula="seconds not down / seconds of the days read completely, summed over providers; down is the union of all "
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
    connect="Connect a source of type statuspage for a provider's status page and map it to a scope of kind provider.",
    daily=uptime_rows(providers=True),
    unknown_bounds=unseen_bounds,
    has_budget=True,
)
