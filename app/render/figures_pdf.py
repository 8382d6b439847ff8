"""Figures on paper: lines and columns over periods, drawn on a canvas that becomes SVG."""

from __future__ import annotations

from app.content import format as text
from app.content.blocks import Bars, Trend
from app.render import figure
from app.render.figure import EndLabel, Figure
from app.render.plot import BOTTOM, LEFT, LETTER, LINE, Plot, inner_height, plot_of, svg
from app.render.theme import LIGHT, PAPER, WEIGHT_STRONG


def draw(block: Figure, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    scale = figure.scale(block)
    labels = figure.end_labels(block, scale, LINE / inner_height(height))
    pad = 0.55 if isinstance(block, Bars) else 0.3
    plot = plot_of(scale, len(block.periods), pad, (width, height), labels)
    background(plot, block)
    axes(plot, block)
    if isinstance(block, Bars):
        _bars(plot, block)
    else:
        _lines(plot, block)
    foreground(plot, block, labels)
    return svg(plot)


def background(plot: Plot, block: Figure) -> None:
    """Bands of references and of a target."""
    for one in figure.shown_references(block, plot.scale):
        assert one.low is not None
        assert one.high is not None
        look = {"fill": LIGHT.band, "stroke": LIGHT.line, "stroke_width": 0.4}
        plot.box(LEFT, plot.right, one.low, one.high, zorder=0, **look)
    target = block.target
    if target is not None and target.low is not None and target.high is not None:
        plot.box(LEFT, plot.right, target.low, target.high, zorder=0, fill=LIGHT.accent_tint)


def axes(plot: Plot, block: Figure) -> None:
    """The scale with its lines, and the names of the periods."""
    longest = max((len(text.period_short(period)) for period in block.periods), default=0)
    for tick in figure.x_ticks(block.periods, most=max(2, int(plot.width // (LETTER * longest + 8)))):
        plot.words(f"{tick.label}\n{tick.second}".rstrip(), plot.x(tick.at), BOTTOM - 3, ha="center", va="top")
    for value, said in zip(plot.scale.ticks, plot.scale.labels, strict=True):
        plot.level(value, color=LIGHT.grid, linewidth=0.5, zorder=0.5)
        plot.words(said, LEFT - 3, plot.y(value), ha="right", va="center_baseline")
    plot.level(plot.scale.low, color=LIGHT.line, linewidth=0.6, zorder=2.5)


def _lines(plot: Plot, block: Trend) -> None:
    hues = figure.series_colours(block, LIGHT)
    for index, one in enumerate(block.series):
        subject = one.role == "subject"
        xs = [plot.x(at) for at in range(len(one.values))]
        ys = [float("nan") if value is None else plot.y(value) for value in one.values]
        over = 3 if subject else 2
        plot.line(xs, ys, color=hues[index], linewidth=1.6 if subject else 0.9, zorder=over)
        last = figure.last_known(one.values)
        dots = dict.fromkeys(figure.lonely(one.values), 2.2) | ({last: 4.0} if subject and last is not None else {})
        for at, size in dots.items():
            plot.mark(xs[at], ys[at], "dot", size, color=hues[index], zorder=over + 1)


def _bars(plot: Plot, block: Bars) -> None:
    hues = figure.series_colours(block, LIGHT)
    stacked = block.stacking == "stacked"
    width = 0.66 if stacked else 0.8 / len(block.series)
    ground = [0.0] * len(block.periods)
    for index, one in enumerate(block.series):
        shift = 0.0 if stacked else (index - (len(block.series) - 1) / 2) * width
        for at, value in enumerate(one.values):
            left, right = (plot.x(at + shift + side * width / 2) for side in (-1, 1))
            top = ground[at] + (value or 0.0)
            look = {"fill": hues[index], "stroke": LIGHT.paper, "stroke_width": 0.5}
            plot.box(left, right, ground[at], top, zorder=2, **look)
            if stacked:
                ground[at] = top
    for at in figure.gaps(block):
        plot.words(text.ABSENT, plot.x(at), plot.y(0) + 2, PAPER.note - 0.5, ha="center")


def foreground(plot: Plot, block: Figure, labels: tuple[EndLabel, ...]) -> None:
    """What lies over the values: target, labels, events, unit."""
    for edge in block.target.edges if block.target else ():
        plot.level(edge, color=LIGHT.muted, linewidth=0.8, dashes=(4, 3), zorder=2.5)
    hues = figure.series_colours(block, LIGHT)
    for label in labels:
        colour = LIGHT.muted if label.index is None or hues[label.index] == LIGHT.context else hues[label.index]
        weight = WEIGHT_STRONG if label.role == "subject" else "normal"
        plot.words(label.words, plot.right + 5, plot.y(label.at), va="center", color=colour, font_weight=weight)
    for mark in figure.marks(block):
        x = plot.x(mark.at)
        plot.mark(x, BOTTOM, "triangle", 4, color=LIGHT.muted, zorder=4)
        plot.words(str(mark.number), x + 4, BOTTOM + 2.5, PAPER.note - 1)
    plot.words(block.unit, LEFT - 3, BOTTOM + plot.height + 5, ha="right")
