"""What a timeline says, worked out once for screen and paper: its shapes, its days, which lanes stand under what name.

Positions run from 0 at the first instant of the period to 1 at its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType

from app.content import format as text
from app.content.blocks import Shape, Tone
from app.content.timeline import WEIGHTS, Lane, Span, Timeline, Weight
from data.period import Kind, Period

SHAPES: Mapping[Weight, tuple[Shape, Tone]] = MappingProxyType(
    {
        "down": ("square", "missed"),
        "partial": ("triangle", "at_risk"),
        "degraded": ("diamond", "neutral"),
        "none": ("dash", "neutral"),
        "planned": ("ring", "neutral"),
    }
)
_MOST_TICKS = 8


@dataclass(frozen=True)
class Placed:
    """A span in its place, cut to the period; `goes_on` where it has not ended."""

    span: Span
    start: float
    end: float
    goes_on: bool


@dataclass(frozen=True)
class Group:
    """Lanes under one name, each with its spans in their places."""

    name: str
    lanes: tuple[tuple[Lane, tuple[Placed, ...]], ...]


def groups(block: Timeline) -> tuple[Group, ...]:
    """The lanes under the names of their groups, in the order given."""
    return tuple(
        Group(name, tuple((lane, _placed(block, lane)) for lane in lanes))
        for name, lanes in groupby(block.lanes, key=lambda lane: lane.group)
    )


def ticks(block: Timeline) -> tuple[tuple[float, str], ...]:
    """Days, weeks or months of the period with their names, at most eight."""
    period = block.period
    if period.length > 62:
        months = [one for one in period.split(Kind.MONTH) if one.start >= period.start]
        every = -(-len(months) // _MOST_TICKS)
        return tuple((_share(one.start, period), text.period_short(one)) for one in months[::every])
    every = next(step for step in (1, 2, 7, 14) if period.length <= step * _MOST_TICKS)
    days = [period.start + timedelta(days=place) for place in range(0, period.length, every)]
    return tuple(
        (_share(day, period), text.period_short(Period(day, day + timedelta(days=1), Kind.DAY))) for day in days
    )


def known(block: Timeline) -> float | None:
    """Where what is known ends; None where it is all of the period."""
    return block.until / block.period.length if block.until < block.period.length else None


def key(block: Timeline) -> tuple[tuple[Weight, str], ...]:
    """The shapes that occur, with their words, the worst first."""
    there = {span.weight for lane in block.lanes for span in lane.spans}
    return tuple((weight, words) for weight, words in WEIGHTS.items() if weight in there)


def notes(block: Timeline) -> tuple[str, ...]:
    """What a careful reader has to know."""
    said = [block.note] if block.note else []
    if any(span.end is None for lane in block.lanes for span in lane.spans):
        said.append("An arrow: still open.")
    return tuple(said)


def _placed(block: Timeline, lane: Lane) -> tuple[Placed, ...]:
    length = float(block.period.length)
    found = []
    for span in lane.spans:
        end = min(block.until, length) if span.end is None else span.end
        start = min(max(span.start, 0.0), length) / length
        found.append(Placed(span, start, max(start, min(end, length) / length), span.end is None))
    return tuple(found)


def _share(day: date, period: Period) -> float:
    return (day - period.start).days / period.length
