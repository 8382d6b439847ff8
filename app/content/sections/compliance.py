"""Compliance: which controls were done on time and with proof, what is due next, and whether the log keeps up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Facts, Row, Section, Series, Table, Tiles, Trend
from app.content.sections import words
from app.content.sections.base import Context, SectionKind, share
from app.content.sections.tiles import absent, target_line, tile
from data.compliance.cadence import overdue_days
from data.facts import ControlRun
from data.metrics.audit_on_time import decided, fulfilled
from data.metrics.base import NO_SOURCE, Domain
from data.metrics.compliance_log_timeliness import in_time, stored
from data.metrics.quantiles import quantile
from data.period import Kind, Period, containing
from data.warehouse import read_compliance
from data.warehouse.read_compliance import LogDay, Run

METRICS = ("audit_on_time", "compliance_log_timeliness")
_SHOWN, _DAYS, _NAMED = 100, 92, 4
Kept = tuple[str, str]
"""A type of record and the scope that keeps it."""


def summary(context: Context) -> Section:
    """The two numbers of compliance, and what is due."""
    tiles = tuple(tile(one, context, linked=False) for one in context.of_domain(Domain.COMPLIANCE, METRICS))
    return Section("compliance", "", (Tiles(tiles),))


def audits(context: Context) -> Section:
    """Every audit and control that was due: done when, how late, with which proof; then what is due next."""
    reading, title = context.reading("audit_on_time"), "Audits and controls"
    if reading.value.reason == NO_SOURCE:
        return Section("audits", title, (absent(reading),))
    reader, scopes = context.reader, context.everything_below()
    due = read_compliance.runs_due(reader.connection, scopes, context.period)
    coming = read_compliance.runs_open(reader.connection, scopes, reader.today)
    columns = (
        *(Column("Control"), Column("About"), Column("Due"), Column("On time", kind="verdict"), Column("Completed")),
        *(Column("Days late", kind="number"), Column("Proof"), Column("Remark")),
    )
    month = text.period(context.period)
    note = "On time: by the due day, wholly and with a proof."
    grace = reader.settings.metrics.audit_grace_days
    note += f" {text.plural(grace, 'day')} of grace count as on time." if grace else ""
    rows = tuple(_audit(one, context) for one in due)
    empty, shown, rest = f"Nothing was due in {month}.", rows[:_SHOWN], rows[_SHOWN:]
    table = Table("audits", "", columns, shown, note, rest=rest, empty=empty, measures=METRICS[:1])
    return Section("audits", title, (_next(coming, due, context), table), words.evidence(reading) if due else "")


def _next(coming: Sequence[Run], due: Sequence[Run], context: Context) -> Facts:
    """What is due next and what is overdue on the day of the data, and what became of those of the period."""
    today = context.reader.today
    ahead = [one for one in coming if one.run.due >= today]
    late = [one for one in coming if one.run.due < today]
    cancelled = sum(bool(one.run.cancelled) for one in due)
    following = (
        f"{words.plainly(ahead[0].run.obligation)}, {text.day(ahead[0].run.due)}" if ahead else "nothing registered"
    )
    overdue = "none" if not late else f"{text.count(len(late))}, since {text.day(late[0].run.due)}"
    most = max((overdue_days(one.run.due, one.run.completed, today) for one in due if not one.run.cancelled), default=0)
    return Facts(
        (
            ("Next due", following),
            ("Overdue now", overdue),
            ("Longest delay", text.plural(most, "day") if most else "none"),
            ("Cancelled", text.count(cancelled) if cancelled else "none"),
        )
    )


def _audit(one: Run, context: Context) -> Row:
    run, today = one.run, context.reader.today
    late = overdue_days(run.due, run.completed, today)
    days = "" if run.cancelled or (run.completed is None and run.due >= today) else text.count(late)
    proof = (run.evidence or "").strip()
    web = proof if proof.startswith(("http://", "https://")) else ""
    cells = (
        Cell(words.plainly(run.obligation)),
        Cell(context.name_of(one.scope)),
        Cell(text.day(run.due)),
        _held(run, context),
        Cell(text.day(run.completed) if run.completed else "" if run.cancelled else "not yet"),
        Cell(days),
        Cell(("on file" if web else proof) or ("" if run.cancelled else "none"), href=web),
        Cell(_remark(run, late, today)),
    )
    return Row(cells)


def _held(run: ControlRun, context: Context) -> Cell:
    """met or missed as the number counts it; a word where it does not count."""
    grace = context.reader.settings.metrics.audit_grace_days
    if run.cancelled:
        return Cell("cancelled")
    fresh = context.reader.fresh_at(context.reading("audit_on_time").metric)
    if not decided(run, grace, fresh):
        return Cell("not due yet")
    return Cell(verdict="met" if fulfilled(run, grace) else "missed")


def _remark(run: ControlRun, late: int, today: date) -> str:
    if run.cancelled:
        return run.cancelled
    said = [
        "a part was left out" if run.partial else "",
        "no proof" if run.completed and not (run.evidence or "").strip() else "",
        f"overdue since {text.day(run.due)}" if run.completed is None and run.due < today else "",
        f"{text.plural(late, 'day')} late" if run.completed and late else "",
    ]
    return ", ".join(one for one in said if one)


def logging(context: Context) -> Section:
    """Whether the records that the law asks for were stored in time, and stored at all, by type of record."""
    reading, title = context.reading("compliance_log_timeliness"), "Compliance logging"
    if reading.value.reason == NO_SOURCE:
        return Section("logging", title, (absent(reading),))
    found = read_compliance.log_days(context.reader.connection, context.everything_below(), context.period)
    by_type: dict[Kept, list[LogDay]] = defaultdict(list)
    for one in found:
        by_type[one.delivery.record_type, one.scope].append(one)
    ordered = sorted(by_type.items(), key=lambda pair: _share_in_time(pair[1]) or Decimal(0))
    columns = (
        *(
            Column("Type of record"),
            Column("Kept by"),
            Column("In time", kind="number"),
            Column("Stored", kind="number"),
        ),
        *(Column("Missing", kind="number"), Column("Expected", kind="number")),
        *(Column("p95, median day", kind="number"), Column("p95, worst day", kind="number"), Column("Worst day")),
        Column("Days without data", kind="number"),
    )
    rows = tuple(_type(kept, days, context) for kept, days in ordered)
    empty = f"No delivery was told in {text.period(context.period)}."
    table = Table("logging", "", columns, rows, _meaning(context), empty=empty, measures=METRICS[1:])
    figure = _figure(dict(ordered), context)
    return Section("logging", title, (*figure, table), words.evidence(reading) if found else "")


def _meaning(context: Context) -> str:
    seconds = text.duration(context.reader.settings.metrics.log_threshold_seconds)
    return (
        f"In time: stored within {seconds}, of the records expected; a missing one is late. p95: the time within which "
        "95 of 100 records of a day were stored. Days without data are unknown, not good."
    )


def _share_in_time(days: Sequence[LogDay]) -> Decimal | None:
    return share(sum(in_time(one.delivery) for one in days), sum(one.delivery.expected for one in days))


def _type(kept: Kept, days: Sequence[LogDay], context: Context) -> Row:
    expected = sum(one.delivery.expected for one in days)
    there = sum(stored(one.delivery) for one in days)
    target = words.edge(context.reading("compliance_log_timeliness").target)
    waits = sorted(one.delivery.latency for one in days if one.delivery.latency is not None)
    worst = min(days, key=lambda one: _share_in_time([one]) or Decimal(1))
    told = (
        words.plainly(kept[0]),
        context.name_of(kept[1]),
        text.percent(_share_in_time(days), target),
        text.percent(share(there, expected)),
        text.count(expected - there),
        text.count(expected),
        text.duration(quantile(waits, Decimal("0.5"))) if waits else text.ABSENT,
        text.duration(waits[-1]) if waits else text.ABSENT,
        f"{text.day(worst.delivery.day)}, {text.percent(_share_in_time([worst]), target)}",
        text.count(len(_days_come(context)) - len({one.delivery.day for one in days})),
    )
    return Row(tuple(Cell(one) for one in told))


def _days_come(context: Context) -> list[date]:
    """The days of the period that are over as of the data."""
    return [day for day in context.period.days() if day < context.reader.today]


def _figure(by_type: Mapping[Kept, Sequence[LogDay]], context: Context) -> tuple[Trend, ...]:
    """The share in time by day, by month where there are too many days; a day without data is a gap."""
    steps = _steps(context)
    if not by_type or len(steps) < 2:
        return ()
    reading = context.reading("compliance_log_timeliness")
    target = words.edge(reading.target)
    series = []
    for place, (kept, days) in enumerate(by_type.items()):
        shares = [_share_in_time([one for one in days if one.delivery.day in step]) for step in steps]
        values = tuple(None if one is None else float(one * 100) for one in shares)
        texts = tuple(text.percent(one, target) for one in shares)
        series.append(Series(words.plainly(kept[0]), values, "subject" if place < _NAMED else "context", texts))
    if all(value is None for one in series for value in one.values):
        return ()
    gaps = any(value is None for one in series for value in one.values)
    by, shown = "day" if steps[0].length == 1 else "month", text.period(context.period)
    finding = _lowest(series, steps)
    return (
        Trend(
            id="logging-in-time",
            title=finding,
            subtitle=f"Share of the expected records stored in time, by type of record and {by}",
            unit="%",
            periods=tuple(steps),
            series=tuple(series),
            alt=f"Records stored in time by {by} in {shown}, {', '.join(one.name for one in series)}. {finding}.",
            target=target_line(reading),
            note=f"A gap is a {by} without data." if gaps else "",
            measures=METRICS[1:],
        ),
    )


def _lowest(series: Sequence[Series], steps: Sequence[Period]) -> str:
    """The worst value of all lines, and where it lies."""
    known = [(value, one, at) for one in series for at, value in enumerate(one.values) if value is not None]
    _, worst, place = min(known, key=lambda found: found[0])
    return f"Lowest: {worst.name}, {worst.texts[place]} in time, {text.period(steps[place])}"


def _steps(context: Context) -> list[Period]:
    days = _days_come(context)
    if len(days) > _DAYS:
        return sorted({containing(day, Kind.MONTH) for day in days}, key=lambda one: one.start)
    return [Period(day, day + timedelta(days=1)) for day in days]


SUMMARY = SectionKind("compliance.summary", summary)
AUDITS = SectionKind("compliance.audits", audits)
LOGGING = SectionKind("compliance.logging", logging)
