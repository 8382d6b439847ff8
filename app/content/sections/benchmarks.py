"""Benchmarks: the register of every target, published value and duty, with where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from app.content import format as text
from app.content.blocks import Cell, Column, Facts, Notice, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, row
from app.content.sections.published import compared, measured, published_text
from app.content.sections.tiles import PAGES
from data.benchmarks.load import MEANING, Edition, Figure, Obligation, Reference, Survey, load
from data.benchmarks.quick_check import QUESTIONS, surveys
from data.benchmarks.score import Target
from data.metrics import metric_named
from data.metrics.base import Metric
from data.warehouse.change_log import Change
from data.warehouse.readings import Reading
from data.warehouse.target_edits import settings_of

WHOLE = "Whole company"
_ONE_REASON = 60


def summary(context: Context) -> Section:
    """How much the register holds."""
    alive = [one for one in context.reader.targets if _alive(one, context.reader.today)]
    editions = [file.edition for file in load()]
    published = [one for edition in editions for one in (*edition.reference, *edition.survey, *edition.figure)]
    pairs = (
        ("Targets in force", text.count(len(alive))),
        ("Published values", text.count(len(published))),
        ("Publishers", text.count(len({one.publisher for one in published}))),
        ("Duties by law or standard", text.count(sum(len(edition.obligation) for edition in editions))),
    )
    return Section("benchmarks", "", (Facts(pairs),))


def targets(context: Context) -> Section:
    """Every target that was ever in force, those that judge the shown period first."""
    rows = context.reader.targets
    context.readings(list(dict.fromkeys(one.metric for one in rows if _known(one.metric, context))))
    said = settings_of(context.reader.connection)
    columns = (
        *(Column("Measure"), Column("For"), Column("Target", kind="number"), Column("Value", kind="number")),
        *(Column("Verdict", kind="verdict"), Column("Statistic"), Column("From"), Column("Until"), Column("Kind")),
        *(Column("Publisher"), Column("Vintage"), Column("Owner"), Column("Set by"), Column("Reason")),
        Column("Used on"),
    )
    told = [(one, _reading(one, context)) for one in rows if _known(one.metric, context)]
    told.sort(key=lambda pair: (not _judges(*pair), pair[0].valid_to is not None))
    table = Table(
        "targets",
        "",
        columns,
        tuple(_target(one, reading, said, context) for one, reading in told),
        f"Values and verdicts of {text.period(context.period)}. A target never judges a period that began before it.",
        empty="No target is set: the numbers stand without a verdict.",
    )
    return Section("targets", "Targets", (table,))


def _known(metric: str, context: Context) -> bool:
    return any(one.id == metric for one in context.reader.metrics)


def _alive(target: Target, day: date) -> bool:
    return target.valid_from <= day and (target.valid_to is None or day < target.valid_to)


def _reading(target: Target, context: Context) -> Reading:
    """Of the scope that the target is for; the company's targets are shown for the chosen scope."""
    within = context.reader.within
    if target.scope is None or target.scope == context.scope or target.scope not in context.reader.tree:
        return context.reading(target.metric)
    if within is not None and target.scope not in within:
        return context.reading(target.metric)
    return context.reader.reading(context.reader.metric(target.metric), target.scope, context.period)


def _judges(target: Target, reading: Reading) -> bool:
    found = reading.target
    return found is not None and _key(found) == _key(target)


def _key(target: Target) -> tuple[str, str | None, date]:
    return target.benchmark, target.scope, target.valid_from


def _target(
    target: Target, reading: Reading, said: Mapping[tuple[str, str | None, date], tuple[Change, ...]], context: Context
) -> Row:
    metric, judges = reading.metric, _judges(target, reading)
    changes = said.get(_key(target), ())
    last = changes[-1] if changes else None
    cells = (
        Cell(metric.name),
        Cell(WHOLE if target.scope is None else context.name_of(target.scope)),
        Cell(words.target_text(metric, target, reading.currency)),
        Cell(words.value(reading) if judges else ""),
        Cell(verdict=words.verdict_word(reading.verdict)) if judges else Cell("not in force"),
        Cell(target.statistic),
        Cell(text.day(target.valid_from)),
        Cell(text.day(target.valid_to) if target.valid_to else "replaced"),
        Cell(target.kind),
        Cell(target.publisher),
        Cell(target.vintage),
        Cell(target.owner),
        Cell(f"{last.actor}, {text.instant(last.at, context.zone)}" if last else text.ABSENT),
        Cell(_shortly(last.why) if last else ""),
        Cell(used(metric, context)),
    )
    return Row(cells)


def _shortly(reason: str) -> str:
    return reason if len(reason) <= _ONE_REASON else f"{reason[: _ONE_REASON - 1].rstrip()}…"


def used(metric: Metric, context: Context) -> str:
    """Where a reader meets the measure."""
    board = metric.id in context.reader.settings.kpis
    page = PAGES[metric.domain].capitalize()
    return ", ".join([*(["Board", "Board pack"] if board else []), page])


def references(context: Context) -> Section:
    """Every published value of a measure of ours, with what it is worth."""
    readings = {one.metric.id: one for one in context.readings(measured())}
    columns = (
        *(Column("Measure"), Column("Published as"), Column("Published", "right"), Column("Ours", "right")),
        *(Column("Mark"), Column("Of whom"), Column("Publisher"), Column("Vintage"), Column("Counted how")),
        *(Column("Source"), Column("Used on")),
    )
    found = [one for metric in context.reader.metrics for _, one in _of(metric)]
    rows = tuple(_reference(one, readings[one.metric]) for one in found)
    table = Table("references", "", columns, rows, "Published values are no targets: they judge nothing.")
    return Section("references", "Published values", (table,))


def _of(metric: Metric) -> tuple[tuple[Edition, Reference], ...]:
    return tuple((file.edition, one) for file in load() for one in file.edition.reference if one.metric == metric.id)


def _reference(one: Reference, reading: Reading) -> Row:
    page = PAGES[reading.metric.domain].capitalize()
    cells = (
        *(Cell(reading.metric.name), Cell(one.label), Cell(published_text(reading.metric, one))),
        *(Cell(words.value(reading, compared(reading))), Cell(one.confidence), Cell(one.segment)),
        *(Cell(one.publisher), Cell(one.vintage)),
        *(Cell(f"{_capital(one.statistic)}. {one.method}"), Cell(one.source, href=one.url or "")),
        Cell(f"Charts of {page}, Benchmarks" if one.show else "Benchmarks"),
    )
    return Row(cells)


def _capital(words_: str) -> str:
    return words_[:1].upper() + words_[1:]


def answers(_context: Context) -> Section:
    """The published answers to the Quick Check, as published."""
    asked = (*QUESTIONS, "throughput", "instability")
    names = [metric_named(one).name for one in QUESTIONS] + ["Throughput", "Instability"]
    columns = (Column("Segment"), *(Column(name, kind="number") for name in names), Column("Mark"), Column("Source"))
    rows = tuple(_survey(one, asked) for one in surveys())
    note = (
        "Mean ± standard deviation on the questionnaire's scale from 0 to 10, as published: of change fail rate, "
        "rework and instability a tenth of the percentage, lower being better; higher is better of all others."
    )
    return Section("answers", "Published answers to the Quick Check", (Table("answers", "", columns, rows, note),))


def _survey(one: Survey, asked: tuple[str, ...]) -> Row:
    spreads = [getattr(one, name) for name in asked]
    told = [
        text.ABSENT if found is None else f"{text.number(found.mean, 1)}\u00a0±\u00a0{text.number(found.sd, 1)}"
        for found in spreads
    ]
    return row(one.label, *told, one.confidence, text.joined(one.publisher, one.source))


def obligations(_context: Context) -> Section:
    """What laws and standards ask for, in their own terms."""
    found = [(file.edition, one) for file in load() for one in file.edition.obligation]
    columns = (
        *(Column("Regime"), Column("Duty"), Column("Limit"), Column("Binds"), Column("Provision"), Column("Mark")),
        *(Column("Publisher"), Column("Vintage"), Column("Source"), Column("Owner")),
    )
    rows = tuple(_obligation(one, edition) for edition, one in found)
    note = "No measure is judged by these. They are no legal advice: read the text before you rely on one."
    return Section("obligations", "Duties by law and standard", (Table("obligations", "", columns, rows, note),))


def _obligation(one: Obligation, edition: Edition) -> Row:
    told = (one.regime, one.duty, one.limit, one.segment, one.method, one.confidence)
    return row(*told, one.publisher, one.vintage, one.source, edition.owner)


def figures(_context: Context) -> Section:
    """Published figures for which there is no measure of ours."""
    found = [one for file in load() for one in file.edition.figure]
    columns = (
        *(Column("What was measured"), Column("Value"), Column("Mark"), Column("Segment"), Column("Publisher")),
        *(Column("Vintage"), Column("Method"), Column("Source")),
    )
    table = Table("figures", "", columns, tuple(_figure(one) for one in found))
    return Section("figures", "Other published figures", (table,))


def _figure(one: Figure) -> Row:
    return row(one.measure, one.value, one.confidence, one.segment, one.publisher, one.vintage, one.method, one.source)


def marks(_context: Context) -> Section:
    """What a mark of confidence says."""
    rows = tuple(row(mark, meaning) for mark, meaning in MEANING.items())
    table = Table("marks", "", (Column("Mark"), Column("What it says of a value")), rows)
    left_out = Notice("info", "A figure that nobody could verify is not in this register.")
    return Section("marks", "Marks of confidence", (table, left_out))


SUMMARY = SectionKind("benchmarks.summary", summary)
TARGETS = SectionKind("benchmarks.targets", targets)
REFERENCES = SectionKind("benchmarks.references", references)
ANSWERS = SectionKind("benchmarks.answers", answers)
OBLIGATIONS = SectionKind("benchmarks.obligations", obligations)
FIGURES = SectionKind("benchmarks.figures", figures)
MARKS = SectionKind("benchmarks.marks", marks)
