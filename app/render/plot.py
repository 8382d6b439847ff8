"""A canvas on paper: values have their places on it, and it becomes SVG whose text stays text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from app.render.figure import EndLabel, Scale
from app.render.theme import FONT, LIGHT, PAPER

POINTS_PER_MM = 72 / 25.4
TOP, BOTTOM, LEFT = 12.0, 24.0, 30.0
LETTER, LINE = 3.9, 9.5
"""The width of a letter and the height of a line of labels, in points."""

_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_RISES = {"bottom": 0.25, "baseline": 0.0, "center": -0.25, "center_baseline": -0.375, "top": -0.75}
"""How far the foot of the letters lies above the point that words are set at, in parts of their size."""
_CORNERS = {
    "square": ((-1, -1), (-1, 1), (1, 1), (1, -1)),
    "triangle": ((0, 1), (-1, -1), (1, -1)),
    "arrow": ((1, 0), (-1, 1), (-1, -1)),
    "diamond": ((0, math.sqrt(2)), (math.sqrt(2), 0), (0, -math.sqrt(2)), (-math.sqrt(2), 0)),
    "dash": ((-1, 0), (1, 0)),
}


@dataclass(frozen=True)
class Plot:
    """A canvas on which values have their places, in points from its lower left corner. What lies higher in its
    order is drawn over the rest; `look` is said in SVG's own attributes."""

    scale: Scale
    periods: int
    pad: float
    width: float
    height: float
    size: tuple[float, float]
    drawn: list[tuple[float, str]] = field(default_factory=list)

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

    def line(
        self, xs: Sequence[float], ys: Sequence[float], *, color: str, linewidth: float, zorder: float = 2,
        dashes: Sequence[float] = (), **look: object,
    ) -> None:  # fmt: skip
        """A line through points of the canvas; nan leaves a gap. Dashes are counted in widths of the line."""
        points = [None if math.isnan(y) else self._point(x, y) for x, y in zip(xs, ys, strict=True)]
        runs = zip([None, *points], points, strict=False)
        path = " ".join(f"{'L' if before else 'M'} {point}" for before, point in runs if point)
        gaps = " ".join(_said(linewidth * dash) for dash in dashes)
        ends = {"stroke_dasharray": gaps} if dashes else {"stroke_linecap": "square"}
        pen = {"fill": "none", "stroke": color, "stroke_width": linewidth, "stroke_linejoin": "round"}
        self._add(zorder, "path", {"d": path} | pen | ends | look)

    def mark(
        self, x: float, y: float, shape: str, size: float, *, color: str, zorder: float = 2, **look: object
    ) -> None:
        """A dot, or one of the shapes with corners, at a point of the canvas."""
        half, ink = size / 2, {"fill": color, "stroke": color} | look
        if shape in _CORNERS:
            corners = (self._point(x + across * half, y + up * half) for across, up in _CORNERS[shape])
            self._add(zorder, "polygon", {"points": " ".join(corners)} | ink)
        else:
            self._add(zorder, "circle", {"cx": x, "cy": self.size[1] - y, "r": half} | ink)

    def level(self, value: float, *, zorder: float, **look: Any) -> None:
        """A line across at a value."""
        height = self.y(value)
        self.line((LEFT, self.right), (height, height), zorder=zorder, **{"stroke_linecap": "butt"} | look)

    def box(self, left: float, right: float, low: float, high: float, *, zorder: float, **look: object) -> None:
        """A rectangle between two values."""
        corners = ((left, low), (right, low), (right, high), (left, high))
        path = " L ".join(self._point(x, self.y(value)) for x, value in corners)
        self._add(zorder, "path", {"d": f"M {path} Z"} | look)

    def words(
        self, said: str, x: float, y: float, size: float = PAPER.note, *, ha: str = "left", va: str = "baseline",
        color: str = LIGHT.muted, **look: object,
    ) -> None:  # fmt: skip
        """Words at a point of the canvas; each further line is set below the one before."""
        style = {"font_family": FONT, "font_size": size, "text_anchor": _ANCHORS[ha], "fill": color} | look
        for place, line in enumerate(said.split("\n")):
            foot = self.size[1] - y - (_RISES[va] - place) * size
            self._add(3, "text", {"x": x, "y": foot} | style, escape(line, quote=False))

    def _point(self, x: float, y: float) -> str:
        return f"{_said(x)} {_said(self.size[1] - y)}"

    def _add(self, zorder: float, name: str, attributes: Mapping[str, object], content: str = "") -> None:
        told = "".join(f' {key.replace("_", "-")}="{_said(value)}"' for key, value in attributes.items())
        self.drawn.append((zorder, f"<{name}{told}>{content}</{name}>"))


def inner_height(height: float) -> float:
    """How many points high the axes of a figure of so many millimetres are."""
    return height * POINTS_PER_MM - TOP - BOTTOM


def plot_of(scale: Scale, periods: int, pad: float, size: tuple[float, float], labels: Sequence[EndLabel] = ()) -> Plot:
    """An empty canvas of a size in millimetres, with room for the labels at its right end."""
    wide, high = (side * POINTS_PER_MM for side in size)
    right = min(wide * 0.38, 10 + LETTER * max((len(label.words) for label in labels), default=0))
    return Plot(scale, periods, pad, wide - LEFT - right, inner_height(size[1]), (wide, high))


def svg(plot: Plot) -> str:
    """The canvas as text, the same bytes for the same drawing. Its words need Source Sans where it is shown."""
    wide, high = map(_said, plot.size)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}pt" height="{high}pt" viewBox="0 0 {wide} {high}">'
    in_order = (element for _, element in sorted(plot.drawn, key=lambda one: one[0]))
    return "\n".join((head, *in_order, "</svg>\n"))


def _said(value: object) -> str:
    return f"{value:.7g}" if isinstance(value, float) else str(value)
