"""Where the bars of a waterfall lie, worked out once for screen and paper: 0 is the axis's left end, 1 its right."""

from __future__ import annotations

from dataclasses import dataclass

from app.content import format as text
from app.content.waterfall import Waterfall
from app.render import figure
from app.render.theme import LIGHT

_ROOM, _WORDS = 0.16, 0.3
"""Room at the left end, and at the right, where words of a bar fit on a phone too, in parts of what the bars need."""
_NEAR = 0.3
"""Where the parts move less than this share of the amounts, the axis leaves zero out, and a note says so."""


@dataclass(frozen=True)
class Bar:
    """A bar in its place with its name, its amount, and what is said of both on hover."""

    name: str
    left: float
    right: float
    words: str
    hover: str
    colour: str
    is_end: bool
    reached: float


@dataclass(frozen=True)
class Layout:
    """Everything in its place; `from_zero` says whether the axis holds zero."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    from_zero: bool
    low: float


def layout(block: Waterfall) -> Layout:
    """Everything in its place."""
    levels = [block.first.value]
    for one in block.parts:
        levels.append(levels[-1] + one.value)
    near = max(levels) - min(levels) < _NEAR * min(abs(one) for one in levels)
    held = levels if near else [*levels, 0.0]
    size = (max(held) - min(held)) or abs(held[0]) or 1.0
    low, high = min(held) - size * _ROOM * (2 if near else 1), max(held) + size * _WORDS
    if not near and min(held) >= 0:
        low = 0.0

    def at(value: float) -> float:
        return (value - low) / (high - low)

    ground = 0.0 if near else at(0.0)
    bars = [_end(block.first.name, at(block.first.value), ground, block.first.text)]
    for before, after, one in zip(levels, levels[1:], block.parts, strict=False):
        left, right = sorted((at(before), at(after)))
        colour = {"favourable": LIGHT.met, "unfavourable": LIGHT.missed}.get(one.word, LIGHT.context)
        hover = text.joined(one.name, one.text, one.word)
        bars.append(Bar(one.name, left, right, one.text, hover, colour, False, at(after)))
    bars.append(_end(block.last.name, at(block.last.value), ground, block.last.text))
    scale = figure.scale_between(low, high, block.unit, 4)
    inside = [pair for pair in zip(scale.ticks, scale.labels, strict=True) if low <= pair[0] <= high]
    ticks = tuple(
        (at(value), text.in_axis_unit(value, block.unit) if place == 0 else said)
        for place, (value, said) in enumerate(inside)
    )
    return Layout(tuple(bars), ticks, not near, low)


def _end(name: str, at: float, ground: float, words: str) -> Bar:
    left, right = sorted((ground, at))
    return Bar(name, left, right, words, text.joined(name, words), LIGHT.accent, True, at)


def notes(block: Waterfall) -> tuple[str, ...]:
    """What a careful reader has to know."""
    cut = "" if layout(block).from_zero else "The axis does not start at zero, so the first and last bar are cut."
    return tuple(one for one in (block.note, cut) if one)
