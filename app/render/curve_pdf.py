"""Lines over numbers on paper."""

from __future__ import annotations

from itertools import pairwise

from app.content.curve import Curve
from app.render import curve, figure
from app.render.curve import Drawn, Layout
from app.render.plot import BOTTOM, LEFT, LINE, Plot, inner_height, plot_of, svg
from app.render.theme import LIGHT, WEIGHT_STRONG


def draw(block: Curve, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    laid, hues = curve.layout(block), curve.colours(block, LIGHT)
    labels = figure.apart(laid.labels, laid.scale, LINE / inner_height(height))
    plot = plot_of(laid.scale, 2, 0, (width, height), labels)
    _axes(plot, laid, block.unit)
    for one in sorted(laid.drawn, key=lambda one: one.line.role == "subject"):
        _line(plot, one, hues[one.index])
    for at, words in laid.uprights:
        top = BOTTOM + plot.height
        plot.line((plot.x(at),) * 2, (BOTTOM, top), color=LIGHT.muted, linewidth=0.7, dashes=(1, 2), zorder=1)
        plot.words(
            words, plot.x(at), top + 2, ha="left" if at < 0.08 else "right" if at > 0.92 else "center", va="bottom"
        )
    for label in labels:
        grey = label.index is None or hues[label.index] == LIGHT.context
        colour = LIGHT.muted if grey or label.index is None else hues[label.index]
        weight = WEIGHT_STRONG if label.role == "subject" else "normal"
        plot.words(
            label.words, plot.right + 5, plot.y(label.at), va="center_baseline", color=colour, font_weight=weight
        )
    return svg(plot)


def _axes(plot: Plot, laid: Layout, unit: str) -> None:
    for at, words in laid.ticks:
        plot.words(words, plot.x(at), BOTTOM - 3, ha="center", va="top")
    for value, said in zip(laid.scale.ticks, laid.scale.labels, strict=True):
        plot.level(value, color=LIGHT.line if value == 0 else LIGHT.grid, linewidth=0.5, zorder=0.5)
        plot.words(said, LEFT - 3, plot.y(value), ha="right", va="center_baseline")
    plot.words(unit, LEFT - 3, BOTTOM + plot.height + 3, ha="right", va="bottom")
    plot.level(laid.scale.low, color=LIGHT.line, linewidth=0.6, zorder=2.5)


def _line(plot: Plot, one: Drawn, colour: str) -> None:
    subject, ideal = one.line.role == "subject", one.line.form == "ideal"
    if one.line.filled:
        for (left, low), (right, high) in pairwise(one.path):
            if low is not None and low == high:
                plot.box(plot.x(left), plot.x(right), 0.0, low, zorder=1, fill=LIGHT.accent_tint)
    xs = [plot.x(x) for x, _ in one.path]
    ys = [float("nan") if y is None else plot.y(y) for _, y in one.path]
    dashes = (4, 3) if ideal else ()
    plot.line(xs, ys, color=colour, linewidth=1.6 if subject else 0.9, zorder=3 if subject else 2, dashes=dashes)
    for x, y in one.ticks:
        plot.line((plot.x(x),) * 2, (plot.y(y) - 2.5, plot.y(y) + 2.5), color=colour, linewidth=0.9, zorder=4)
