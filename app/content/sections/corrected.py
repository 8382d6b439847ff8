"""Numbers that people corrected: what was counted, what it was corrected to, why, and by which two people."""

from __future__ import annotations

from app.content import format as text
from app.content.blocks import Column, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, row
from data.metrics.base import Value
from data.warehouse.corrected import Correction

_COLUMNS = (
    Column("Measure"),
    Column("For"),
    Column("Period"),
    Column("Counted", kind="number"),
    Column("Corrected", kind="number"),
    Column("Reason"),
    Column("Proposed by"),
    Column("Approved by"),
    Column("On"),
)


def corrected(context: Context) -> Section:
    """The corrections of the scope, and of what lies below it, that touch the shown period; no block without any."""
    below = context.reader.tree.ever_below(context.scope)
    found = [one for one in context.reader.corrections if one.scope in below and _touches(one, context)]
    rows = tuple(told for one in found if (told := _row(one, context)) is not None)
    if not rows:
        return Section("corrected", "", ())
    note = (
        "A number with † is corrected, or holds one that is. Time that a correction covers in part only is told as it "
        "was counted."
    )
    named = tuple(dict.fromkeys(one.metric for one in found))
    return Section("corrected", "Corrected numbers", (Table("corrected", "", _COLUMNS, rows, note, measures=named),))


def _touches(one: Correction, context: Context) -> bool:
    return one.start < context.period.end and context.period.start < one.end


def _row(one: Correction, context: Context) -> Row | None:
    metric = next((metric for metric in context.reader.metrics if metric.id == one.metric), None)
    if metric is None or metric.version != one.version:
        return None
    reading = context.reader.reading(metric, one.scope, one.period)
    return row(
        metric.name,
        context.name_of(one.scope),
        text.period(one.period),
        words.value(reading, Value(one.counted_value)),
        words.value(reading),
        one.why,
        one.proposed_by,
        one.approved_by,
        text.instant(one.approved_at, context.zone),
    )


CORRECTED = SectionKind("board.corrected", corrected)
