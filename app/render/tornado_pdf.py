"""A tornado on paper."""

from __future__ import annotations

from app.content.tornado import Tornado
from app.render import tornado
from app.render.figure import Scale
from app.render.plot import POINTS_PER_MM, Plot, plot_of, svg
from app.render.theme import LIGHT
from app.render.tornado import Bar, Layout

_LINE, _TOP, _BOTTOM, _UNDER, _BAR = 22.0, 14.0, 14.0, 4.5, 7.0


def draw(block: Tornado, width: float) -> str:
    """The figure of a block as SVG, so many millimetres wide and as high as its bars need."""
    laid = tornado.layout(block)
    high = _TOP + _BOTTOM + _LINE * len(laid.bars)
    plot, wide = plot_of(Scale(0, 1, (), ()), 2, 0, (width, high / POINTS_PER_MM)), width * POINTS_PER_MM
    ground, roof = _BOTTOM, high - _TOP
    for at, words in laid.ticks:
        plot.line((at * wide,) * 2, (ground, roof), color=LIGHT.grid, linewidth=0.5, zorder=0.5)
        plot.words(words, at * wide, ground - 3, ha="center", va="top")
    plot.line((laid.base * wide,) * 2, (ground, roof), color=LIGHT.muted, linewidth=0.7, zorder=3)
    plot.words(block.base_text, laid.base * wide, roof + 3, ha="center", va="bottom")
    for place, bar in enumerate(laid.bars):
        _bar(plot, laid, bar, (wide, roof - (place + 0.5) * _LINE))
    return svg(plot)


def _bar(plot: Plot, laid: Layout, bar: Bar, place: tuple[float, float]) -> None:
    wide, middle = place
    under = middle - _UNDER
    plot.words(bar.swing.name, 0, middle + 5, va="center", color=LIGHT.ink)
    sides = (
        (bar.left, min(bar.right, laid.base), LIGHT.context),
        (max(bar.left, laid.base), bar.right, LIGHT.accent),
    )
    for left, right, colour in sides:
        if left < right:
            ends = (left * wide, right * wide)
            plot.line(ends, (under, under), color=colour, linewidth=_BAR, stroke_linecap="butt", zorder=2)
    plot.words(bar.left_words, bar.left * wide - 3, under, ha="right", va="center_baseline")
    plot.words(bar.right_words, bar.right * wide + 3, under, va="center_baseline")
