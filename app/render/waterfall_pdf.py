"""A waterfall on paper."""

from __future__ import annotations

from app.content.waterfall import Waterfall
from app.render import waterfall
from app.render.figure import Scale
from app.render.plot import POINTS_PER_MM, Plot, plot_of, svg
from app.render.theme import LIGHT, WEIGHT_STRONG
from app.render.waterfall import Bar

_LINE, _TOP, _BOTTOM, _UNDER, _BAR = 21.0, 4.0, 14.0, 4.5, 7.0


def draw(block: Waterfall, width: float) -> str:
    """The figure of a block as SVG, so many millimetres wide and as high as its bars need."""
    laid = waterfall.layout(block)
    high = _TOP + _BOTTOM + _LINE * len(laid.bars)
    plot, wide = plot_of(Scale(0, 1, (), ()), 2, 0, (width, high / POINTS_PER_MM)), width * POINTS_PER_MM
    ground, roof = _BOTTOM, high - _TOP
    for at, words in laid.ticks:
        plot.line((at * wide,) * 2, (ground, roof), color=LIGHT.grid, linewidth=0.5, zorder=0.5)
        if 0.05 < at < 0.95:
            plot.words(words, at * wide, ground - 3, ha="center", va="top")
    for place, bar in enumerate(laid.bars):
        middle = roof - (place + 0.5) * _LINE
        _bar(plot, bar, (wide, middle))
        if place + 1 < len(laid.bars):
            ends = (middle - _UNDER, middle - _UNDER - _LINE)
            plot.line((bar.reached * wide,) * 2, ends, color=LIGHT.context, linewidth=0.5, zorder=1)
    return svg(plot)


def _bar(plot: Plot, bar: Bar, place: tuple[float, float]) -> None:
    wide, middle = place
    under, weight = middle - _UNDER, WEIGHT_STRONG if bar.is_end else "normal"
    plot.words(bar.name, 0, middle + 5, va="center", color=LIGHT.ink, font_weight=weight)
    ends = (bar.left * wide, max(bar.right * wide, bar.left * wide + 0.4))
    plot.line(ends, (under, under), color=bar.colour, linewidth=_BAR, stroke_linecap="butt", zorder=2)
    plot.words(bar.words, bar.right * wide + 3, under, va="center_baseline", color=LIGHT.ink, font_weight=weight)
