"""Survey waves on paper: a point and its whisker for each."""

from __future__ import annotations

from app.content.waves import Waves
from app.render import waves
from app.render.figures_pdf import axes, background, foreground
from app.render.plot import BOTTOM, LINE, Plot, inner_height, plot_of, svg
from app.render.theme import LIGHT, PAPER

_PAD, _CAP = 0.6, 2.2


def draw(block: Waves, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    line, scale = waves.line(block), waves.scale(block)
    labels = waves.labels(block, scale, LINE / inner_height(height))
    plot = plot_of(scale, len(block.waves), _PAD, (width, height), labels)
    background(plot, line)
    axes(plot, line)
    _points(plot, block)
    foreground(plot, line, labels)
    return svg(plot)


def _points(plot: Plot, block: Waves) -> None:
    shown = waves.told(block)
    xs, ys = [plot.x(at) for at, _, _ in shown], [plot.y(value) for _, _, value in shown]
    plot.line(xs, ys, color=LIGHT.context, linewidth=0.9, dashes=(1, 2.5), zorder=2)
    for x, (_, one, value) in zip(xs, shown, strict=True):
        if one.low is not None and one.high is not None:
            low, high = plot.y(one.low), plot.y(one.high)
            plot.line((x, x), (low, high), color=LIGHT.accent, linewidth=1.1, zorder=3)
            for end in (low, high):
                plot.line((x - _CAP, x + _CAP), (end, end), color=LIGHT.accent, linewidth=1.1, zorder=3)
        plot.mark(x, plot.y(value), "dot", 4.5, color=LIGHT.accent, zorder=4)
    for at, said in waves.counts(block):
        plot.words(said, plot.x(at), BOTTOM + 2, PAPER.note - 1.5, ha="center")
