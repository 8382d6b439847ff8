"""How one amount becomes another: start, parts, end, in reading order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.content.bad_block import BadBlock

Good = Literal["favourable", "unfavourable", ""]


@dataclass(frozen=True)
class Part:
    """What is added to the amount so far, and whether that is good; `text` is the amount as a reader sees it."""

    name: str
    value: float
    text: str
    word: Good = ""


@dataclass(frozen=True)
class End:
    """The amount before the parts, or after them."""

    name: str
    value: float
    text: str


@dataclass(frozen=True)
class Waterfall:
    """Amounts in the unit of the figure; the parts lead from the first end to the last."""

    id: str
    title: str
    subtitle: str
    unit: str
    first: End
    parts: tuple[Part, ...]
    last: End
    alt: str
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        reached = self.first.value + sum(one.value for one in self.parts)
        size = max(abs(self.first.value), abs(self.last.value), *(abs(one.value) for one in self.parts), 1e-9)
        if abs(reached - self.last.value) > size * 1e-6:
            raise BadBlock(f"Figure {self.id}: the parts do not lead from {self.first.name} to {self.last.name}.")
