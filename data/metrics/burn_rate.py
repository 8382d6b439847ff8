"""Burn rates: how fast an error budget is spent, when it will be gone, and when that is worth waking someone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

MONTH = timedelta(days=30)
"""The period of the budget that the alerts of `ALERTS` are made for."""


class Severity(StrEnum):
    """What an alert asks for: someone at once, or a place in the queue."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True)
class Errors:
    """What went wrong in a window and what could have: requests or seconds; `events` counts the observations."""

    bad: Decimal
    valid: Decimal
    events: int


@dataclass(frozen=True)
class Alert:
    """Fires when both windows burn faster than `burn`, the rate that spends `share` of the budget in the long one."""

    severity: Severity
    long: timedelta
    short: timedelta
    share: Decimal

    @property
    def burn(self) -> Decimal:
        """The burn rate from which it fires."""
        return burn_of(self.share, self.long)


def burn_of(share: Decimal, window: timedelta, period: timedelta = MONTH) -> Decimal:
    """The burn rate that spends the share of a period's budget within the window."""
    return share * _microseconds(period) / _microseconds(window)


ALERTS: tuple[Alert, ...] = (
    Alert(Severity.PAGE, timedelta(hours=1), timedelta(minutes=5), Decimal("0.02")),
    Alert(Severity.PAGE, timedelta(hours=6), timedelta(minutes=30), Decimal("0.05")),
    Alert(Severity.TICKET, timedelta(days=1), timedelta(hours=2), Decimal("0.10")),
    Alert(Severity.TICKET, timedelta(days=3), timedelta(hours=6), Decimal("0.10")),
)
"""Windows and shares of Beyer et al., The Site Reliability Workbook (2018), chapter 5; that of a day is Sloth's."""


def burn_rate(errors: Errors, goal: Decimal) -> Decimal | None:
    """The error ratio over the budget `1 - goal`: at 1 the budget lasts exactly its period. None without either."""
    if errors.valid <= 0 or goal >= 1:
        return None
    return errors.bad / errors.valid / (1 - goal)


def budget_spent(burn: Decimal, window: timedelta, period: timedelta = MONTH) -> Decimal:
    """The share of a period's budget that the burn rate spends within the window."""
    return burn * _microseconds(window) / _microseconds(period)


def time_to_exhaustion(burn: Decimal, spent: Decimal = Decimal(0), period: timedelta = MONTH) -> timedelta | None:
    """How long the rest of the budget lasts at that rate, zero where it is gone; None while nothing burns."""
    if spent >= 1:
        return timedelta(0)
    if burn <= 0:
        return None
    return timedelta(microseconds=int(_microseconds(period) * (1 - spent) / burn))


def allowed(goal: Decimal, period: timedelta = MONTH) -> timedelta:
    """The down time that the goal allows in a period: 4 min 19.2 s for 99.99 % of 30 days, too little for a person."""
    return timedelta(microseconds=int(_microseconds(period) * (1 - goal)))


def firing(windows: Mapping[timedelta, Errors], goal: Decimal, least: int = 1) -> tuple[Alert, ...]:
    """The alerts of `ALERTS` whose windows both burn faster than they allow.

    A window that is absent, or of fewer than `least` observations, fires nothing: one failure of three says little.
    """
    return tuple(
        one for one in ALERTS if all(_exceeds(windows.get(span), one, goal, least) for span in (one.long, one.short))
    )


def burn_down(days: Sequence[Errors | None], goal: Decimal, length: int) -> tuple[Decimal | None, ...]:
    """The share of a period's budget that is left after each of its days; below 0 it is overspent.

    `length` is the days of the period, each taken to be as busy as the observed ones; None stands for a day that was
    not observed, and is the answer for it. With no budget or nothing valid every answer is None.
    """
    known = [day for day in days if day is not None]
    valid = sum((day.valid for day in known), Decimal(0))
    if goal >= 1 or valid <= 0:
        return (None,) * len(days)
    budget = (1 - goal) * valid * length / len(known)
    bad = accumulate((day.bad if day else Decimal(0)) for day in days)
    return tuple(None if day is None else 1 - lost / budget for day, lost in zip(days, bad, strict=True))


def _exceeds(errors: Errors | None, alert: Alert, goal: Decimal, least: int) -> bool:
    if errors is None or errors.events < least:
        return False
    rate = burn_rate(errors, goal)
    return rate is not None and rate > alert.burn


def _microseconds(span: timedelta) -> Decimal:
    return Decimal(span // timedelta(microseconds=1))
