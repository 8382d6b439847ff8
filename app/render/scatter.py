"""Where single things stand on their days, worked out once for screen and paper: a trend without a line, dots on it."""

from __future__ import annotations

from app.content.blocks import Trend
from app.content.scatter import Dot, Scatter
from app.render import figure
from app.render.figure import EndLabel, Scale


def frame(block: Scatter) -> Trend:
    """Axis, target and notes of the figure, as a trend that starts at zero and has nothing in it."""
    return Trend(
        block.id,
        block.title,
        block.subtitle,
        block.unit,
        block.periods,
        (),
        block.alt,
        block.target,
        from_zero=True,
        note=block.note,
    )


def scale(block: Scatter) -> Scale:
    """A scale from zero that holds every dot and every line."""
    edges = block.target.edges if block.target is not None else ()
    tallest = max([*(one.value for one in block.dots), *(one.value for one in block.levels), *edges], default=0.0)
    return figure.scale_between(0.0, tallest or 1.0, block.unit)


def labels(block: Scatter, drawn: Scale) -> tuple[EndLabel, ...]:
    """Labels at the right end in rising order, not moved apart yet."""
    target = figure.end_labels(frame(block), drawn, 0)
    levels = (EndLabel(one.value, f"{one.name} {one.text}", one.role) for one in block.levels)
    return tuple(sorted((*target, *levels), key=lambda label: label.at))


def placed(block: Scatter) -> tuple[tuple[float, Dot], ...]:
    """Each dot with its place on the axis of periods; those in the background come first."""
    ordered = sorted(block.dots, key=lambda one: one.role == "subject")
    found = ((figure.place_of(one.day, block.periods), one) for one in ordered)
    return tuple((at, one) for at, one in found if at is not None)


def notes(block: Scatter) -> tuple[str, ...]:
    """What a careful reader has to know."""
    return (block.note,) if block.note else ()
