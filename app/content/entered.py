"""What a person types for a number, read in the unit of its metric."""

from __future__ import annotations

import re
from decimal import Decimal

from data.metrics.base import Metric, Unit

_NUMBER = re.compile(r"([+\-−]?[0-9]+(?:\.[0-9]+)?)\s*(.*)")
_HOURS = {"": 1, "h": 1, "hours": 1, "hour": 1, "d": 24, "days": 24, "day": 24, "w": 168, "weeks": 168, "week": 168}
_MINUTES = ("min", "minute", "minutes")
_DAYS = {"": 1, "/ day": 1, "/day": 1, "a day": 1, "/ week": 7, "/week": 7, "a week": 7}


class BadEntry(ValueError):
    """What was typed is no such number; the message shows how to write one."""


def hint(metric: Metric) -> str:
    """How to write a value of the metric: what stands under its field."""
    return {
        Unit.RATIO: "in percent, such as 99.95",
        Unit.HOURS: "in hours, or with a unit: 90 min, 8 h, 14 d",
        Unit.PER_DAY: "a day, or with a unit: 2 / day, 5 / week",
        Unit.POINTS: "in points, such as 30",
    }.get(metric.unit, "a number, such as 4.5")


def edge(metric: Metric, words: str) -> Decimal | None:
    """The value in the metric's unit; None where nothing was typed. BadEntry."""
    said = words.replace("\u202f", " ").replace("\u00a0", " ").strip()
    if not said:
        return None
    found = _NUMBER.fullmatch(said)
    if found is None:
        raise BadEntry(f"{words[:40]!r} is not a number: write it {hint(metric)}, with a point before decimals.")
    number, unit = Decimal(found[1].replace("−", "-")), found[2].strip().casefold()
    match metric.unit:
        case Unit.RATIO if unit in ("", "%"):
            return number / 100
        case Unit.HOURS if unit in _HOURS:
            return number * _HOURS[unit]
        case Unit.HOURS if unit in _MINUTES:
            return number / 60
        case Unit.PER_DAY if unit in _DAYS:
            return number / _DAYS[unit]
        case Unit.POINTS if unit in ("", "points"):
            return number
        case Unit.SCORE | Unit.NUMBER if not unit:
            return number
    raise BadEntry(f"{unit[:40]!r} is no unit of {metric.name}: write it {hint(metric)}.")
