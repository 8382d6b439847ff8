"""Lead time for changes, and the four stages it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from data.facts import Change
from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Statistic, Unit
from data.metrics.durations import between, hours_row, in_hours
from data.metrics.quantiles import spread


@dataclass(frozen=True)
class Stages:
    """The stages of a change; None where an end is missing or lies before its start.

    coding: first commit to opened; pickup: opened to first review; review: first review to merged;
    deploy: merged to the end of the first successful production deployment that contains it.
    """

    coding: timedelta | None
    pickup: timedelta | None
    review: timedelta | None
    deploy: timedelta | None


def stages(change: Change, deployed: datetime | None) -> Stages:
    """How long the change stayed in each stage."""
    return Stages(
        coding=between(change.first_commit, change.opened),
        pickup=between(change.opened, change.first_review),
        review=between(change.first_review, change.merged),
        deploy=between(change.merged, deployed),
    )


def lead_time(change: Change, deployed: datetime) -> timedelta | None:
    """First commit to production; None where it is not positive (clock skew, automated pushes)."""
    elapsed = between(change.first_commit, deployed)
    return elapsed or None


def samples(day: ScopeDay) -> tuple[Decimal, ...]:
    """Hours of each change that reached production on the day, in rising order; none on a day not read completely."""
    if not {"deployment", "change"} <= day.covered:
        return ()
    return tuple(sorted(in_hours(span) for span in _lead_times(day)))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours over changes, by the day of their deployment."""
    if not {"deployment", "change"} <= day.covered:
        return ()
    hours = samples(day)
    return (hours_row(hours, len(hours)),)


def statistics(hours: Sequence[Decimal]) -> tuple[Statistic, ...]:
    """Median with its 95 % interval from order statistics, p75, p90 and mean."""
    return spread(hours, (("p75", "0.75"), ("p90", "0.9")))


def _lead_times(day: ScopeDay) -> list[timedelta]:
    return [
        span
        for release in day.releases()
        for change in day.contained.get((release.source, release.source_id), ())
        if (span := lead_time(change, release.finished or release.started))
    ]


METRIC = Metric(
    id="lead_time",
    name="Lead time for changes",
    version=1,
    meaning="How long a change takes from its first commit until it runs in production; the median change.",
    formula="end of the first successful production deployment that contains the change - author time of its first "
    "commit; changes counted on the day of that deployment; spans that are not positive are left out",
    origin="DORA, dora.dev/guides/dora-metrics (2026); first commit as the start",
    unit=Unit.HOURS,
    better=Better.LOWER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.DELIVERY,
    fact_kinds=("deployment", "change"),
    connect="Connect the system that holds the code and deploys it (for example a source of type github).",
    daily=daily,
    samples=samples,
    statistics=statistics,
    headline="median",
)
