"""A timeline on paper: a row for each lane, names at the left, the key of the shapes under the axis."""

from __future__ import annotations

from app.content.timeline import Timeline
from app.render import timeline
from app.render.figure import Scale
from app.render.plot import LETTER, POINTS_PER_MM, Plot, plot_of, svg
from app.render.theme import LIGHT, PAPER, WEIGHT_STRONG
from app.render.timeline import SHAPES, Placed

_ROW, _HEAD, _TOP, _BOTTOM = 10.5, 13.0, 4.0, 30.0
_HOLLOW = ("diamond", "ring")


def draw(block: Timeline, width: float) -> str:
    """The figure of a block as SVG, so many millimetres wide and as high as its lanes need."""
    groups = timeline.groups(block)
    count = sum(len(group.lanes) for group in groups)
    high = _TOP + _BOTTOM + _ROW * count + _HEAD * sum(bool(group.name) for group in groups)
    plot = plot_of(Scale(0, 1, (), ()), 2, 0, (width, high / POINTS_PER_MM))
    wide = width * POINTS_PER_MM
    left = min(wide * 0.3, 8 + LETTER * max((len(lane.name) for lane in block.lanes), default=0))
    across = wide - left - 4
    y = high - _TOP
    for at, words in timeline.ticks(block):
        plot.line((left + at * across,) * 2, (_BOTTOM, y), color=LIGHT.grid, linewidth=0.5, zorder=0.5)
        plot.words(words, left + at * across, _BOTTOM - 4, ha="left" if at < 0.02 else "center", va="top")
    if (end := timeline.known(block)) is not None:
        plot.line((left + end * across,) * 2, (_BOTTOM, y), color=LIGHT.muted, linewidth=0.7, dashes=(1, 2), zorder=1)
    for group in groups:
        if group.name:
            y -= _HEAD
            plot.words(group.name, 0, y + 4, va="center", color=LIGHT.ink, font_weight=WEIGHT_STRONG)
        for lane, placed in group.lanes:
            y -= _ROW
            plot.words(lane.name, 0, y + _ROW / 2, va="center")
            plot.line((left, left + across), (y + _ROW / 2,) * 2, color=LIGHT.grid, linewidth=0.4, zorder=0.6)
            for one in placed:
                _span(plot, one, (left, across), y + _ROW / 2)
    _key(plot, block)
    return svg(plot)


def _span(plot: Plot, one: Placed, frame: tuple[float, float], y: float) -> None:
    left, across = frame
    colour = LIGHT.tone(SHAPES[one.span.weight][1])
    start, end = left + one.start * across, left + one.end * across
    plot.line((start, end), (y, y), color=colour, linewidth=2.2, opacity=0.75, stroke_linecap="butt", zorder=3)
    _shape(plot, SHAPES[one.span.weight][0], start, y, colour)
    if one.goes_on:
        plot.mark(end, y, "arrow", 4, color=colour, zorder=4, stroke_width=0)


def _shape(plot: Plot, shape: str, x: float, y: float, colour: str) -> None:
    face = LIGHT.paper if shape in _HOLLOW else colour
    size = 3.4 if shape == "diamond" else 4
    plot.mark(x, y, shape, size, color=colour, zorder=4, fill=face, stroke_width=0.9)


def _key(plot: Plot, block: Timeline) -> None:
    x = 3.0
    for weight, words in timeline.key(block):
        shape, tone = SHAPES[weight]
        _shape(plot, shape, x, 7, LIGHT.tone(tone))
        plot.words(words, x + 6, 7, PAPER.note, va="center_baseline")
        x += 18 + LETTER * len(words)
