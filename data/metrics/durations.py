"""Spans of time in hours, and the daily row and statistics of things that last, whose end may not be known yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from data.metrics.base import DAY, Row, ScopeDay, Statistic
from data.metrics.survival import Sample, quantiles
from data.money import millionths

_HOUR = Decimal(3600)


def in_hours(span: timedelta) -> Decimal:
    """The span in hours, to the microsecond."""
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000 / _HOUR


def between(start: datetime | None, end: datetime | None) -> timedelta | None:
    """From start to end; None where one is missing or the end lies before the start."""
    if start is None or end is None or end < start:
        return None
    return end - start


def lasting(start: datetime, end: datetime | None, known_until: datetime | None) -> Sample | None:
    """Hours from start to end; of what has not ended, the hours that it is known to have lasted.

    None where the end lies before the start.
    """
    if end is None:
        return in_hours(between(start, known_until) or timedelta(0)), False
    span = between(start, end)
    return None if span is None else (in_hours(span), True)


def of_ours(day: ScopeDay) -> bool:
    """Whether the day was read for incidents of ours: a provider's are the provider's to take up and to restore."""
    return "incident" in day.covered and day.scope.kind != "provider"


def hours_row(ended: Sequence[Decimal], sample: int) -> Row:
    """Summed hours over the number of what ended; `sample` may count what goes on as well."""
    return Row(
        variant="",
        numerator=millionths(sum(ended, Decimal(0))),
        denominator=len(ended) * DAY,
        sum_squares=millionths(sum((length * length for length in ended), Decimal(0))),
        sample=sample,
        known=DAY,
        expected=DAY,
    )


def duration_row(samples: Sequence[Sample]) -> Row:
    """Summed hours of what ended over its number; what goes on counts in `sample` only."""
    return hours_row(sorted(length for length, over in samples if over), len(samples))


def duration_statistics(samples: Sequence[Sample]) -> tuple[Statistic, ...]:
    """Median with its 95 % interval and p90, both with what goes on taken into account; the mean of what ended."""
    ended = sorted(length for length, over in samples if over)
    mean = (Statistic("mean_of_ended", sum(ended, Decimal(0)) / len(ended), None, None, len(ended)),) if ended else ()
    return (*quantiles(samples), *mean)
