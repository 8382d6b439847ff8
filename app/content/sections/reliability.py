"""Reliability: does it stay up, what of the error budget is left, which days cost it, what do partners' calls do."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from app.content.blocks import Block, Cell, Column, Notice, Row, Section, Table, Tiles
from app.content.sections import exact, words
from app.content.sections.base import Context, SectionKind
from app.content.sections.tiles import absent, tile, trend
from app.content.sections.uptimes import down
from data.metrics import metric_named
from data.metrics.base import Domain
from data.money import from_millionths
from data.warehouse import read_events
from data.warehouse.parts import Part
from data.warehouse.read_events import ScopeDayRow
from data.warehouse.readings import Reading

FIRST = (
    *("availability", "error_budget", "integration_error_rate", "time_to_restore", "time_to_acknowledge"),
    *("availability_requests", "error_rate", "availability_incidents", "availability_providers"),
)
METRICS = ("availability", "error_budget", "availability_requests", "error_rate", "integration_error_rate")
_WORST_DAYS = 25
_UPTIME = ("availability",)


def summary(context: Context) -> Section:
    """The numbers of reliability."""
    tiles = tuple(tile(one, context, linked=False) for one in context.of_domain(Domain.RELIABILITY, FIRST))
    return Section("reliability", "", (Tiles(tiles),))


def uptime(context: Context) -> Section:
    """Uptime over time against its target, and what the verdict rests on."""
    reading = context.reading("availability")
    note = "The line is all services together. The target holds only where every tier-1 service meets it."
    return Section("uptime", "Uptime", (trend(reading, note=note if reading.deciding else ""),))


def services(context: Context) -> Section:
    """Each service with its tier, uptime, error budget and error rate; the worst first."""
    uptime_, budget, _, errors, _ = context.readings(METRICS)
    spent = {part.scope.id: part for part in budget.parts}
    wrong = {part.scope.id: part for part in errors.parts}
    columns = (
        Column("Service"),
        Column("Tier", "right"),
        exact.column(uptime_.metric, "Uptime"),
        Column("Verdict", kind="verdict"),
        exact.column(budget.metric, "Budget spent"),
        Column("Down", kind="number", unit="minutes"),
        Column("Time known", kind="number", unit="%"),
        exact.column(errors.metric),
    )
    ordered = sorted(uptime_.parts, key=lambda part: (part.value.value is None, part.value.value or Decimal(0)))
    rows = tuple(
        _service(uptime_, part, spent.get(part.scope.id), (errors, wrong.get(part.scope.id))) for part in ordered
    )
    if not rows:
        block: Block = absent(uptime_) if uptime_.value.reason == "no_source" else _one_service()
        return Section("services", "Services", (block,))
    return Section(
        "services",
        "Services",
        (Table("services", "", columns, rows, "The worst first.", measures=METRICS),),
        _held(context),
    )


def _one_service() -> Notice:
    return Notice("info", "This scope is one service: its numbers stand above.")


def _held(context: Context) -> str:
    reading = context.reading("availability")
    return words.evidence(reading) if reading.parts and reading.value.value is not None else ""


def _service(uptime_: Reading, part: Part, spent: Part | None, errors: tuple[Reading, Part | None]) -> Row:
    used = spent.value if spent else None
    cells = (
        Cell(part.scope.name),
        Cell("" if part.scope.tier is None else str(part.scope.tier)),
        exact.part(uptime_, part),
        Cell(verdict=words.verdict_word(part.verdict)),
        exact.marked(exact.share(used.value if used else None, digits=0), used),
        exact.marked(exact.minutes(down(part.value)), part.value),
        exact.share(part.value.coverage if part.value.value is not None else None, digits=1),
        exact.part(*errors),
    )
    return Row(cells)


def worst_days(context: Context) -> Section:
    """The days that cost most uptime: the very days behind the number."""
    reading = context.reading("availability")
    if reading.value.value is None:
        return Section("worst-days", "Worst days", (absent(reading),))
    scopes = [one.id for one in context.reader.below(context.scope, context.period, "service")]
    metric = metric_named("availability")
    found = read_events.days_of(context.reader.connection, metric, scopes, "", context.period)
    bad = sorted((one for one in found if one.denominator > one.numerator), key=_lost, reverse=True)
    columns = (
        Column("Day"),
        Column("Service"),
        Column("Tier", "right"),
        Column("Down", kind="number", unit="minutes"),
        Column("Share of the lost time", kind="number", unit="%"),
        Column("Day known", kind="number", unit="%"),
    )
    lost = sum(_lost(one) for one in bad)
    rows = tuple(_day(one, lost, context) for one in bad)
    empty = f"No service was down in {text.period(context.period)}."
    shown, rest = rows[:_WORST_DAYS], rows[_WORST_DAYS:]
    note = f"Most lost time first. {words.as_counted(reading)}".rstrip()
    table = Table("worst-days", "", columns, shown, note, empty=empty, rest=rest, measures=_UPTIME)
    said = (
        f"{text.duration(from_millionths(lost))} down on {text.plural(len({one.day for one in bad}), 'day')}"
        if bad
        else ""
    )
    return Section("worst-days", f"The days behind {words.value(reading)}", (table,), said)


def _lost(one: ScopeDayRow) -> int:
    return one.denominator - one.numerator


def _day(one: ScopeDayRow, lost: int, context: Context) -> Row:
    scope = context.reader.tree.get(one.scope, one.day)
    cells = (
        Cell(text.day(one.day), exact=one.day),
        Cell(scope.name),
        Cell("" if scope.tier is None else str(scope.tier)),
        exact.minutes(from_millionths(_lost(one))),
        exact.share(Decimal(_lost(one)) / lost, digits=1),
        exact.share(Decimal(one.known) / one.expected if one.expected else None, digits=1),
    )
    return Row(cells)


SUMMARY = SectionKind("reliability.summary", summary)
UPTIME = SectionKind("reliability.uptime", uptime)
SERVICES = SectionKind("reliability.services", services)
WORST_DAYS = SectionKind("reliability.worst_days", worst_days)
