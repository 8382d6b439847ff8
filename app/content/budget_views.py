"""A budget as sections: what it is, what its rules say, how it compares, what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.content import format as text
from app.content.blocks import Bars, Cell, Column, Facts, Headline, Notice, Row, Section, Series, Table, Verdict
from app.content.budget_words import PARTS, line_name, number_said
from app.content.waterfall import End, Good, Part, Waterfall
from data.finance.budget import Scenario, Side, view
from data.finance.compare import Comparison
from data.finance.rules import Finding, Severity, State
from data.finance.variance import PART_NAMES, Variance, judged
from data.money import Money
from data.period import Period
from data.warehouse.budget_rows import Comment, Head, Stored
from data.warehouse.budget_states import Experiment

_SIDES = ((Side.COST, "costs"), (Side.BENEFIT, "benefits"))
_MOST_LINES = 40


def head(stored: Stored, zone: ZoneInfo) -> Section:
    """What a version plans, how it stands and who did what."""
    of, about = stored.scenario, stored.head
    plans = [(name, view(of, "line", side).total) for side, name in _SIDES]
    planned = " and ".join(f"{short(of.currency, total)} of {name}" for name, total in plans if total)
    sentence = f"{of.name} plans {planned or 'nothing yet'}; version {about.version} is {about.status}."
    acts = (
        ("Made", about.created_at, about.created_by), ("Handed in", about.submitted_at, about.submitted_by),
        ("Approved", about.approved_at, about.approved_by), ("Locked", about.locked_at, about.locked_by),
    )  # fmt: skip
    pairs = tuple((name, f"{by}, {text.instant(at, zone)}") for name, at, by in acts if at is not None)
    rates = tuple((f"1 {currency}", f"{text.plain(rate, 4)} {of.currency}") for currency, rate in of.rates)
    more = (("Reason", of.reason),) if of.reason else ()
    blocks = [Headline(sentence, f"FY{of.fiscal_year}, {text.period(of.periods[0])} to {text.period(of.periods[-1])}")]
    told: list[Notice | Facts] = [Facts((*pairs, *rates, *more))]
    if about.returned_because:
        told.insert(0, Notice("info", f"Returned to its author: {about.returned_because}"))
    return Section("budget-head", "", (*blocks, *told))


def rules(findings: Sequence[Finding], currency: str) -> Section:
    """Rule by rule: how it stands, what it found, and the numbers behind it."""
    failing = [one for one in findings if one.state is State.FAILS]
    blocked = [one for one in failing if one.blocks]
    columns = (Column("Rule"), Column("Stands", kind="verdict"), Column("What it found"), Column("Numbers behind it"))
    rows = tuple(
        Row((
            Cell(f"{one.rule} {one.title}"), Cell(_state(one), _verdict(one)), Cell(one.sentence),
            Cell(text.joined(*(f"{number.name} {number_said(number, currency)}" for number in one.numbers))),
        ))
        for one in findings
    )  # fmt: skip
    summary = "Every rule that was asked holds."
    if failing:
        summary = f"{text.plural(len(failing), 'rule')} {'does' if len(failing) == 1 else 'do'} not hold, "
        summary += f"{text.count(len(blocked))} of them {'blocks' if len(blocked) == 1 else 'block'} approval."
    return Section("budget-rules", "Rules", (Table("budget-rules", "", columns, rows),), summary)


def _verdict(one: Finding) -> Verdict | None:
    if one.state is State.FAILS:
        return "missed" if one.severity is Severity.BLOCK else "at_risk"
    return {State.HOLDS: "met", State.CANNOT_TELL: "cannot_tell"}.get(one.state)  # type: ignore[return-value]


def _state(one: Finding) -> str:
    if one.state is State.FAILS:
        return one.severity.value
    return "" if one.state is not State.NOT_ASKED else "not asked"


def compared(found: Comparison, periods: Sequence[Period], *, monthly: bool) -> Section:
    """Why the right differs from the left: a waterfall by reason and the lines, or month by month."""
    total = found.total()
    title = f"{found.right} against {found.left}"
    summary = _difference(found, total, "Costs")
    benefits = found.total(Side.BENEFIT)
    if benefits.budget or benefits.actual:
        summary = text.joined(summary, _difference(found, benefits, "Benefits"))
    blocks = _by_month(found, periods) if monthly else (_bridge(found, total), _lines(found))
    left_out = ", ".join(line_name(found, one) for one in found.unknown)
    notice = (Notice("info", f"Nobody bills these lines, so they are left out on both sides: {left_out}."),)
    return Section("budget-compare", title, (*blocks, *(notice if left_out else ())), summary)


def _difference(found: Comparison, one: Variance, what: str) -> str:
    if not one.difference:
        return f"{what} are as planned"
    share = "" if one.share is None else f" ({text.percent(abs(one.share), digits=1)})"
    way = "above" if one.difference > 0 else "below"
    return f"{what} are {short(found.currency, abs(one.difference))}{share} {way} {found.left}: {one.word}"


def _bridge(found: Comparison, total: Variance) -> Waterfall:
    """The reasons as steps from the left total to the right one."""
    steps = [(name, getattr(total.parts, name)) for name in PART_NAMES if getattr(total.parts, name)]
    amounts = [Money(one, found.currency) for one in (total.budget, *(amount for _, amount in steps), total.actual)]
    values, unit = text.money_axis(amounts)
    parts = tuple(
        Part(PARTS[name], value or 0.0, short(found.currency, amount, signed=True), _good(amount))
        for (name, amount), value in zip(steps, values[1:-1], strict=True)
    )
    said = "; ".join(f"{one.name} {one.text}, {one.word}" for one in parts) or "nothing differs"
    return Waterfall(
        id="budget-bridge",
        title=_difference(found, total, "Costs"),
        subtitle=f"From the costs of {found.left} to those of {found.right}, by reason",
        unit=unit,
        first=End(found.left, values[0] or 0.0, short(found.currency, total.budget)),
        parts=parts,
        last=End(found.right, values[-1] or 0.0, short(found.currency, total.actual)),
        alt=f"From {short(found.currency, total.budget)} to {short(found.currency, total.actual)}: {said}.",
    )


def _good(amount: Decimal) -> Good:
    word = judged(amount)
    return word if word != "as planned" else ""


def _lines(found: Comparison) -> Table:
    columns = (
        Column("Line"),
        *(Column(name, kind="number", unit=found.currency) for name in (found.left, found.right, "Difference")),
        Column("Share", kind="number", unit="%"),
        Column("Is"),
        Column("Why"),
    )
    moved = sorted((one for one in found.lines if one.difference), key=lambda one: -abs(one.difference))
    rows = [_line(found, one, line_name(found, one.name)) for one in moved]
    for side, name in _SIDES:
        one = found.total(side)
        if one.budget or one.actual:
            rows.append(_line(found, one, f"All {name}", strong=True))
    same = len(found.lines) - len(moved)
    note = f"{text.plural(same, 'line')} as planned." if same else ""
    shown = rows[:_MOST_LINES] if len(moved) > _MOST_LINES else rows
    empty = "No line differs."
    return Table("budget-lines", "", columns, tuple(shown), note, rest=tuple(rows[len(shown) :]), empty=empty)


def _line(found: Comparison, one: Variance, name: str, *, strong: bool = False) -> Row:
    why = text.joined(
        *(
            f"{PARTS[part].lower()} {short(found.currency, getattr(one.parts, part), signed=True)}"
            for part in PART_NAMES
            if getattr(one.parts, part)
        )
    )
    share = Cell(text.ABSENT) if one.share is None else Cell(text.change(one.actual, one.budget), exact=one.share * 100)
    amounts = (
        money(found.currency, one.budget),
        money(found.currency, one.actual),
        money(found.currency, one.difference, signed=True),
    )
    return Row((Cell(name), *amounts, share, Cell(one.word), Cell(why)), strong=strong)


def _by_month(found: Comparison, periods: Sequence[Period]) -> tuple[Bars, Table]:
    shown = [periods[at] for at in found.by_month]
    months = [found.totals_by_month()[at] for at in found.by_month]
    flat = [Money(amount, found.currency) for one in months for amount in (one.budget, one.actual)]
    values, unit = text.money_axis(flat)
    worst = max(months, key=lambda one: one.difference, default=None)
    where = shown[months.index(worst)] if worst is not None else periods[0]
    figure = Bars(
        id="budget-months",
        title=f"{text.period(where)} differs most upwards" if worst and worst.difference > 0 else "No month is above",
        subtitle=f"Costs per month, {found.left} and {found.right}",
        unit=unit,
        periods=tuple(shown),
        series=(
            Series(found.left, values[::2], "context", tuple(text.money(one) for one in flat[::2])),
            Series(found.right, values[1::2], "subject", tuple(text.money(one) for one in flat[1::2])),
        ),
        alt=f"Two columns a month. {text.period(where)}: "
        + (_difference(found, worst, "costs") if worst else "nothing to compare"),
        stacking="grouped",
    )
    columns = (
        Column("Month"),
        *(Column(name, kind="number", unit=found.currency) for name in (found.left, found.right, "Difference")),
        Column("Share", kind="number", unit="%"),
        Column("Is"),
    )
    rows = [Row(_line(found, one, text.period(at)).cells[:6]) for at, one in zip(shown, months, strict=True)]
    rows.append(Row(_line(found, found.total(), "All").cells[:6], strong=True))
    return figure, Table("budget-months-table", "", columns, tuple(rows))


def comments(found: Sequence[Comment], of: Scenario, zone: ZoneInfo) -> Table:
    """What was said, the newest first."""
    names = {line.id: line.name for line in of.lines}
    columns = (Column("About"), Column("Said"), Column("By"), Column("When"))
    rows = tuple(
        Row((
            Cell(names.get(one.line, one.line) or "The scenario"), Cell(one.text), Cell(one.actor),
            Cell(text.instant(one.at, zone)),
        ))
        for one in reversed(found)
    )  # fmt: skip
    return Table("budget-comments", "", columns, rows, empty="Nobody said anything yet.")


def experiments(found: Sequence[Experiment], currency: str, zone: ZoneInfo) -> Table:
    """What was asked for out of the pool, the newest first."""
    columns = (
        *(Column("Experiment"), Column("Amount", kind="number", unit=currency), Column("Stands")),
        *(Column("Asked by"), Column("Why"), Column("Decided")),
    )
    rows = tuple(
        Row((
            Cell(one.name), money(currency, one.amount), Cell(one.status), Cell(one.asked_by), Cell(one.why),
            Cell(text.joined(one.decided_by or "", text.instant(one.decided_at, zone)) if one.decided_at else ""),
        ))
        for one in reversed(found)
    )  # fmt: skip
    return Table("budget-experiments", "", columns, rows, empty="Nobody asked for money out of the pool yet.")


def short(currency: str, amount: Decimal, *, signed: bool = False) -> str:
    """An amount with three digits: "€22.2 M"."""
    return text.money(Money(amount, currency), signed=signed)


def money(currency: str, amount: Decimal | None, *, signed: bool = False) -> Cell:
    """An amount to the cent, and exactly for those who take it away."""
    if amount is None:
        return Cell(text.ABSENT)
    return Cell(text.money(Money(amount, currency), exact=True, signed=signed), exact=amount)


def heads(found: Sequence[Head]) -> dict[str, str]:
    """Scenarios by their ids as a person chooses them."""
    return {one.id: f"{one.name}, version {one.version} ({one.status})" for one in found}
