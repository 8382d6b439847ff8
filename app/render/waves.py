"""What a figure of survey waves says, worked out once for screen and paper: it is a trend whose values may be off."""

from __future__ import annotations

from dataclasses import replace

from app.content import format as text
from app.content.blocks import Series, Trend
from app.content.waves import Wave, Waves
from app.render import figure
from app.render.figure import EndLabel, Scale

_MOST_COUNTS = 12
_ROOM = 0.09
"""The share of the axis that is kept free under the lowest tick for the counts of answers."""


def line(block: Waves) -> Trend:
    """The scores alone, as a trend: its axis, labels, target and references are those of the figure."""
    scores = Series(block.name, tuple(one.value for one in block.waves), texts=tuple(one.text for one in block.waves))
    return Trend(
        block.id,
        block.title,
        block.subtitle,
        block.unit,
        tuple(one.period for one in block.waves),
        (scores,),
        block.alt,
        block.target,
        block.references,
        note=block.note,
    )


def scale(block: Waves) -> Scale:
    """A scale that holds every interval, with room under it for the counts of answers."""
    drawn = line(block)
    ends = tuple(Series("", tuple(getattr(one, end) for one in block.waves)) for end in ("low", "high"))
    found = figure.scale(replace(drawn, series=(*drawn.series, *ends)))
    return replace(found, low=found.low - (found.high - found.low) * _ROOM) if counts(block) else found


def labels(block: Waves, drawn: Scale, share: float) -> tuple[EndLabel, ...]:
    """Labels at the right end."""
    return figure.end_labels(line(block), drawn, share)


def told(block: Waves) -> tuple[tuple[int, Wave, float], ...]:
    """The waves that have a value, with their place on the axis."""
    return tuple((at, one, one.value) for at, one in enumerate(block.waves) if one.value is not None)


def counts(block: Waves) -> tuple[tuple[int, str], ...]:
    """How many answered, under each wave; nothing where so many would run into each other."""
    shown = told(block)
    return tuple((at, text.count(one.answers)) for at, one, _ in shown) if len(shown) <= _MOST_COUNTS else ()


def notes(block: Waves, drawn: Scale) -> tuple[str, ...]:
    """What a careful reader has to know: what the whiskers are, how many answered, where the axis starts."""
    shown = replace(block, waves=tuple(one for _, one, _ in told(block)), note="")
    answers = sorted({one.answers for one in shown.waves})
    who = " to ".join(text.count(one) for one in dict.fromkeys((answers[0], answers[-1]))) if answers else ""
    said = [f"Whiskers: 95 % intervals; {who} answers a wave."] if answers else []
    if counts(block):
        said.append("Small figures: answers.")
    return (*said, *([block.note] if block.note else []), *figure.notes(line(shown), drawn))
