"""Where the bars of a tornado lie, worked out once for screen and paper: 0 is the left end of the axis, 1 its right."""

from __future__ import annotations

from dataclasses import dataclass

from app.content import format as text
from app.content.tornado import Swing, Tornado
from app.render import figure

_ROOM = 0.22
"""Room at both ends for the words of the longest bar, in parts of its length."""
_EDGE = 0.05
"""Closer to an end of the axis no tick is told: its words would not fit."""


@dataclass(frozen=True)
class Bar:
    """A swing in its place: where it starts and ends, and the words at these ends."""

    swing: Swing
    left: float
    right: float
    left_words: str
    right_words: str


@dataclass(frozen=True)
class Layout:
    """Everything in its place."""

    bars: tuple[Bar, ...]
    base: float
    ticks: tuple[tuple[float, str], ...]


def layout(block: Tornado) -> Layout:
    """Everything in its place."""
    ends = [block.base, *(end for one in block.swings for end in (one.at_low, one.at_high))]
    room = (max(ends) - min(ends) or 1.0) * _ROOM
    low, high = min(ends) - room, max(ends) + room

    def at(value: float) -> float:
        return (value - low) / (high - low)

    scale = figure.scale_between(low, high, block.unit, 4)
    shown = [(at(value), value) for value in scale.ticks if _EDGE < at(value) < 1 - _EDGE]
    told = dict(zip(scale.ticks, scale.labels, strict=True))
    ticks = tuple(
        (x, told[value] if place else text.in_axis_unit(value, block.unit)) for place, (x, value) in enumerate(shown)
    )
    bars = []
    for one in block.swings:
        first, last = sorted(((at(one.at_low), one.low), (at(one.at_high), one.high)))
        bars.append(Bar(one, first[0], last[0], first[1], last[1]))
    return Layout(tuple(bars), at(block.base), ticks)


def notes(block: Tornado) -> tuple[str, ...]:
    """What a careful reader has to know."""
    return (block.note,) if block.note else ()
