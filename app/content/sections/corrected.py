"""Numbers that people corrected: what was counted, what it was corrected to, why, and by which two people."""

from __future__ import annotations

from app.content import format as text
from app.content.blocks import Column, Notice, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, row
from data.metrics.base import Value
from data.warehouse.corrected import Correction
from data.warehouse.readings import Reading

_NAMED = 3

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
    found, aside = _found(context), _set_aside(context)
    if not found:
        return Section("corrected", "", aside)
    note = (
        "A number with † is corrected, or holds one that is. Time that a correction covers in part only is told as it "
        "was counted."
    )
    named = tuple(dict.fromkeys(reading.metric.id for _, reading in found))
    rows = tuple(_row(one, reading, context) for one, reading in found)
    table = Table("corrected", "", _COLUMNS, rows, note, measures=named)
    return Section("corrected", "Corrected numbers", (table, *aside))


def noted(context: Context) -> Section:
    """The same in a sentence, for the head of a page."""
    found = _found(context)
    if not found:
        return Section("corrected-note", "", ())
    said = [_sentence(one, reading, context) for one, reading in found[:_NAMED]]
    more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    numbers = "A number is" if len(found) == 1 else f"{text.count(len(found))} numbers are"
    sentence = f"{numbers} corrected and marked {words.CORRECTED}: {'; '.join(said)}{more}."
    return Section("corrected-note", "", (Notice("info", sentence, "See who corrected it, and why", "approvals"),))


def _found(context: Context) -> list[tuple[Correction, Reading]]:
    below, metrics = context.reader.tree.ever_below(context.scope), {one.id: one for one in context.reader.metrics}
    return [
        (one, context.reader.reading(metrics[one.metric], one.scope, one.period))
        for one in context.reader.corrections
        if one.scope in below
        and one.start < context.period.end
        and context.period.start < one.end
        and one.metric in metrics
        and metrics[one.metric].version == one.version
    ]


def _set_aside(context: Context) -> tuple[Notice, ...]:
    """Corrections of an earlier definition, which the numbers of today's no longer take up."""
    versions = {one.id: one.version for one in context.reader.metrics}
    below = context.reader.tree.ever_below(context.scope)
    old = [
        f"{one.metric} of {context.name_of(one.scope)}, {text.period(one.period)}"
        for one in context.reader.corrections
        if one.scope in below and versions.get(one.metric) != one.version
    ]
    if not old:
        return ()
    counts = "count" if len(old) > 1 else "counts"
    said = f"{text.plural(len(old), 'correction')} of an earlier definition no longer {counts}: {'; '.join(old)}."
    return (Notice("info", said, "Propose what still holds again"),)


def _sentence(one: Correction, reading: Reading, context: Context) -> str:
    counted = words.value(reading, Value(one.counted_value))
    what = f"{reading.metric.name} of {context.name_of(one.scope)}, {text.period(one.period)}"
    return f"{what}, counted {counted}, is {words.value(reading)}"


def _row(one: Correction, reading: Reading, context: Context) -> Row:
    return row(
        reading.metric.name,
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
NOTED = SectionKind("board.corrected_note", noted)
