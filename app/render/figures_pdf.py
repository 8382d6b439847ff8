"""Figures on paper: matplotlib to SVG whose text stays text, the same bytes for the same block."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from app.content import format as text
from app.content.blocks import Bars, Trend
from app.render import figure
from app.render.figure import EndLabel, Figure, Scale
from app.render.fonts import FILES
from app.render.theme import FONT, LIGHT, PAPER, WEIGHT_STRONG

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

_POINTS_PER_MM = 72 / 25.4
_TOP, _BOTTOM, _LEFT = 12.0, 24.0, 30.0
_LETTER, _LINE = 3.9, 9.5


@dataclass(frozen=True)
class _Plot:
    """A canvas on which values have their places, in points. Its axes are drawn as lines and words: matplotlib's own,
    which find ticks and room by themselves, take four times as long as all the rest."""

    canvas: Canvas
    scale: Scale
    periods: int
    pad: float
    width: float
    height: float

    def x(self, at: float) -> float:
        """Where a period stands, counted from the first."""
        return _LEFT + (at + self.pad) / (self.periods - 1 + 2 * self.pad) * self.width

    def y(self, value: float) -> float:
        """Where a value stands."""
        return _BOTTOM + (value - self.scale.low) / (self.scale.high - self.scale.low) * self.height

    @property
    def right(self) -> float:
        """The right end of the axes."""
        return _LEFT + self.width

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """A line through points of the canvas; nan leaves a gap."""
        from matplotlib.lines import Line2D

        self._add(Line2D(xs, ys, **style))

    def mark(self, x: float, y: float, shape: str, size: float, **style: Any) -> None:
        """A dot or triangle at a point of the canvas."""
        self.line([x], [y], marker=shape, markersize=size, linestyle="none", **style)

    def level(self, value: float, **style: Any) -> None:
        """A line across at a value."""
        self.line((_LEFT, self.right), (self.y(value),) * 2, solid_capstyle="butt", **style)

    def box(self, left: float, right: float, low: float, high: float, **style: Any) -> None:
        """A rectangle between two values."""
        from matplotlib.patches import Rectangle

        self._add(Rectangle((left, self.y(low)), right - left, self.y(high) - self.y(low), **style))

    def words(self, said: str, x: float, y: float, size: float = PAPER.note, **style: Any) -> None:
        """Words at a point of the canvas."""
        from matplotlib.text import Text

        self._add(Text(x, y, said, fontsize=size, **{"color": LIGHT.muted} | style))

    def _add(self, artist: Any) -> None:
        from matplotlib.transforms import IdentityTransform

        artist.set_transform(IdentityTransform())
        self.canvas.add_artist(artist)


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
    pad = 0.55 if isinstance(block, Bars) else 0.3
    plot = _Plot(canvas, scale, len(block.periods), pad, wide - _LEFT - right, inner)
    _background(plot, block)
    _axes(plot, block)
    if isinstance(block, Bars):
        _bars(plot, block)
    else:
        _lines(plot, block)
    _foreground(plot, block, labels)
    written = io.StringIO()
    with warnings.catch_warnings():
        # The SVG names its font and Typst brings it, so what matplotlib itself can find does not matter.
        warnings.filterwarnings("ignore", message=".*(findfont|Glyph).*")
        FigureCanvasSVG(canvas).print_svg(written, metadata={"Date": None, "Creator": None})
    return written.getvalue()


def _background(plot: _Plot, block: Figure) -> None:
    for one in figure.shown_references(block, plot.scale):
        assert one.low is not None
        assert one.high is not None
        plot.box(_LEFT, plot.right, one.low, one.high, color=LIGHT.band, linewidth=0, zorder=0)
    target = block.target
    if target is not None and target.low is not None and target.high is not None:
        plot.box(_LEFT, plot.right, target.low, target.high, color=LIGHT.accent_tint, linewidth=0, zorder=0)


def _axes(plot: _Plot, block: Figure) -> None:
    for tick in figure.x_ticks(block.periods, most=max(2, int(plot.width // 20))):
        plot.words(f"{tick.label}\n{tick.second}".rstrip(), plot.x(tick.at), _BOTTOM - 3, ha="center", va="top")
    for value, said in zip(plot.scale.ticks, plot.scale.labels, strict=True):
        plot.level(value, color=LIGHT.grid, linewidth=0.5, zorder=0.5)
        plot.words(said, _LEFT - 3, plot.y(value), ha="right", va="center_baseline")
    plot.level(plot.scale.low, color=LIGHT.line, linewidth=0.6, zorder=2.5)


def _lines(plot: _Plot, block: Trend) -> None:
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
            plot.mark(xs[at], ys[at], "o", size, color=hues[index], zorder=over + 1)


def _bars(plot: _Plot, block: Bars) -> None:
    hues = figure.series_colours(block, LIGHT)
    stacked = block.stacking == "stacked"
    width = 0.66 if stacked else 0.8 / len(block.series)
    ground = [0.0] * len(block.periods)
    for index, one in enumerate(block.series):
        shift = 0.0 if stacked else (index - (len(block.series) - 1) / 2) * width
        for at, value in enumerate(one.values):
            left, right = (plot.x(at + shift + side * width / 2) for side in (-1, 1))
            top = ground[at] + (value or 0.0)
            style = {"facecolor": hues[index], "edgecolor": LIGHT.paper, "linewidth": 0.5, "zorder": 2}
            plot.box(left, right, ground[at], top, **style)
            if stacked:
                ground[at] = top
    for at in figure.gaps(block):
        plot.words(text.ABSENT, plot.x(at), plot.y(0) + 2, PAPER.note - 0.5, ha="center")


def _foreground(plot: _Plot, block: Figure, labels: tuple[EndLabel, ...]) -> None:
    for edge in block.target.edges if block.target else ():
        plot.level(edge, color=LIGHT.muted, linewidth=0.8, dashes=(4, 3), zorder=2.5)
    hues = figure.series_colours(block, LIGHT)
    for label in labels:
        colour = LIGHT.muted if label.index is None or hues[label.index] == LIGHT.context else hues[label.index]
        weight = WEIGHT_STRONG if label.role == "subject" else "normal"
        plot.words(label.words, plot.right + 5, plot.y(label.at), va="center", color=colour, fontweight=weight)
    for mark in figure.marks(block):
        x = plot.x(mark.at)
        plot.mark(x, _BOTTOM, "^", 4, color=LIGHT.muted, zorder=4)
        plot.words(str(mark.number), x + 4, _BOTTOM + 2.5, PAPER.note - 1)
    plot.words(block.unit, _LEFT - 3, _BOTTOM + plot.height + 5, ha="right")


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
