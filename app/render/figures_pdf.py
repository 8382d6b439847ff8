"""Figures on paper: matplotlib to SVG whose text stays text, the same bytes for the same block."""

from __future__ import annotations

import io
import warnings
from functools import cache
from typing import TYPE_CHECKING

from app.content import format as text
from app.content.blocks import Bars, Trend
from app.render import figure
from app.render.figure import EndLabel, Figure, Scale
from app.render.fonts import FILES
from app.render.theme import FONT, LIGHT, PAPER, WEIGHT_STRONG

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS_PER_MM = 72 / 25.4
_TOP, _BOTTOM, _LEFT = 12.0, 24.0, 30.0
_LETTER, _LINE = 3.9, 9.5


def draw(block: Figure, width: float, height: float) -> str:
    """The figure of a block as SVG, `width` by `height` millimetres. Its text needs Source Sans where it is shown."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as Canvas

    _prepare()
    wide, high = width * _POINTS_PER_MM, height * _POINTS_PER_MM
    scale = figure.scale(block)
    inner = high - _TOP - _BOTTOM
    labels = figure.end_labels(block, scale, _LINE / inner)
    right = min(wide * 0.38, 10 + _LETTER * max((len(label.words) for label in labels), default=0))
    canvas = Canvas(figsize=(wide / 72, high / 72), facecolor="none")
    axes = canvas.add_axes(
        (_LEFT / wide, _BOTTOM / high, (wide - _LEFT - right) / wide, inner / high), facecolor="none"
    )
    _background(axes, block, scale)
    if isinstance(block, Bars):
        _bars(axes, block)
    else:
        _lines(axes, block)
    _foreground(axes, block, scale, labels)
    _axes(axes, block, scale, wide - _LEFT - right)
    written = io.StringIO()
    with warnings.catch_warnings():
        # The SVG names its font and Typst brings it, so what matplotlib itself can find does not matter.
        warnings.filterwarnings("ignore", message=".*(findfont|Glyph).*")
        FigureCanvasSVG(canvas).print_svg(written, metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _background(axes: Axes, block: Figure, scale: Scale) -> None:
    for one in figure.shown_references(block, scale):
        assert one.low is not None
        assert one.high is not None
        axes.axhspan(one.low, one.high, color=LIGHT.band, linewidth=0, zorder=0)
    target = block.target
    if target is not None and target.low is not None and target.high is not None:
        axes.axhspan(target.low, target.high, color=LIGHT.accent_tint, linewidth=0, zorder=0)


def _lines(axes: Axes, block: Trend) -> None:
    hues = figure.series_colours(block, LIGHT)
    for index, one in enumerate(block.series):
        subject = one.role == "subject"
        values = [float("nan") if value is None else value for value in one.values]
        over = 3 if subject else 2
        axes.plot(
            range(len(values)), values, color=hues[index], linewidth=1.6 if subject else 0.9, zorder=over, clip_on=False
        )
        last = figure.last_known(one.values)
        dots = dict.fromkeys(figure.lonely(one.values), 2.2) | ({last: 4.0} if subject and last is not None else {})
        for at, size in dots.items():
            axes.plot([at], [values[at]], "o", color=hues[index], markersize=size, zorder=over + 1, clip_on=False)


def _bars(axes: Axes, block: Bars) -> None:
    hues = figure.series_colours(block, LIGHT)
    stacked = block.stacking == "stacked"
    width = 0.66 if stacked else 0.8 / len(block.series)
    ground = [0.0] * len(block.periods)
    for index, one in enumerate(block.series):
        values = [value or 0.0 for value in one.values]
        shift = 0.0 if stacked else (index - (len(block.series) - 1) / 2) * width
        axes.bar(
            [at + shift for at in range(len(values))],
            values,
            width,
            bottom=ground if stacked else None,
            color=hues[index],
            edgecolor=LIGHT.paper,
            linewidth=0.5,
            zorder=2,
        )
        ground = [below + value for below, value in zip(ground, values, strict=True)]
    for at in figure.gaps(block):
        axes.annotate(
            text.ABSENT,
            (at, 0),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=PAPER.note - 0.5,
            color=LIGHT.muted,
        )


def _foreground(axes: Axes, block: Figure, scale: Scale, labels: tuple[EndLabel, ...]) -> None:
    for edge in block.target.edges if block.target else ():
        axes.axhline(edge, color=LIGHT.muted, linewidth=0.8, dashes=(4, 3), zorder=2.5)
    hues = figure.series_colours(block, LIGHT)
    for label in labels:
        colour = LIGHT.muted if label.index is None or hues[label.index] == LIGHT.context else hues[label.index]
        axes.annotate(
            label.words,
            (1, label.at),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=PAPER.note,
            color=colour,
            annotation_clip=False,
            fontweight=WEIGHT_STRONG if label.role == "subject" else "normal",
        )
    for mark in figure.marks(block):
        axes.plot([mark.at], [scale.low], "^", color=LIGHT.muted, markersize=4, clip_on=False, zorder=4)
        axes.annotate(
            str(mark.number),
            (mark.at, scale.low),
            xytext=(4, 2.5),
            textcoords="offset points",
            ha="left",
            fontsize=PAPER.note - 1,
            color=LIGHT.muted,
        )


def _axes(axes: Axes, block: Figure, scale: Scale, width: float) -> None:
    pad = 0.55 if isinstance(block, Bars) else 0.3
    axes.set_xlim(-pad, len(block.periods) - 1 + pad)
    axes.set_ylim(scale.low, scale.high)
    ticks = figure.x_ticks(block.periods, most=max(2, int(width // 20)))
    axes.set_xticks([tick.at for tick in ticks], [f"{tick.label}\n{tick.second}".rstrip() for tick in ticks])
    axes.set_yticks(scale.ticks, scale.labels)
    axes.tick_params(length=0, labelsize=PAPER.note, labelcolor=LIGHT.muted, pad=3)
    axes.grid(axis="y", color=LIGHT.grid, linewidth=0.5)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set(color=LIGHT.line, linewidth=0.6)
    axes.annotate(
        block.unit,
        (0, 1),
        xycoords="axes fraction",
        xytext=(-3, 5),
        textcoords="offset points",
        ha="right",
        fontsize=PAPER.note,
        color=LIGHT.muted,
    )


@cache
def _prepare() -> None:
    """Sets matplotlib up once: the product's font, text as text, ids that do not change from run to run."""
    import matplotlib as mpl
    from matplotlib import font_manager

    for path in FILES:
        font_manager.fontManager.addfont(path)
    mpl.rcParams.update(
        {
            "svg.fonttype": "none",
            "svg.hashsalt": "plumbline",
            "font.family": FONT,
            "axes.unicode_minus": True,
            "figure.dpi": 72,
            "text.parse_math": False,
        }
    )
