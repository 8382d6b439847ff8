"""Data health: are the data fresh, whole and mapped, and what was set aside."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Facts, Notice, Row, Section, Table, Verdict
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, row
from data.metrics import METRICS
from data.metrics.base import Unit
from data.money import Money
from data.period import Kind, Period, containing
from data.settings import Source
from data.warehouse import read, read_events, read_sources
from data.warehouse.raw import gone_counts
from data.warehouse.read_sources import SourceState
from data.warehouse.readings import Reading
from data.warehouse.reconcile import Reconciliation, reconciliations

_SHOWN = 50
_HALF_A_CENT = Decimal("0.005")


def summary(context: Context) -> Section:
    """The state of the warehouse in a line of pairs."""
    reader, connection = context.reader, context.reader.connection
    version = reader.version
    pairs = [
        ("Data version", f"{version.version}" if version else "none"),
        ("Written", text.instant(version.committed_at, context.zone) if version else text.ABSENT),
        ("First day", text.day(read_events.first_day(connection))),
        ("Unmapped names", text.count(len(read_sources.unmapped_keys(connection)))),
        ("Set aside", text.count(sum(one.rejected for one in read_sources.source_states(connection)))),
        ("Days to roll up", text.count(read_events.waiting_days(connection))),
    ]
    return Section("health", "", (Facts(tuple(pairs)),))


def sources(context: Context) -> Section:
    """Each source: how fresh, against what it promises; what it left open or set aside."""
    states = {one.source: one for one in read_sources.source_states(context.reader.connection)}
    configured = {one.id: one for one in context.reader.settings.source}
    names = [*configured, *sorted(states.keys() - configured.keys())]
    columns = (
        Column("Source"),
        Column("Type"),
        Column("Promise", kind="verdict"),
        Column("Last success"),
        Column("Read up to"),
        Column("Open", kind="number"),
        Column("Set aside", kind="number"),
        Column("Gone there", kind="number"),
        Column("Last run"),
    )
    if not names:
        action = "Add a [[source]] to plumbline.toml, then run `python -m pipelines sync`"
        return Section("sources", "Sources", (Notice("missing", "No source is connected.", action),))
    ends: dict[str, str] = {}
    for (source, _), (_, end) in sorted(read_events.covered_spans(context.reader.connection).items()):
        ends[source] = text.instant(end, context.zone)
    gone = gone_counts(context.reader.connection)
    rows = tuple(
        _source_row(
            name, configured.get(name), states.get(name), (ends.get(name, text.ABSENT), gone.get(name, 0)), context
        )
        for name in names
    )
    note = "Gone there: records that the source lists no longer; what they told stays in the numbers." if gone else ""
    table = Table("sources", "", columns, rows, note)
    return Section("sources", "Sources", (table,), _lateness(context, configured, states))


def _lateness(context: Context, configured: dict[str, Source], states: dict[str, SourceState]) -> str:
    late = [name for name, source in configured.items() if is_late(source, states.get(name), context)]
    if not late:
        return "Every source is within its promise."
    return (
        f"{text.plural(len(late), 'source')} late: {', '.join(late)}. Numbers keep the last good data until it is back."
    )


def is_late(source: Source, state: SourceState | None, context: Context) -> bool:
    """Whether a source has not succeeded within its promise."""
    success = state.last_success if state else None
    return success is None or context.now - success > timedelta(hours=source.fresh_within_hours)


def _source_row(
    name: str, source: Source | None, state: SourceState | None, kept: tuple[str, int | None], context: Context
) -> Row:
    end, gone = kept
    outcome = state.last_outcome or "" if state else "never ran"
    promise = text.hours(Decimal(str(source.fresh_within_hours))) if source else ""
    word: Verdict | None = None if source is None else "missed" if is_late(source, state, context) else "met"
    cells = (
        Cell(name),
        Cell(source.type if source else "no longer configured"),
        Cell(f"every {promise}" if promise else "none", word),
        Cell(text.age(state.last_success, context.now) if state else "never"),
        Cell(end),
        Cell(text.count(state.open_items) if state else ""),
        Cell(text.count(state.rejected) if state else ""),
        Cell(text.count(gone or 0) if state else ""),
        Cell(text.joined(outcome, state.last_message if state else "")),
    )
    return Row(cells)


def coverage(context: Context) -> Section:
    """How much of the period each metric rests on, and the days without a row."""
    readings = context.readings([metric.id for metric in METRICS if metric.derived_from is None])
    columns = (
        Column("Measure"),
        Column("Value", kind="number"),
        Column("Known", kind="number"),
        Column("Days without data"),
        Column("Read"),
        Column("What is missing"),
    )
    rows = tuple(_coverage_row(one, context) for one in readings)
    note = "Time without data counts as unknown, never as good. Below 95 % a verdict follows from what is possible."
    return Section(
        "coverage", f"Coverage and gaps in {text.period(context.period)}", (Table("coverage", "", columns, rows, note),)
    )


def _coverage_row(reading: Reading, context: Context) -> Row:
    share = reading.value.coverage
    absent = reading.value.value is None
    gaps = _days_without(reading, context) if reading.value.reason != "no_source" else ""
    known = "" if reading.metric.unit is Unit.MONEY or (absent and not share) else text.percent(share, digits=1)
    cells = (
        Cell(reading.metric.name),
        Cell(words.value(reading)),
        Cell(known),
        Cell(gaps),
        Cell(text.seen(reading.fresh_at, context.now, context.zone)),
        Cell(words.missing(reading) if absent else ""),
    )
    return Row(cells)


def _days_without(reading: Reading, context: Context) -> str:
    metric, period = reading.metric, reading.period
    there = read.daily_rows(context.reader.connection, metric, reading.scope.id, reading.variant, period)
    missing = [day for day in period.days() if day not in there and day < context.reader.today]
    if not missing:
        return "none"
    if len(missing) == period.length:
        return "all"
    first = text.day(missing[0])
    return first if len(missing) == 1 else f"{len(missing)}, from {first}"


def rejected(context: Context) -> Section:
    """Records that were set aside, each with its reason."""
    found = read_sources.rejected_records(context.reader.connection)
    columns = (*(Column(name) for name in ("Source", "Kind", "Record", "Reason", "Last seen")), _number("Seen"))
    rows = tuple(
        row(
            *(one.source, one.kind, one.place, one.reason, text.instant(one.last_seen, context.zone)),
            text.count(one.times_seen),
        )
        for one in found[:_SHOWN]
    )
    table = Table("rejected", "", columns, rows, total_rows=len(found), empty="Every record could be read.")
    return Section("rejected", "Set aside", (table,))


def reconciliation(context: Context) -> Section:
    """What sources count by themselves beside what is stored; the gap in words."""
    found = reconciliations(context.reader.connection)
    numbers = (_number("At the source"), _number("Here"))
    columns = (Column("Source"), Column("What"), Column("Days"), *numbers, Column("Difference"), Column("Checked"))
    rows = tuple(
        row(
            *(one.source, _counted(one), text.period(_days(one)), _figure(one, one.at_source)),
            *(_figure(one, one.stored), _gap(one), text.instant(one.checked_at, context.zone)),
        )
        for one in found[:_SHOWN]
    )
    apart = sum(1 for one in found if one.gap)
    said = f"{text.plural(apart, 'figure')} of {text.count(len(found))} differ." if apart else ""
    empty = "No source has been asked for a count of its own yet: that comes with the next complete sync."
    table = Table("reconciliation", "", columns, rows, total_rows=len(found), empty=empty)
    return Section("reconciliation", "Held against the sources' own counts", (table,), said)


def _days(one: Reconciliation) -> Period:
    month = containing(one.start, Kind.MONTH)
    return month if month.end == one.end and month.start == one.start else Period(one.start, one.end)


def _counted(one: Reconciliation) -> str:
    rest = one.measure.partition(" ")[2]
    if one.currency is not None:
        return f"invoice {one.key}" if one.key else "charges without an invoice"
    what = f"{one.fact.replace('_', ' ')}s" + (f" of {one.key}" if one.key else "")
    return f"{what} in {rest}" if rest else what


def _figure(one: Reconciliation, amount: Decimal) -> str:
    return text.count(amount) if one.currency is None else text.money(Money(amount, one.currency), exact=True)


def _gap(one: Reconciliation) -> str:
    """In words: below half a cent there is none that anybody could pay."""
    if not one.gap or (one.currency is not None and abs(one.gap) < _HALF_A_CENT):
        return "none"
    return f"{_figure(one, abs(one.gap))} more {'at the source' if one.gap > 0 else 'here'}"


def runs(context: Context) -> Section:
    """The latest syncs of each source."""
    numbers = (_number("Fetched"), _number("Stored"), _number("Set aside"))
    columns = (Column("Source"), Column("Started"), _number("Took"), Column("Outcome"), *numbers, Column("Message"))
    rows = tuple(
        row(
            *(one.source, text.instant(one.started, context.zone)),
            text.duration(one.finished - one.started) if one.finished else "running",
            one.outcome,
            *(text.count(number) for number in (one.fetched, one.stored, one.skipped)),
            one.message,
        )
        for one in read_events.last_runs(context.reader.connection)
    )
    return Section("runs", "Last runs", (Table("runs", "", columns, rows, empty="No sync has run yet."),))


def files(context: Context) -> Section:
    """The manifest of billing files: what was read, whole and unchanged."""
    found = read_events.files(context.reader.connection)
    numbers = (_number("Size"), _number("Rows"), _number("Set aside"))
    columns = (Column("File"), Column("Source"), *numbers, Column("SHA-256"), Column("Read"), Column("Note"))
    rows = tuple(
        row(
            *(one.path, one.source, _size(one.size), text.count(one.rows), text.count(one.rejected)),
            *(one.sha256[:12], text.instant(one.read_at, context.zone), one.note),
        )
        for one in found[:_SHOWN]
    )
    table = Table("files", "", columns, rows, total_rows=len(found), empty="No billing file was read yet.")
    return Section("files", "Billing files", (table,))


def _number(name: str) -> Column:
    return Column(name, kind="number")


def _size(size: int) -> str:
    for factor, unit in ((1_000_000, "MB"), (1000, "kB")):
        if size >= factor:
            return text.with_unit(text.significant(Decimal(size) / factor), unit)
    return text.with_unit(text.count(size), "B")


SUMMARY = SectionKind("health.summary", summary)
SOURCES = SectionKind("health.sources", sources)
COVERAGE = SectionKind("health.coverage", coverage)
RECONCILIATION = SectionKind("health.reconciliation", reconciliation)
REJECTED = SectionKind("health.rejected", rejected)
RUNS = SectionKind("health.runs", runs)
FILES = SectionKind("health.files", files)
