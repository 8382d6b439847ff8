"""What approved business cases promised and what came of it; reviews that nobody made."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Row, Section, Table
from app.content.sections import case_words as words
from app.content.sections.base import Context, SectionKind
from data.finance.case import View
from data.finance.levers.base import Unit
from data.finance.measures import MEASURES
from data.finance.monte_carlo import Simulation
from data.finance.roi import valuation
from data.finance.uncertain import simulated
from data.metrics.base import Unit as MetricUnit
from data.warehouse.cases import Kept
from data.warehouse.ledger import Entry, entries_below, in_force_below


def ledger(context: Context) -> Section:
    """Every review of the approved cases: what was planned, what was measured, what it is worth, who said why."""
    found = entries_below(context.reader, context.scope)
    currencies = {one.kept.case.currency for one in found}
    unit = currencies.pop() if len(currencies) == 1 else ""
    columns = (
        Column("Case"),
        Column("Promised on"),
        Column("Review", "right"),
        Column("Before", "right"),
        Column("Planned", "right"),
        Column("Measured", "right"),
        Column("Planned a year", "right", "number", unit),
        Column("Realised a year", "right", "number", unit),
        Column("Why it moved"),
    )
    rows = tuple(_row(one, context, exact=bool(unit)) for one in found)
    made = sum(one.review is not None for one in found)
    late = sum(one.overdue(context.reader.today) for one in found)
    empty = "No business case was approved yet: what one promises is looked at after 3, 6 and 12 months."
    said = f"{made} of {text.plural(len(found), 'review')} made, {late} overdue" if found else ""
    note = "That a measure moved does not show why: the last column is what its reviewer signed for." if found else ""
    return Section("ledger", "Benefit ledger", (Table("ledger", "", columns, rows, note, empty=empty),), said)


def _row(one: Entry, context: Context, *, exact: bool) -> Row:
    """A review; amounts are given exactly where all are of one currency."""
    promise, made = one.promised, one.review

    def shown(value: Decimal | None) -> str:
        return "" if value is None else told(promise.measure, value, one.kept.case.currency, context)

    if made is not None:
        measured = shown(made.value) or made.reason
        planned, realised = (
            _amount(amount, made.currency, exact) for amount in (made.planned_amount, made.realised_amount)
        )
        why = f"{made.attribution}: {made.said} ({made.reviewed_by}, {text.day(made.reviewed_at.date())})"
    else:
        state = "overdue" if one.overdue(context.reader.today) else "to come"
        measured, planned, realised, why = state, Cell(), Cell(), ""
    cells = (
        Cell(f"{one.kept.case.name} v{one.kept.version}: {promise.title}"),
        Cell(f"{measure_name(promise.measure, context)}, {context.name_of(promise.scope)}"),
        Cell(f"{one.due.month} months, {text.day(one.due.day)}"),
        Cell(shown(promise.baseline)),
        Cell(shown(promise.planned)),
        Cell(measured),
        planned,
        realised,
        Cell(why),
    )
    return Row(cells)


def _amount(amount: Decimal | None, currency: str, exact: bool) -> Cell:
    return Cell() if amount is None else Cell(words.money(amount, currency), exact=amount if exact else None)


def measure_name(name: str, context: Context) -> str:
    """A measure or a metric as a reader calls it."""
    known = next((one.name for one in MEASURES if one.id == name), None)
    return known or next((one.name for one in context.reader.metrics if one.id == name), name)


def told(name: str, value: Decimal, currency: str, context: Context) -> str:
    """A value of a measure or metric in its unit."""
    unit = next((one.unit for one in MEASURES if one.id == name), None)
    if unit is None:
        metric = next((one for one in context.reader.metrics if one.id == name), None)
        units = {MetricUnit.RATIO: Unit.SHARE, MetricUnit.HOURS: Unit.HOURS, MetricUnit.MONEY: Unit.MONEY}
        unit = units.get(metric.unit, Unit.NUMBER) if metric else Unit.NUMBER
    return in_unit(value, unit, currency)


def in_unit(value: Decimal, unit: Unit, currency: str) -> str:
    """A measured value in its unit."""
    match unit:
        case Unit.SHARE:
            return text.percent(value)
        case Unit.HOURS:
            return text.hours(value)
        case Unit.MONEY:
            return words.money(value, currency)
        case _:
            return text.significant(value)


def in_force(context: Context) -> Section:
    """The approved business cases: what each is worth as it was approved, how sure that is, who approved it."""
    found = in_force_below(context.reader, context.scope)
    names = ("Costs", "Benefits", "Net present value", "Return", "Payback", "8 in 10 draws", "Approved")
    columns = (Column("Case"), Column("Told"), *(Column(name, "right") for name in names))
    rows = tuple(_worth(one) for one in found)
    empty = "No business case was approved yet."
    note = "Present values; the draws leave the factors of risk aside." if found else ""
    return Section("cases", "Business cases in force", (Table("cases", "", columns, rows, note, empty=empty),))


def _worth(one: Kept) -> Row:
    case, told, drawn = one.case, valuation(one.case), simulated(one.case)
    assert one.approved_at is not None
    cells = (
        f"{case.name} v{one.version}",
        words.VIEWS[View(told.view)],
        words.money(told.costs, case.currency),
        words.money(told.benefits, case.currency),
        words.money(told.npv, case.currency),
        text.ABSENT if told.roi is None else text.percent(told.roi, digits=1),
        words.payback(told.payback),
        _spread(drawn, case.currency),
        f"{one.approved_by}, {text.day(one.approved_at.date())}",
    )
    return Row(tuple(Cell(said) for said in cells))


def _spread(drawn: Simulation, currency: str) -> str:
    if drawn.p10 == drawn.p90:
        return "no range given"
    return text.between(words.money(drawn.p10, currency), words.money(drawn.p90, currency))


def overdue(context: Context) -> Section:
    """A notice for each case of which nobody made a review that is due; empty where all were made."""
    by_case: dict[str, list[Entry]] = {}
    for one in entries_below(context.reader, context.scope):
        if one.overdue(context.reader.today):
            by_case.setdefault(one.kept.id, []).append(one)
    notices = tuple(Notice("late", _late(found), "Make it on ROI", "roi") for found in by_case.values())
    return Section("reviews", "Promises to look at" if notices else "", notices)


def _late(found: list[Entry]) -> str:
    first = found[0]
    if len(found) == 1:
        said = f"the review of {first.promised.title} after {first.due.month} months was due on"
    else:
        said = f"{len(found)} reviews of what it promised are overdue, the first since"
    return f"{first.kept.case.name}: {said} {text.day(first.due.day)}."


IN_FORCE = SectionKind("roi.in_force", in_force)
LEDGER = SectionKind("roi.ledger", ledger)
OVERDUE = SectionKind("board.reviews", overdue)
