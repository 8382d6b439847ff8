"""Where a value and the ranges it stands among lie, worked out once for screen and paper.

Positions run from 0 at the left end of the scale to 1 at its right end.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.content import format as text
from app.content.among import Among, Range
from app.render.figure import round_step, tick_text

_EDGE = 0.03
"""Room at both ends, so that a dot on the last value is whole."""
_LEAST = 1e-6
# What a reader would call these hours and these rates a day.
_TIMES = (
    *((1 / 3600, "1 s"), (1 / 60, "1 min"), (1 / 6, "10 min"), (1.0, "1 h"), (6.0, "6 h"), (24.0, "1 d")),
    *((168.0, "1 week"), (720.0, "1 month"), (4320.0, "6 months"), (8760.0, "1 year")),
)
_RATES = ((1 / 180, "1 in 6 months"), (1 / 30, "1 / month"), (1 / 7, "1 / week"), (1.0, "1 / day"), (24.0, "1 / hour"))


@dataclass(frozen=True)
class Line:
    """One line of the figure: its words, from where to where it reaches, and its dots; `ours` stands out."""

    name: str
    text: str
    start: float | None
    end: float | None
    dots: tuple[float, ...]
    ours: bool = False


@dataclass(frozen=True)
class Layout:
    """Lines from top to bottom, ticks with their words, and the edges of the target."""

    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    aims: tuple[float, ...]


def layout(block: Among) -> Layout:
    """Everything in its place."""
    low, high = _extent(block)
    move = math.log10 if block.wide else float
    first, last = move(low), move(high)

    def at(value: float) -> float:
        inside = (move(min(max(value, low), high)) - first) / (last - first)
        return _EDGE + inside * (1 - 2 * _EDGE)

    ticks = tuple((at(value), words) for value, words in _ticks(block, low, high))
    aims = tuple(at(edge) for edge in block.target.edges) if block.target else ()
    return Layout((_ours(block, at), *(_line(one, at) for one in block.ranges)), ticks, aims)


def notes(block: Among) -> tuple[str, ...]:
    """What a careful reader has to know."""
    said = (block.note, "The scale is logarithmic." if block.wide else "")
    return tuple(one for one in said if one)


def _ours(block: Among, at: Callable[[float], float]) -> Line:
    if block.value is None:
        return Line(block.name, block.text, None, None, (), ours=True)
    ends = block.interval or (block.value, block.value)
    return Line(block.name, block.text, at(ends[0]), at(ends[1]), (at(block.value),), ours=True)


def _line(one: Range, at: Callable[[float], float]) -> Line:
    dots = one.marks or ((one.low,) if one.low is not None and one.low == one.high else ())
    start = 0.0 if one.low is None else at(one.low)
    end = 1.0 if one.high is None else at(one.high)
    return Line(one.name, one.text, start, end, tuple(at(dot) for dot in dots))


def _extent(block: Among) -> tuple[float, float]:
    edges = [edge for one in block.ranges for edge in (one.low, one.high, *one.marks) if edge is not None]
    edges += [*(block.interval or ()), *(block.target.edges if block.target else ())]
    edges += [block.value] if block.value is not None else []
    if block.wide:
        positive = [edge for edge in edges if edge > 0] or [1.0]
        return max(min(positive), max(positive) * _LEAST) / 1.5, max(positive) * 1.5
    low, high = min(edges), max(edges)
    if high - low < _LEAST:
        return low - max(abs(low) * 0.05, 1.0), high + max(abs(high) * 0.05, 1.0)
    return low, high


def _ticks(block: Among, low: float, high: float) -> list[tuple[float, str]]:
    if not block.wide:
        step = round_step((high - low) / 4)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return [(step * place, tick_text(step * place, step)) for place in range(first, last + 1)]
    named = {"h": _TIMES, "/ day": _RATES}.get(block.unit)
    if named is None:
        powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        named = tuple((10.0**power, text.plain(10.0**power, 6)) for power in powers)
    return [(value, words) for value, words in named if low <= value <= high]
