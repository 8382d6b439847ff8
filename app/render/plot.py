"""A canvas on paper: values have their places on it, and it becomes SVG whose text stays text."""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from app.render.figure import EndLabel, Scale
from app.render.fonts import FILES
from app.render.theme import FONT, LIGHT, PAPER

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

POINTS_PER_MM = 72 / 25.4
TOP, BOTTOM, LEFT = 12.0, 24.0, 30.0
LETTER, LINE = 3.9, 9.5
"""The width of a letter and the height of a line of labels, in points."""


@dataclass(frozen=True)
class Plot:
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
        return LEFT + (at + self.pad) / (self.periods - 1 + 2 * self.pad) * self.width

    def y(self, value: float) -> float:
        """Where a value stands."""
        return BOTTOM + (value - self.scale.low) / (self.scale.high - self.scale.low) * self.height

    @property
    def right(self) -> float:
        """The right end of the axes."""
        return LEFT + self.width

    def line(self, xs: Sequence[float], ys: Sequence[float], **style: Any) -> None:
        """A line through points of the canvas; nan leaves a gap."""
        from matplotlib.lines import Line2D

        self._add(Line2D(xs, ys, **style))

    def mark(self, x: float, y: float, shape: str, size: float, **style: Any) -> None:
        """A dot or triangle at a point of the canvas."""
        self.line([x], [y], marker=shape, markersize=size, linestyle="none", **style)

    def level(self, value: float, **style: Any) -> None:
        """A line across at a value."""
        self.line((LEFT, self.right), (self.y(value),) * 2, solid_capstyle="butt", **style)

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


def inner_height(height: float) -> float:
    """How many points high the axes of a figure of so many millimetres are."""
    return height * POINTS_PER_MM - TOP - BOTTOM


def plot_of(scale: Scale, periods: int, pad: float, size: tuple[float, float], labels: Sequence[EndLabel] = ()) -> Plot:
    """An empty canvas of a size in millimetres, with room for the labels at its right end."""
    from matplotlib.figure import Figure as Canvas

    _prepare()
    wide, high = (side * POINTS_PER_MM for side in size)
    right = min(wide * 0.38, 10 + LETTER * max((len(label.words) for label in labels), default=0))
    canvas = Canvas(figsize=(wide / 72, high / 72), facecolor="none")
    return Plot(canvas, scale, periods, pad, wide - LEFT - right, inner_height(size[1]))


def svg(plot: Plot) -> str:
    """The canvas as text, the same bytes for the same drawing. Its words need Source Sans where it is shown."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    written = io.StringIO()
    with warnings.catch_warnings():
        # The SVG names its font and Typst brings it, so what matplotlib itself can find does not matter.
        warnings.filterwarnings("ignore", message=".*(findfont|Glyph).*")
        FigureCanvasSVG(plot.canvas).print_svg(written, metadata={"Date": None, "Creator": None})
    return written.getvalue()


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
