"""Down time in money: minutes × revenue at risk, by hour of the week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data.finance.at_risk import AtRisk

_HOUR = 3600
Slot = tuple[int, int | None]
"""A weekday (Monday is 0) and an hour of the day; None: the hour is not known, so the mean of the day counts."""


@dataclass(frozen=True)
class Cost:
    """Seconds down in an hour of the week, the revenue of such an hour, and what of it is lost."""

    slot: Slot
    seconds: Decimal
    revenue_an_hour: Decimal
    low: Decimal
    base: Decimal
    high: Decimal


def slots(day: date, down: Decimal, spans: Iterable[tuple[int, int]]) -> dict[Slot, Decimal]:
    """The seconds down of a day by hour of the week: shared out as incidents (seconds from the day's start) lay.

    What was measured stays the sum; where no incident tells when, the hour is not known.
    """
    told: dict[int, int] = defaultdict(int)
    for start, end in spans:
        for hour in range(start // _HOUR, -(-end // _HOUR)):
            within = min(end, (hour + 1) * _HOUR) - max(start, hour * _HOUR)
            told[min(hour, 23)] += max(0, within)
    weight = sum(told.values())
    if not weight:
        return {(day.weekday(), None): down} if down else {}
    parts = ((hour, down * seconds / weight) for hour, seconds in sorted(told.items()))
    return {(day.weekday(), hour): part for hour, part in parts if part}


def revenue_by_hour(daily: Mapping[date, Decimal], hours: Sequence[Decimal] = ()) -> dict[Slot, Decimal]:
    """Mean revenue of each hour of the week, from revenue by day and the weights of the hours of a day."""
    by_weekday: dict[int, list[Decimal]] = defaultdict(list)
    for day, amount in daily.items():
        by_weekday[day.weekday()].append(amount)
    weights = hours or [Decimal(1)] * 24
    whole, found = sum(weights, Decimal(0)), dict[Slot, Decimal]()
    for weekday, amounts in sorted(by_weekday.items()):
        mean = sum(amounts, Decimal(0)) / len(amounts)
        found[weekday, None] = mean / 24
        found |= {(weekday, hour): mean * weight / whole for hour, weight in enumerate(weights)}
    return found


def costs(down: Mapping[Slot, Decimal], revenue: Mapping[Slot, Decimal], declared: AtRisk) -> tuple[Cost, ...]:
    """What each hour of the week cost that was down, the dearest first. KeyError for a weekday without revenue."""
    found = []
    for slot, seconds in down.items():
        lost = revenue[slot] * seconds / _HOUR
        found.append(Cost(slot, seconds, revenue[slot], *(lost * share for share in _shares(declared))))
    return tuple(sorted(found, key=lambda one: (-one.base, one.slot[0], one.slot[1] or 0)))


def _shares(declared: AtRisk) -> tuple[Decimal, Decimal, Decimal]:
    return declared.low, declared.base, declared.high
