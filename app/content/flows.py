"""Money in and out, stage by stage, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass

from app.content.bad_block import BadBlock


@dataclass(frozen=True)
class Amounts:
    """One kind of money at each stage, above zero for what comes in; `texts` are the same in words."""

    name: str
    values: tuple[float, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Flows:
    """What comes in above a line, what goes out below it, and the sum so far as a line over both."""

    id: str
    title: str
    subtitle: str
    unit: str
    stages: tuple[str, ...]
    came: Amounts
    went: Amounts
    so_far: Amounts
    alt: str
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        for one in self.parts:
            if not len(one.values) == len(one.texts) == len(self.stages):
                raise BadBlock(f"Figure {self.id}: {one.name} has not one value and text for each stage.")

    @property
    def parts(self) -> tuple[Amounts, Amounts, Amounts]:
        """All three."""
        return self.came, self.went, self.so_far
