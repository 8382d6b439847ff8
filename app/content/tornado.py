"""How far a result moves with each of its inputs, the largest swing on top."""

from __future__ import annotations

from dataclasses import dataclass

from app.content.bad_block import BadBlock


@dataclass(frozen=True)
class Swing:
    """An input, and the result with its low and its high value: numbers for the bar, words for its ends."""

    name: str
    at_low: float
    at_high: float
    low: str
    high: str
    text: str


@dataclass(frozen=True)
class Tornado:
    """Bars across from the result as it stands (`base`), in the unit of the figure."""

    id: str
    title: str
    subtitle: str
    unit: str
    base: float
    base_text: str
    swings: tuple[Swing, ...]
    alt: str
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        sizes = [abs(one.at_high - one.at_low) for one in self.swings]
        if sizes != sorted(sizes, reverse=True):
            raise BadBlock(f"Figure {self.id}: the largest swing has to stand on top.")
