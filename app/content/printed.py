"""Readings as a table of plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from app.content import format as text
from app.content.blocks import MARKS
from app.content.sections import words
from data.period import Period
from data.warehouse.readings import Reader, Reading

_HEADS = ("Measure", "Value", "Verdict", "Target", "To target", "Previous", "Evidence")


def table(reader: Reader, period: Period, readings: Sequence[Reading]) -> str:
    """A line for each reading under a line that says what it is about."""
    zone, version = reader.settings.zone, reader.version
    as_of = text.instant(reader.as_of or (version.committed_at if version else None), zone)
    name = readings[0].scope.name if readings else ""
    lines = [_line(one) for one in readings]
    widths = [max(len(row[place]) for row in (_HEADS, *lines)) for place in range(len(_HEADS))]
    shown = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (_HEADS, *lines)]
    head = text.joined(
        name, text.period(period), f"data as of {as_of}", f"version {version.version}" if version else ""
    )
    return "\n".join([head, "", *(line.rstrip() for line in shown)])


def _line(reading: Reading) -> tuple[str, ...]:
    word = words.verdict_word(reading.verdict)
    return (
        reading.metric.name,
        words.value(reading),
        MARKS[word].word if word else "",
        words.goal(reading),
        words.distance(reading),
        words.value(reading, reading.previous),
        words.evidence(reading),
    )
