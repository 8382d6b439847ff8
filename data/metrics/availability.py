"""Availability by time: the share of known time in which a probe succeeded."""

from __future__ import annotations

from decimal import Decimal

from data.facts import ProbeDay
from data.metrics.base import DAY, Better, Bounds, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit
from data.metrics.intervals import sampled_interval, unseen_bounds
from data.money import millionths


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Seconds up over seconds known; unknown time is neither up nor down."""
    probes = [fact for fact in day.facts.get("probe_day", ()) if isinstance(fact, ProbeDay)]
    if not probes:
        return ()
    up = sum((probe.up for probe in probes), Decimal(0))
    known = up + sum((probe.down for probe in probes), Decimal(0))
    whole = Decimal(day.seconds * len(probes))
    return (
        Row(
            variant="",
            numerator=millionths(up),
            denominator=millionths(known),
            sample=sum(probe.samples for probe in probes),
            known=millionths(min(Decimal(1), known / whole)),
            expected=DAY,
        ),
    )


def bounds(totals: Totals) -> Bounds:
    """All of the unknown time down, or all of it up."""
    return unseen_bounds(totals)


METRIC = Metric(
    id="availability",
    name="Uptime",
    version=1,
    meaning="The share of known time in which the service answered its probe. "
    "Time without samples is unknown, never up.",
    formula="seconds up / (seconds up + seconds down), summed over services; planned maintenance is not excluded",
    origin="Beyer et al., Site Reliability Engineering (2016), chapter 3: time-based availability",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.RELIABILITY,
    fact_kinds=("probe_day",),
    connect="Connect a source of type prometheus with an availability expression and map its services.",
    daily=daily,
    unknown_bounds=bounds,
    interval=sampled_interval,
    has_budget=True,
)
