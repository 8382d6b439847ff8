"""Compliance records stored in time, and stored at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from data.facts import LogDelivery
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval, unseen_bounds

STORED = "stored"
"""The variant that counts records stored at all, however late: the coverage of the log."""

Counted = Callable[[LogDelivery], int]


def in_time(one: LogDelivery) -> int:
    """Records stored within the threshold they were counted against; more than events count as all of them."""
    return min(one.within, one.stored, one.expected)


def stored(one: LogDelivery) -> int:
    """Records stored at all; more than events count as all of them."""
    return min(one.stored, one.expected)


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Records in time, and records at all, over events that should have one; a missing record is never in time.

    Records counted against a longer time than the settings allow do not say how many were in time: those events lower
    the known part of the day. More records than events count as all of them.
    """
    found = [fact for fact in day.facts.get(LogDelivery.kind, ()) if isinstance(fact, LogDelivery)]
    if not found and LogDelivery.kind not in day.covered:
        return ()
    timed = [one for one in found if one.threshold <= day.rules.log_threshold_seconds]
    return (
        _row("", timed, found, in_time),
        _row(STORED, found, found, stored),
    )


def _row(variant: str, told: Sequence[LogDelivery], found: Sequence[LogDelivery], good: Counted) -> Row:
    expected, every = (sum(one.expected for one in some) for some in (told, found))
    return Row(
        variant=variant,
        numerator=sum(map(good, told)) * DAY,
        denominator=expected * DAY,
        sample=expected,
        known=DAY * expected // every if every else DAY,
        expected=DAY,
    )


METRIC = Metric(
    id="compliance_log_timeliness",
    name="Compliance logging in time",
    version=1,
    meaning="The share of events that need a compliance record whose record was stored in real time, by default within "
    "60 seconds; a missing record counts as late.",
    formula="records stored within metrics.log_threshold_seconds / events that should have a record; at least 95 % is "
    "the same as a 95th percentile within that time; variant stored: records stored at all / events",
    origin="house definition of real time: 95th percentile within 60 seconds; no published figure is known",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.COUNTED,
    domain=Domain.COMPLIANCE,
    fact_kinds=("log_delivery",),
    connect="Connect a source of log deliveries (for example one of type csv): per day and type of record how many "
    "were expected, stored, and stored in time.",
    daily=daily,
    unknown_bounds=unseen_bounds,
    interval=counted_interval,
)
