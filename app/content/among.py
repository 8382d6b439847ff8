"""Our value among published ones: a figure of its own, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.content.bad_block import BadBlock

if TYPE_CHECKING:
    from app.content.blocks import Target


@dataclass(frozen=True)
class Range:
    """Published values on one line, in the unit of the figure; an open side is None. `marks` are its single values.

    `text` is the range as a reader should see it.
    """

    name: str
    text: str
    low: float | None = None
    high: float | None = None
    marks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Among:
    """Our value, with its 95 % interval where there is one, above published ranges on one scale.

    `text` is our value in words and `name` whose it is; a value of None leaves the line empty. A `wide` scale is
    logarithmic, for times and rates that differ by their size and not by their difference.
    """

    id: str
    title: str
    subtitle: str
    unit: str
    name: str
    value: float | None
    text: str
    ranges: tuple[Range, ...]
    alt: str
    interval: tuple[float, float] | None = None
    target: Target | None = None
    wide: bool = False
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        if not self.ranges:
            raise BadBlock(f"Figure {self.id} has nothing to stand among: give at least one range.")
