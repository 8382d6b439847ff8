"""When a control is due, and how late it is: rolling from the last time it was done, or by the calendar."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from data.period import Kind, Period, add_months


@dataclass(frozen=True)
class Cadence:
    """The longest time between one time and the next, in calendar months and days."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        if self.months < 0 or self.days < 0 or self.months + self.days == 0:
            raise ValueError("A cadence is at least a day: give months, days or both, none below 0.")

    def after(self, day: date) -> date:
        """The same day of the month so many months later, the last day of a shorter month; then the days."""
        first = add_months(day, self.months)
        last = monthrange(first.year, first.month)[1]
        return first.replace(day=min(day.day, last)) + timedelta(days=self.days)


@dataclass(frozen=True)
class Gap:
    """Two times that were too far apart: done, due again, done again (None: not yet)."""

    done: date
    due: date
    next_done: date | None


def rolling_dues(first_due: date, completed: Iterable[date], cadence: Cadence) -> tuple[date, ...]:
    """The first due day, then one after each completion: the last of them is what is due next."""
    return (first_due, *(cadence.after(day) for day in sorted(completed)))


def fixed_dues(span: Period, kind: Kind, fiscal_start: int = 1) -> tuple[date, ...]:
    """The last day of each calendar period that ends within the span."""
    periods = Period(span.start, span.end, fiscal_start=fiscal_start).split(kind)
    return tuple(last for last in (one.end - timedelta(days=1) for one in periods) if last in span)


def breaches(completed: Sequence[date], cadence: Cadence, today: date) -> tuple[Gap, ...]:
    """Where more time than the cadence passed: four times a year may still breach a cadence of three months."""
    ordered = sorted(completed)
    found = [Gap(done, cadence.after(done), then) for done, then in pairwise(ordered) if then > cadence.after(done)]
    if ordered and today > cadence.after(ordered[-1]):
        found.append(Gap(ordered[-1], cadence.after(ordered[-1]), None))
    return tuple(found)


def overdue_days(due: date, completed: date | None, today: date) -> int:
    """Days from the due day to the completion, or to today where there is none; 0 when in time."""
    return max(0, ((completed or today) - due).days)


def on_time(due: date, completed: date | None, grace_days: int = 0) -> bool:
    """Whether it was done by its due day and the grace after it."""
    return completed is not None and completed <= due + timedelta(days=grace_days)
