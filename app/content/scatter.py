"""Single things at the day they happened and the size they had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.content.bad_block import BadBlock
from data.period import Period

if TYPE_CHECKING:
    from app.content.blocks import Role, Target


@dataclass(frozen=True)
class Dot:
    """One thing: its day, its size in the unit of the figure, what it is called. `href` leads to it at its source."""

    day: date
    value: float
    name: str
    text: str
    role: Role = "subject"
    href: str = ""


@dataclass(frozen=True)
class Level:
    """A line across at a value, with its words at the right end: a median, a mean."""

    name: str
    value: float
    text: str
    role: Role = "context"


@dataclass(frozen=True)
class Scatter:
    """Dots over the days of some periods, from zero, with lines across that sum them up."""

    id: str
    title: str
    subtitle: str
    unit: str
    periods: tuple[Period, ...]
    dots: tuple[Dot, ...]
    alt: str
    levels: tuple[Level, ...] = ()
    target: Target | None = None
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        for one in self.dots:
            if not any(one.day in period for period in self.periods):
                raise BadBlock(f"Figure {self.id}: {one.name} happened on {one.day}, in none of its periods.")
