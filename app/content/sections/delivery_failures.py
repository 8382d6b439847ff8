"""Which deployments failed, and how that is known."""

from __future__ import annotations

from collections import Counter

from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, share
from app.content.sections.tiles import absent
from data.metrics.base import is_release
from data.warehouse import read_events
from data.warehouse.read_incidents import Failure

_TITLE = "How failures are known"


def methods(context: Context) -> Section:
    """Failed deployments by how they are known to have failed, each once, by its surest link."""
    reading = context.reading("change_fail_rate")
    if reading.value.value is None:
        return Section("failures", _TITLE, (absent(reading),))
    found = read_events.releases(context.reader.connection, context.everything_below(), *context.days)
    rules = context.reader.settings.metrics
    counted = [one for one in found if is_release(one.deployment, rules)]
    surest = [one.failures[0] for one in counted if one.failures]
    if not surest:
        said = f"None of the {text.count(len(counted))} deployments failed. {words.provisional(reading)}".strip()
        return Section("failures", _TITLE, (Notice("info", said),))
    columns = (
        Column("Known by"),
        Column("Held against"),
        Column("Sureness", kind="number", unit="%"),
        Column("Deployments", kind="number"),
        Column("Of all failed", kind="number", unit="%"),
    )
    counts = Counter((one.confidence, one.method, one.incident is not None) for one in surest)
    rows = [_row(key, count, len(surest)) for key, count in sorted(counts.items(), key=lambda pair: -pair[0][0])]
    rows.append(_total(len(surest), len(counted), words.value(reading)))
    late = words.provisional(reading)
    note = "A deployment counts once, by its surest link, however many incidents followed it."
    note += f" {late[0].upper()}{late[1:]}." if late else ""
    return Section(
        "failures",
        _TITLE,
        (Table("failures", "", columns, tuple(rows), note, measures=("change_fail_rate",)),),
        _unsure(surest),
    )


def _unsure(surest: list[Failure]) -> str:
    """How much of the number rests on nothing but time."""
    guessed = sum(one.confidence < 0.9 for one in surest)
    if not guessed:
        return "Every failure was declared, or named by its incident."
    return f"{text.count(guessed)} of {text.plural(len(surest), 'failure')} known by time alone."


def _row(key: tuple[float, str, bool], count: int, whole: int) -> Row:
    confidence, method, incident = key
    part = share(count, whole)
    cells = (
        Cell(f"{method[0].upper()}{method[1:]}"),
        Cell("incident" if incident else "rollback"),
        Cell(text.percent(confidence, digits=0), exact=round(confidence * 100)),
        Cell(text.count(count), exact=count),
        Cell(text.percent(part, digits=0), exact=None if part is None else part * 100),
    )
    return Row(cells)


def _total(failed: int, whole: int, rate: str) -> Row:
    said = f"{text.count(failed)} of {text.count(whole)} deployments"
    return Row(
        (Cell("Change fail rate"), Cell(said), Cell(), Cell(text.count(failed), exact=failed), Cell(rate)), strong=True
    )


METHODS = SectionKind("delivery.failures", methods)
