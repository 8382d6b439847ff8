"""Time to restore service: how long incidents last."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.durations import duration_row, duration_statistics, lasting, of_ours
from data.metrics.survival import Sample


def samples(day: ScopeDay) -> tuple[Sample, ...]:
    """Hours of each incident that started on the day, and whether it is resolved; none on a day not read completely."""
    if not of_ours(day):
        return ()
    known_until = day.read_until.get("incident")
    spans = (lasting(one.started, one.resolved, known_until) for one in day.incidents())
    return tuple(sorted(span for span in spans if span is not None))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours of the resolved incidents over their number, by the day on which they started."""
    return (duration_row(samples(day)),) if of_ours(day) else ()


METRIC = Metric(
    id="time_to_restore",
    name="Time to restore service",
    version=1,
    meaning="How long an incident lasts from its start until it is resolved; the median incident. Incidents that are "
    "still open count as having lasted at least until now, so that they do not flatter the number. What "
    "providers say of themselves does not count.",
    formula="resolved - started of each incident, counted in the scope it is filed under on the day it started; "
    "Kaplan-Meier median and p90 with open incidents censored at the last reading; the mean is of resolved ones only; "
    "planned maintenance and spans below zero are left out",
    origin="DORA, dora.dev/guides/dora-metrics (2026), clock from the incident's start; Kaplan and Meier (1958); "
    "interval after Brookmeyer and Crowley (1982)",
    unit=Unit.HOURS,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("incident",),
    connect="Connect a source of incidents (for example of type pagerduty or statuspage) and map its services.",
    daily=daily,
    samples=samples,
    statistics=duration_statistics,
    headline="median",
)
