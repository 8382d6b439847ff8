"""What went on when, a lane for each thing that it happened to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from app.content.bad_block import BadBlock
from data.period import Period

Weight = Literal["down", "partial", "degraded", "none", "planned"]
"""How much something hurts, the worst first; planned maintenance is none of these."""

WEIGHTS: Mapping[Weight, str] = MappingProxyType(
    {
        "down": "down",
        "partial": "partly down",
        "degraded": "degraded",
        "none": "no impact",
        "planned": "planned maintenance",
    }
)


@dataclass(frozen=True)
class Span:
    """Something that went on, in days from the start of the period and in instants; an end of None still goes on."""

    start: float
    end: float | None
    weight: Weight
    text: str
    href: str = ""
    began: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Lane:
    """What happened to one thing. Lanes of one group stand together under its name."""

    name: str
    group: str
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Timeline:
    """Lanes over the days of a period; `until` is how far it is known, in days from its start."""

    id: str
    title: str
    subtitle: str
    period: Period
    until: float
    lanes: tuple[Lane, ...]
    alt: str
    note: str = ""
    measures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise BadBlock(f"Figure {self.id} has no alternative text: say in `alt` what it shows.")
        for lane in self.lanes:
            if any(one.end is not None and one.end < one.start for one in lane.spans):
                raise BadBlock(f"Figure {self.id}: something in {lane.name} ends before it starts.")
