"""Scores of a survey, asking by asking: a figure of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.content.bad_block import BadBlock
from data.period import Period

if TYPE_CHECKING:
    from app.content.blocks import Reference, Target


@dataclass(frozen=True)
class Wave:
    """One asking of a survey: a score with the ends of its 95 % interval (None where unknown), and how many answered.

    A wave too small to be told has no value.
    """

    period: Period
    value: float | None
    low: float | None
    high: float | None
    answers: int
    text: str = ""


@dataclass(frozen=True)
class Waves:
    """Scores of a survey with their intervals as whiskers, a place on the axis for each period whether asked or not."""

    id: str
    title: str
    subtitle: str
    unit: str
    name: str
    waves: tuple[Wave, ...]
    alt: str
    target: Target | None = None
    references: tuple[Reference, ...] = ()
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        for one in self.waves:
            ends = [end for end in (one.low, one.value, one.high) if end is not None]
            if one.value is not None and ends != sorted(ends):
                raise BadBlock(f"Figure {self.id}: the interval of {one.period.label} does not hold its value.")
