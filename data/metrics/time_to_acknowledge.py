"""Time to acknowledge: how soon someone takes an incident up."""

from __future__ import annotations

from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.durations import duration_row, duration_statistics, lasting, of_ours
from data.metrics.survival import Sample


def samples(day: ScopeDay) -> tuple[Sample, ...]:
    """Hours until each incident of the day was acknowledged; one that never was waited at least until it was over."""
    if not of_ours(day):
        return ()
    read_until = day.read_until.get("incident")
    spans = (
        lasting(one.detected or one.started, one.acknowledged, one.resolved or read_until) for one in day.incidents()
    )
    return tuple(sorted(span for span in spans if span is not None))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours of the acknowledged incidents over their number, by the day on which they started."""
    return (duration_row(samples(day)),) if of_ours(day) else ()


METRIC = Metric(
    id="time_to_acknowledge",
    name="Time to acknowledge",
    version=1,
    meaning="How long an incident waits until someone takes it up; the median incident. Incidents that nobody "
    "acknowledged count as having waited at least until they were over. Incidents of providers do not count.",
    formula="acknowledged - detected (started where no detection is known), counted on the day the incident started; "
    "Kaplan-Meier median and p90 with incidents that nobody acknowledged censored at their resolution, open ones at "
    "the last reading; the mean is of acknowledged ones only; planned maintenance and spans below zero are left out",
    origin="Beyer et al., Site Reliability Engineering (2016), chapter 14, for the stages of an incident; "
    "Kaplan and Meier (1958)",
    unit=Unit.HOURS,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.RELIABILITY,
    fact_kinds=("incident",),
    connect="Connect a source of incidents that keeps acknowledgements (for example of type pagerduty) and map its "
    "services.",
    daily=daily,
    samples=samples,
    statistics=duration_statistics,
    headline="median",
)
