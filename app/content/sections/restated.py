"""What was restated: numbers of closed periods as they were reported, and as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.content import format as text
from app.content.blocks import Cell, Column, Row, Section, Table
from app.content.sections import words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import PAGES
from data.metrics.base import NOT_KEPT, Metric, Value
from data.period import Kind, Period, containing
from data.warehouse import read
from data.warehouse.read import Restated
from data.warehouse.readings import Reader

_MONTHS, _ROWS = 6, 12
Values = Mapping[tuple[str, Period], Value]
_COLUMNS = (
    Column("Measure"),
    Column("Period"),
    Column("As reported", kind="number"),
    Column("Now", kind="number"),
    Column("Days changed", kind="number"),
    Column("Last changed"),
    Column("Cause"),
)


@dataclass(frozen=True)
class _Line:
    metric: Metric
    period: Period
    then: str
    now: str
    days: Sequence[Restated]

    @property
    def causes(self) -> str:
        return ", ".join(sorted({one.cause for one in self.days}))


def restated(context: Context) -> Section:
    """Every number of the shown period, and of the months before it, that changed since the shown period closed.

    While it is open: since the one before it closed. Without blocks where nothing changed.
    """
    closed = context.period if context.reader.closed(context.period) else context.period.previous()
    found = tuple(_lines(context, closed)) if context.reader.closed(closed) else ()
    if not found:
        return Section("restated", "", ())
    since = closed.closes_at(context.zone)
    note = f"As reported: every change of facts after {text.instant(since, context.zone)} undone."
    rows = tuple(_row(one, context) for one in found)
    named = tuple(dict.fromkeys(one.metric.id for one in found))
    table = Table("restated", "", _COLUMNS, rows[:_ROWS], note, rest=rows[_ROWS:], measures=named)
    return Section("restated", f"Restated since {text.period(closed)} closed", (table,), _summary(found, closed))


def _lines(context: Context, closed: Period) -> Iterator[_Line]:
    reader, since = context.reader, closed.closes_at(context.zone)
    changed: dict[str, list[Restated]] = defaultdict(list)
    for one in read.restated_since(reader.connection, since, context.scope):
        changed[one.metric].append(one)
    known = [metric for metric in reader.metrics if metric.id in changed]
    if not known:
        return
    days = [one.day for found in changed.values() for one in found]
    months = sorted({containing(day, Kind.MONTH) for day in days}, reverse=True)
    periods = [closed, *[month for month in months if month.end <= closed.start][:_MONTHS]]
    now = reader.values(known, context.scope, periods)
    then = Reader(reader.connection, reader.settings, since).values(known, context.scope, periods)
    order = {name: place for place, name in enumerate(reader.settings.kpis)}
    for period in periods:
        for metric in sorted(known, key=lambda one: order.get(one.id, len(order))):
            told = _told(context, metric, period, (then, now))
            moved = [one for one in changed[metric.id] if one.day in period]
            if moved and told[0] != told[1]:
                yield _Line(metric, period, *told, moved)


def _told(context: Context, metric: Metric, period: Period, values: tuple[Values, Values]) -> tuple[str, str]:
    reader = context.reader
    currency, target = reader.currency(context.scope, period), reader.target(metric.id, context.scope, period)

    def shown(value: Value) -> str:
        kept = value.reason != NOT_KEPT
        return words.marked(words.amount(metric, value.value, currency, target), value) if kept else "not kept"

    then, now = (shown(one[metric.id, period]) for one in values)
    return then, now


def _row(one: _Line, context: Context) -> Row:
    last = max(day.at for day in one.days)
    days = text.count(len({day.day for day in one.days}))
    texts = (text.period(one.period), one.then, one.now, days, text.instant(last, context.zone), one.causes)
    return Row((Cell(one.metric.name), *(Cell(said) for said in texts)), PAGES[one.metric.domain])


def _summary(found: Sequence[_Line], closed: Period) -> str:
    """The first two changes of the closed period, in a sentence."""
    own = [one for one in found if one.period == closed]
    said = [
        f"{one.metric.name} {one.then} → {one.now} "
        f"({text.plural(len({day.day for day in one.days}), 'day')}, {one.causes})"
        for one in own[:2]
    ]
    return "; ".join(said) + "." if said else f"Not {text.period(closed)} itself: months before it."


RESTATED = SectionKind("board.restated", restated)
