"""Where the year of a budget lands: what was spent, what is still to come, what a run rate would misread."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Bars, Cell, Column, Facts, Notice, Row, Section, Series, Table
from app.content.budget_views import money, short
from data.finance.budget import Scenario, Side, converted, view
from data.finance.forecast import UNBUDGETED, Actuals, Forecast, Landed, RunRate
from data.finance.variance import judged
from data.money import Money

_SHOWN = 15


def landing(of: Scenario, found: Forecast, done: Actuals, rate: RunRate) -> Section:
    """Where the year ends: what was spent, what is still to come, against what was planned."""
    planned, lands = view(of, "line", Side.COST).total, found.landing()
    spent = [_sum(one.months[: done.closed]) for one in found.of_side(Side.COST)]
    so_far = None if None in spent else sum((one for one in spent if one is not None), Decimal(0))
    title = "Forecast and landing"
    if lands is None or so_far is None:
        missing = [one for one in found.lines if one.landing is None]
        names = ", ".join(_name(of, one) for one in missing[:5])
        said = f"An exchange rate is missing for {names}, so the year cannot be told."
        return Section("budget-landing", title, (Notice("missing", said), _landing_table(of, found)))
    difference = lands - planned
    facts = Facts((
        ("Spent in closed months", short(of.currency, so_far)), ("Still to come", short(of.currency, lands - so_far)),
        ("Landing", short(of.currency, lands)), ("Budget", short(of.currency, planned)),
        ("Run rate of what is billed, last month × 12", _rate(of, rate.last_month)),
        ("Last three months × 4", _rate(of, rate.three_months)),
    ))  # fmt: skip
    way = "over" if difference > 0 else "under"
    word = judged(difference)
    summary = f"The year lands at {short(of.currency, lands)}, as planned."
    if difference:
        summary = (
            f"The year lands at {short(of.currency, lands)}, {short(of.currency, abs(difference))} {way} its budget"
        )
        summary += f" ({text.percent(abs(difference) / planned, digits=1)}): {word}." if planned else f": {word}."
    figure = _landing_figure(of, found, done, summary)
    return Section(
        "budget-landing", title, (facts, figure, _landing_table(of, found), _flags(of, found, rate)), summary
    )


def _rate(of: Scenario, amount: Decimal | None) -> str:
    return text.ABSENT if amount is None else short(of.currency, amount)


def _sum(months: Sequence[Decimal | None]) -> Decimal | None:
    return None if None in months else sum((one for one in months if one is not None), Decimal(0))


def _landing_figure(of: Scenario, found: Forecast, done: Actuals, summary: str) -> Bars:
    planned = view(of, "line", Side.COST).months
    flat = [None if one is None else Money(one, of.currency) for one in (*planned, *found.months())]
    values, unit = text.money_axis(flat)
    told = tuple(text.money(one) for one in flat)
    return Bars(
        id="budget-year",
        title=summary.rstrip("."),
        subtitle=f"Costs per month: the plan beside {text.plural(done.closed, 'month')} of actuals and the forecast",
        unit=unit,
        periods=of.periods,
        series=(
            Series("planned", values[:12], "context", told[:12]),
            Series("spent or forecast", values[12:], "subject", told[12:]),
        ),
        alt=f"Two columns a month, planned and spent or forecast. {summary}",
        stacking="grouped",
        note="Closed months show what was used (accrual), without taxes; lines that nobody bills stand as planned.",
    )


def _landing_table(of: Scenario, found: Forecast) -> Table:
    columns = (
        Column("Line"),
        *(Column(name, kind="number", unit=of.currency) for name in ("Budget", "So far", "To come", "Landing")),
        Column("Difference", kind="number", unit=of.currency),
        Column("Is"),
        Column("Rests on"),
    )
    told = [(one, _planned(of, one)) for one in found.lines]
    told.sort(key=lambda pair: -abs((pair[0].landing or Decimal(0)) - pair[1]))
    rows = [_landed(of, one, planned, found.closed) for one, planned in told]
    return Table(
        "budget-landing-lines", "", columns, tuple(rows[:15]), "The largest differences first.", rest=tuple(rows[15:])
    )


def _planned(of: Scenario, one: Landed) -> Decimal:
    if one.line == UNBUDGETED:
        return Decimal(0)
    return sum(converted(of, of.line(one.line)) or (), Decimal(0))


def _landed(of: Scenario, one: Landed, planned: Decimal, closed: int) -> Row:
    so_far, ahead, lands = _sum(one.months[:closed]), _sum(one.months[closed:]), one.landing
    difference = None if lands is None else lands - planned
    basis = " · ".join(dict.fromkeys(_BASES[word] for word in one.basis))
    word = "" if difference is None else judged(difference, one.side)
    amounts = (money(of.currency, amount) for amount in (planned, so_far, ahead, lands))
    moved = money(of.currency, difference, signed=True)
    return Row((Cell(_name(of, one)), *amounts, moved, Cell(word), Cell(basis)))


_BASES = {"actual": "actuals", "driver": "its driver", "plan": "the plan", "unknown": "not known"}


def _name(of: Scenario, one: Landed) -> str:
    return "Not budgeted" if one.line == UNBUDGETED else of.line(one.line).name


def _flags(of: Scenario, found: Forecast, rate: RunRate) -> Table:
    columns = (
        Column("Line"),
        Column("Month"),
        Column("What"),
        *(Column(name, kind="number", unit=of.currency) for name in ("Billed", "Used")),
    )
    names = {line.id: line.name for line in of.lines} | {UNBUDGETED: "Not budgeted"}
    rows = tuple(
        Row((
            Cell(names[one.line]), Cell(text.period(of.periods[one.month])), Cell(one.what),
            money(of.currency, one.amount), money(of.currency, one.used),
        ))
        for one in found.flags
    )  # fmt: skip
    note = f"{short(of.currency, rate.left_out)} of one-offs in the last three months stay out of the run rate."
    empty = "No one-off charge and no month paid in advance."
    return Table(
        "budget-flags", "What a run rate would misread", columns, rows, note if rate.left_out else "", empty=empty
    )
