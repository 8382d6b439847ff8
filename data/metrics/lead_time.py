"""Lead time for changes, and the four stages it passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from data.facts import Change
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Statistic, Unit
from data.money import millionths

_HOUR = Decimal(3600)


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
        coding=_between(change.first_commit, change.opened),
        pickup=_between(change.opened, change.first_review),
        review=_between(change.first_review, change.merged),
        deploy=_between(change.merged, deployed),
    )


def lead_time(change: Change, deployed: datetime) -> timedelta | None:
    """First commit to production; None where it is not positive (clock skew, automated pushes)."""
    elapsed = _between(change.first_commit, deployed)
    return elapsed or None


def samples(day: ScopeDay) -> tuple[Decimal, ...]:
    """Hours of each change that reached production on the day, in rising order; none on a day not read completely."""
    if not {"deployment", "change"} <= day.covered:
        return ()
    return tuple(sorted(_hours(span) for span in _lead_times(day)))


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Summed hours over changes, by the day of their deployment."""
    if not {"deployment", "change"} <= day.covered:
        return ()
    hours = samples(day)
    return (
        Row(
            variant="",
            numerator=millionths(sum(hours, Decimal(0))),
            denominator=len(hours) * DAY,
            sum_squares=millionths(sum((hour * hour for hour in hours), Decimal(0))),
            sample=len(hours),
            known=DAY,
            expected=DAY,
        ),
    )


def statistics(hours: Sequence[Decimal]) -> tuple[Statistic, ...]:
    """Median with its 95 % interval from order statistics, p75, p90 and mean."""
    if not hours:
        return ()
    ordered, n = sorted(hours), len(hours)
    rank = median_rank(n)
    return (
        Statistic(
            "median",
            quantile(ordered, Decimal("0.5")),
            None if rank is None else ordered[rank],
            None if rank is None else ordered[n - 1 - rank],
            n,
        ),
        Statistic("p75", quantile(ordered, Decimal("0.75")), None, None, n),
        Statistic("p90", quantile(ordered, Decimal("0.9")), None, None, n),
        Statistic("mean", sum(ordered, Decimal(0)) / n, None, None, n),
    )


def median_rank(n: int) -> int | None:
    """How many of n ordered values lie below the 95 % interval of their median, as many as above; None under 6.

    Exact: each value lies below the median with probability one half (Conover 1999, section 3.2).
    """
    term, below, rank, whole = 1, 0, None, 2**n
    for count in range(n):
        below += term
        if below * 40 > whole:
            break
        rank = count
        term = term * (n - count) // (count + 1)
    return rank


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Linear interpolation between the closest ranks (Hyndman and Fan 1996, type 7)."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def _lead_times(day: ScopeDay) -> list[timedelta]:
    return [
        span
        for release in day.releases()
        for change in day.contained.get((release.source, release.source_id), ())
        if (span := lead_time(change, release.finished or release.started))
    ]


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    if start is None or end is None or end < start:
        return None
    return end - start


def _hours(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000 / _HOUR


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
