"""Money in and out on paper."""

from __future__ import annotations

from app.content.flows import Flows
from app.render import flows
from app.render.plot import BOTTOM, LEFT, Plot, plot_of, svg
from app.render.theme import LIGHT, WEIGHT_STRONG

_PAD = 0.5


def draw(block: Flows, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    scale, labels = flows.scale(block), flows.labels(block)
    plot = plot_of(scale, len(block.stages), _PAD, (width, height), labels)
    for value, said in zip(scale.ticks, scale.labels, strict=True):
        plot.level(
            value, color=LIGHT.muted if value == 0 else LIGHT.grid, linewidth=0.6 if value == 0 else 0.5, zorder=0.5
        )
        plot.words(said, LEFT - 3, plot.y(value), ha="right", va="center_baseline")
    every = max(1, -(-len(block.stages) // 8))
    for at, name in list(enumerate(block.stages))[::every]:
        plot.words(name, plot.x(at), BOTTOM - 3, ha="center", va="top")
    plot.words(block.unit, LEFT - 3, BOTTOM + plot.height + 3, ha="right", va="bottom")
    _bars(plot, block)
    _line(plot, block)
    for label in labels:
        plot.words(
            label.words,
            plot.right + 5,
            plot.y(label.at),
            va="center_baseline",
            color=LIGHT.ink,
            font_weight=WEIGHT_STRONG,
        )
    return svg(plot)


def _bars(plot: Plot, block: Flows) -> None:
    for one, colour in ((block.came, LIGHT.accent), (block.went, LIGHT.context)):
        for at, value in enumerate(one.values):
            if value:
                left, right = (plot.x(at + side * flows.BAR / 2) for side in (-1, 1))
                plot.box(left, right, 0.0, value, zorder=2, fill=colour)


def _line(plot: Plot, block: Flows) -> None:
    values = block.so_far.values
    xs, ys = [plot.x(at) for at in range(len(values))], [plot.y(value) for value in values]
    plot.line(xs, ys, color=LIGHT.ink, linewidth=1.2, zorder=3)
    for at, (x, y) in enumerate(zip(xs, ys, strict=True)):
        plot.mark(x, y, "dot", 4.0 if at == len(values) - 1 else 2.6, color=LIGHT.ink, zorder=4)
