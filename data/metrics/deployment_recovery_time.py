"""Failed deployment recovery time: from the deployment that broke something until it is whole again."""

from __future__ import annotations

from data.facts import Deployment, Incident
from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.durations import duration_row, duration_statistics, lasting
from data.metrics.survival import Sample


def samples(day: ScopeDay) -> tuple[Sample, ...]:
    """Hours of each incident of the day that a deployment caused, and whether it is resolved."""
    if "incident" not in day.covered:
        return ()
    known_until = day.read_until.get("incident")
    spans = (
        lasting(cause.finished or cause.started, incident.resolved, known_until) for incident, cause in _linked(day)
    )
    return tuple(sorted(span for span in spans if span is not None))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours of the resolved incidents over their number; no row where neither deployment nor link is known."""
    if "incident" not in day.covered or not ("deployment" in day.covered or _linked(day)):
        return ()
    return (duration_row(samples(day)),)


def _linked(day: ScopeDay) -> list[tuple[Incident, Deployment]]:
    return [
        (one, day.caused[one.source, one.source_id])
        for one in day.incidents()
        if (one.source, one.source_id) in day.caused
    ]


METRIC = Metric(
    id="deployment_recovery_time",
    name="Failed deployment recovery time",
    version=1,
    meaning="How long it takes to recover from a deployment that failed: from the end of the deployment until the "
    "incident it caused is resolved; the median incident. Other incidents count in the time to restore only.",
    formula="resolved - end of the linked deployment, of each incident linked to a deployment (named by it > change "
    "named by it > last deployment of the service within the failure window before it), counted on the day the "
    "incident started; Kaplan-Meier median and p90 with open incidents censored at the last reading; the mean is of "
    "resolved ones only; spans below zero are left out",
    origin="DORA, dora.dev/guides/dora-metrics (2026): failed deployment recovery time; clock from the end of the "
    "deployment as Apache DevLake counts it; Kaplan and Meier (1958)",
    unit=Unit.HOURS,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("incident", "deployment"),
    connect="Connect the system that deploys (for example a source of type github) and a source of incidents (for "
    "example of type pagerduty), and map both to the same services.",
    daily=daily,
    samples=samples,
    statistics=duration_statistics,
    headline="median",
    settles_after=24,
)
