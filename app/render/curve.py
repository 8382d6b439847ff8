"""Where lines over numbers lie, worked out once for screen and paper.

Positions across run from 0 at the left end of the axis to 1 at its right end; upwards they are in the figure's unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from app.content import format as text
from app.content.curve import Curve, Line
from app.render import figure
from app.render.figure import EndLabel, Scale
from app.render.theme import Palette

Path = tuple[tuple[float, float | None], ...]

_LEAST = 1 / 3600
"""The shortest time that a logarithmic axis starts at: a second, in hours."""
_TIMES = (
    *((1 / 3600, "1 s"), (1 / 60, "1 min"), (1 / 6, "10 min"), (1.0, "1 h"), (6.0, "6 h")),
    *((24.0, "1 d"), (168.0, "1 week"), (720.0, "1 month"), (8760.0, "1 year")),
)
_BETWEEN = (
    *((1 / 360, "10 s"), (1 / 12, "5 min"), (1 / 2, "30 min"), (2.0, "2 h"), (12.0, "12 h")),
    *((72.0, "3 d"), (336.0, "2 weeks")),
)
"""Further names for an axis of no more than three powers of ten."""


@dataclass(frozen=True)
class Drawn:
    """A line in its place: its path between gaps, the points that its words on hover belong to, its small strokes."""

    line: Line
    path: Path
    points: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, float], ...]
    index: int


@dataclass(frozen=True)
class Layout:
    """Everything in its place; `labels` are in rising order and not moved apart yet."""

    scale: Scale
    drawn: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]
    uprights: tuple[tuple[float, str], ...]
    labels: tuple[EndLabel, ...]
    cut: tuple[str, ...]


def layout(block: Curve) -> Layout:
    """Everything in its place."""
    low, high = _extent(block)
    move: Callable[[float], float] = math.log10 if block.wide else float

    def at(x: float) -> float:
        return (move(min(max(x, low), high)) - move(low)) / (move(high) - move(low))

    drawn = tuple(_drawn(line, index, at, block.floor) for index, line in enumerate(block.lines))
    ticks = tuple((at(x), words) for x, words in (block.x_ticks or _ticks(block, low, high)))
    uprights = tuple((at(one.at), one.text) for one in block.uprights)
    labels = tuple(sorted((label for one in drawn for label in _label(one)), key=lambda label: label.at))
    below = tuple(line.name for line in block.lines if _falls_below(line, block.floor))
    return Layout(_scale(block), drawn, ticks, uprights, labels, below)


def colours(block: Curve, palette: Palette) -> tuple[str, ...]:
    """Accent for the subject, hues for further subjects, grey for the rest."""
    subjects = [index for index, one in enumerate(block.lines) if one.role == "subject"]
    return tuple(
        palette.hues[subjects.index(index) % len(palette.hues)] if index in subjects else palette.context
        for index in range(len(block.lines))
    )


def notes(block: Curve) -> tuple[str, ...]:
    """What a careful reader has to know."""
    said = [block.note] if block.note else []
    if any(line.ticks for line in block.lines):
        said.append("Small strokes: still open, known only to have lasted that long.")
    if block.wide:
        said.append("The time axis is logarithmic.")
    if any(_falls_below(line, block.floor) for line in block.lines) and block.floor is not None:
        said.append(f"What lies below {text.in_axis_unit(block.floor, block.unit)} is not drawn.")
    return tuple(said)


def _drawn(line: Line, index: int, at: Callable[[float], float], floor: float | None) -> Drawn:
    def shown(y: float) -> float:
        return y if floor is None else max(y, floor)

    path: list[tuple[float, float | None]] = []
    before: float | None = None
    for x, y in line.points:
        if line.form == "steps" and before is not None:
            path.append((at(x), before))
        before = None if y is None else shown(y)
        path.append((at(x), before))
    texts = line.texts or ("",) * len(line.points)
    points = tuple(
        (at(x), shown(y), words) for (x, y), words in zip(line.points, texts, strict=True) if y is not None and words
    )
    return Drawn(line, tuple(path), points, tuple((at(x), shown(y)) for x, y in line.ticks), index)


def _label(one: Drawn) -> tuple[EndLabel, ...]:
    last = next((y for _, y in reversed(one.path) if y is not None), None)
    if last is None or not (one.line.text or one.line.name):
        return ()
    return (EndLabel(last, " ".join(filter(None, (one.line.name, one.line.text))), one.line.role, one.index),)


def _falls_below(line: Line, floor: float | None) -> bool:
    return floor is not None and any(y is not None and y < floor for _, y in line.points)


def _extent(block: Curve) -> tuple[float, float]:
    xs = [x for line in block.lines for x, _ in line.points] + [x for x, _ in block.x_ticks]
    xs += [one.at for one in block.uprights]
    if not block.wide:
        return min(xs, default=0.0), max(max(xs, default=1.0), min(xs, default=0.0) + 1e-9)
    positive = [x for x in xs if x > 0] or [1.0]
    low = max(min(positive), _LEAST) / 1.5
    return low, max(*positive, low * 10) * 1.1


def _scale(block: Curve) -> Scale:
    ys = [y for line in block.lines for _, y in line.points if y is not None]
    low, high = min([0.0, *ys]), max([*ys, 0.0])
    if block.floor is not None:
        low = max(low, block.floor)
    return figure.scale_between(low, high if high > low else low + 1.0, block.unit)


def _ticks(block: Curve, low: float, high: float) -> list[tuple[float, str]]:
    if block.wide:
        named = sorted((*_TIMES, *_BETWEEN)) if high <= low * 1000 else _TIMES
        return [(x, words) for x, words in named if low <= x <= high]
    step = figure.round_step((high - low) / 6)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    told = [(step * place, figure.tick_text(step * place, step)) for place in range(first, last + 1)]
    return [(x, text.with_unit(words, block.x_unit) if x == told[-1][0] else words) for x, words in told]
