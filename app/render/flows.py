"""Where money in and out stands, worked out once for screen and paper: stages are 0, 1, 2 … across."""

from __future__ import annotations

from app.content.flows import Flows
from app.render import figure
from app.render.figure import EndLabel, Scale

BAR = 0.6
"""The width of a bar, in stages."""


def scale(block: Flows) -> Scale:
    """A scale that holds every bar, the line and zero."""
    low = min(0.0, *(value for one in block.parts for value in one.values))
    high = max(0.0, *(value for one in block.parts for value in one.values))
    return figure.scale_between(low, high if high > low else low + 1.0, block.unit)


def labels(block: Flows) -> tuple[EndLabel, ...]:
    """The words at the right end: what it comes to."""
    said = f"{block.so_far.name} {block.so_far.texts[-1]}"
    return (EndLabel(block.so_far.values[-1], said, "subject", 0),)


def notes(block: Flows) -> tuple[str, ...]:
    """What a careful reader has to know."""
    return (block.note,) if block.note else ()
