"""Single things at their days on paper."""

from __future__ import annotations

from app.content.scatter import Scatter
from app.render import figure, scatter
from app.render.figures_pdf import axes, background, foreground
from app.render.plot import LINE, Plot, inner_height, plot_of, svg
from app.render.theme import LIGHT

_PAD = 0.55


def draw(block: Scatter, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    frame, scale = scatter.frame(block), scatter.scale(block)
    labels = figure.apart(scatter.labels(block, scale), scale, LINE / inner_height(height))
    plot = plot_of(scale, len(block.periods), _PAD, (width, height), labels)
    background(plot, frame)
    axes(plot, frame)
    for one in block.levels:
        plot.level(one.value, color=LIGHT.accent if one.role == "subject" else LIGHT.context, linewidth=0.9, zorder=2)
    _dots(plot, block)
    foreground(plot, frame, labels)
    return svg(plot)


def _dots(plot: Plot, block: Scatter) -> None:
    for role, size, colour, alpha in (("context", 2.4, LIGHT.context, 0.5), ("subject", 3.4, LIGHT.accent, 0.85)):
        placed = [(at, one) for at, one in scatter.placed(block) if one.role == role]
        for at, one in placed:
            look = {"stroke_width": 0, "opacity": alpha}
            plot.mark(plot.x(at), plot.y(one.value), "dot", size, color=colour, zorder=3, **look)
