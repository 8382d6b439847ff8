"""Our value among published ones on paper."""

from __future__ import annotations

from app.content.among import Among
from app.render import among
from app.render.among import Layout, Line
from app.render.figure import Scale
from app.render.plot import Plot, plot_of, svg
from app.render.theme import LIGHT, WEIGHT_STRONG

_LINE, _TOP, _BOTTOM, _UNDER = 21.0, 14.0, 14.0, 4.0
_POINTS_PER_MM = 72 / 25.4


def draw(block: Among, width: float) -> str:
    """The figure of a block as SVG, so many millimetres wide and as high as its lines need."""
    laid = among.layout(block)
    high = _TOP + _BOTTOM + _LINE * len(laid.lines)
    size = (width, high / _POINTS_PER_MM)
    plot, wide = plot_of(Scale(0, 1, (), ()), 2, 0, size), width * _POINTS_PER_MM
    ground, roof = _BOTTOM, high - _TOP
    for at, words in laid.ticks:
        plot.words(words, at * wide, ground - 3, ha="center", va="top")
    if block.target is not None and laid.aims:
        at = sum(laid.aims) / len(laid.aims)
        plot.words(block.target.label, at * wide, roof + 3, ha="right" if at > 0.5 else "left", va="bottom")
    for place, line in enumerate(laid.lines):
        middle = roof - (place + 0.5) * _LINE
        _scale(plot, laid, wide, middle - _UNDER)
        _line(plot, line, wide, middle)
    return svg(plot)


def _scale(plot: Plot, laid: Layout, wide: float, at: float) -> None:
    """The ground of a line and the target across it; both stay clear of the words."""
    plot.line((0, wide), (at, at), color=LIGHT.grid, linewidth=0.5, zorder=0.5)
    for aim in laid.aims:
        plot.line((aim * wide,) * 2, (at - _UNDER, at + _UNDER), color=LIGHT.muted, linewidth=0.8, zorder=2)


def _line(plot: Plot, line: Line, wide: float, middle: float) -> None:
    colour = LIGHT.accent if line.ours else LIGHT.context
    weight = WEIGHT_STRONG if line.ours else "normal"
    ink = LIGHT.accent if line.ours else LIGHT.ink
    plot.words(
        line.name, 0, middle + 4, va="center", color=LIGHT.accent if line.ours else LIGHT.muted, font_weight=weight
    )
    plot.words(line.text, wide, middle + 4, va="center", ha="right", color=ink, font_weight=weight)
    if line.start is None or line.end is None:
        return
    bar = ((line.start * wide, line.end * wide), (middle - _UNDER,) * 2)
    plot.line(*bar, color=colour, linewidth=1.4 if line.ours else 4.5, stroke_linecap="butt", zorder=3)
    for dot in line.dots:
        plot.mark(dot * wide, middle - _UNDER, "dot", 6 if line.ours else 5, color=colour, zorder=4)
