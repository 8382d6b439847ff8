"""Lines and steps over an axis of numbers: what is left of a budget by day, what goes on after so many hours."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from app.content.bad_block import BadBlock

if TYPE_CHECKING:
    from app.content.blocks import Role

Form = Literal["line", "steps", "ideal"]
"""From point to point; level until the next point; a dashed line to hold others against."""


@dataclass(frozen=True)
class Line:
    """Points (x, y) in rising x, y None where nothing is known. `text` are the words at its end, `texts` on its points.

    `ticks` are points of the line with a small stroke: things of which only a part is known. A `filled` line has a
    tint down to zero.
    """

    name: str
    points: tuple[tuple[float, float | None], ...]
    form: Form = "line"
    role: Role = "subject"
    text: str = ""
    texts: tuple[str, ...] = ()
    ticks: tuple[tuple[float, float], ...] = ()
    filled: bool = False


@dataclass(frozen=True)
class Upright:
    """A line upwards at a place of the axis, with its words at the top: today, a median."""

    at: float
    text: str


@dataclass(frozen=True)
class Curve:
    """Lines over numbers. `x_ticks` name places of the axis where the numbers themselves would say little.

    `floor` cuts off what lies below it; a `wide` x axis is logarithmic, for times that differ by their size.
    """

    id: str
    title: str
    subtitle: str
    unit: str
    x_unit: str
    lines: tuple[Line, ...]
    alt: str
    x_ticks: tuple[tuple[float, str], ...] = ()
    uprights: tuple[Upright, ...] = ()
    floor: float | None = None
    wide: bool = False
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        for line in self.lines:
            if any(one[0] > other[0] for one, other in pairwise(line.points)):
                raise BadBlock(f"Figure {self.id}: the points of {line.name} do not rise along the axis.")
            if line.texts and len(line.texts) != len(line.points):
                raise BadBlock(
                    f"Figure {self.id}: {line.name} has {len(line.texts)} texts for {len(line.points)} points."
                )
