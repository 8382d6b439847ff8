"""Cells that hold what their text rounds, for those who take a table away."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column
from app.content.sections import words
from app.content.sections.tiles import axis_unit
from data.metrics.base import Metric, Unit, Value
from data.warehouse.parts import Part
from data.warehouse.readings import Reading


def of_metric(metric: Metric, number: Decimal | None) -> Decimal | None:
    """A number in the unit that its axis names: ratios in percent."""
    return number * 100 if number is not None and metric.unit is Unit.RATIO else number


def column(metric: Metric, name: str = "", currency: str = "") -> Column:
    """The column of a metric, with the unit of its exact values."""
    return Column(name or metric.name, kind="number", unit=currency or axis_unit(metric))


def value(reading: Reading, of: Value | None = None) -> Cell:
    """The value of a reading, or another one of its metric."""
    shown = reading.value if of is None else of
    return Cell(words.value(reading, of), exact=of_metric(reading.metric, shown.value))


def part(reading: Reading, of: Part | None) -> Cell:
    """The value of one part; absent where the part has none."""
    if of is None:
        return Cell(text.ABSENT)
    return Cell(words.part_value(reading, of), exact=of_metric(reading.metric, of.value.value))


def marked(cell: Cell, *of: Value | None) -> Cell:
    """The cell with † where one of the values that its number comes from was corrected or holds a correction."""
    return replace(cell, text=words.marked(cell.text, *of))


def count(number: Decimal | int | None) -> Cell:
    """A whole number."""
    return Cell(text.count(number), exact=number)


def share(ratio: Decimal | None, digits: int | None = None) -> Cell:
    """A share of one in percent."""
    return Cell(text.percent(ratio, digits=digits), exact=None if ratio is None else ratio * 100)


def minutes(seconds: Decimal | None, *, signed: bool = False) -> Cell:
    """A length of time in the unit a person would say, exact in minutes."""
    return Cell(text.duration(seconds, signed=signed), exact=None if seconds is None else seconds / 60)


def hours(number: Decimal | None) -> Cell:
    """A length of time given in hours."""
    return Cell(text.hours(number), exact=number)
