"""A business case as sections: what it comes to, how sure that is, what moves it, and what it rests on."""

from __future__ import annotations

from decimal import Decimal
from itertools import accumulate

from app.content import format as text
from app.content.blocks import (
    Beside,
    Block,
    Cell,
    Column,
    Facts,
    Headline,
    Notice,
    Row,
    Section,
    Table,
    Tile,
    Tiles,
)
from app.content.curve import Curve, Line, Upright
from app.content.flows import Amounts, Flows
from app.content.sections import case_words as words
from app.content.tornado import Swing, Tornado
from data.finance import tornado as domain
from data.finance.case import Case, View, double_counts, overlaps
from data.finance.cash_flow import Roots, Timing
from data.finance.levers.base import Side
from data.finance.monte_carlo import Simulation
from data.finance.roi import Valuation, valuation
from data.finance.uncertain import simulated
from data.money import Money

_SWINGS = 8
_RATES = 61


def sections(case: Case) -> tuple[Section, ...]:
    """Everything that follows from a case. BadCase."""
    told, drawn = valuation(case), simulated(case)
    return (
        Section("case", "", (_headline(case, told, drawn), *_guards(case), _tiles(case, told, drawn))),
        Section("case-figures", "", (Beside((_flows(told), _rates(told))), *_uncertainty(case, drawn))),
        Section("case-lines", "Lines", (_lines(case, told),), _lines_note(told)),
        Section("case-inputs", "Assumptions", (_assumptions(case), *_limits(case)), _inputs_note(case)),
    )


def _headline(case: Case, told: Valuation, drawn: Simulation) -> Headline:
    by_draws = case.view is View.MONTE_CARLO
    worth = Decimal(str(round(drawn.mean, 2))) if by_draws else told.npv
    shown = f"{'is worth' if worth >= 0 else 'loses'} {words.money(abs(worth), case.currency)}"
    back = words.payback(told.payback)
    paid = f"it is paid back {back}" if told.payback.lasting is None else f"it is paid back after {back}"
    chance = text.percent(drawn.chance)
    sentence = f"{case.name} {shown} over {text.plural(case.years, 'year')}; {paid}, and {chance} of the draws "
    detail = text.joined(
        "net present value: mean of the draws" if by_draws else f"figures {words.VIEWS[View(told.view)]}",
        f"discounted at {text.percent(case.discount_rate)} a year",
        f"from {text.day(case.start)}",
        f"owner {case.owner}",
    )
    return Headline(sentence + "end above zero.", detail)


def _tiles(case: Case, told: Valuation, drawn: Simulation) -> Tiles:
    def tile(name: str, label: str, said: str, evidence: str, change: str = "") -> Tile:
        value, unit = text.parts(said)
        return Tile(name, label, value, unit, change=change, evidence=evidence, judged=False)

    roi = "n/a" if told.roi is None else text.percent(told.roi, digits=1)
    both = f"{words.money(told.benefits, case.currency)} benefits, {words.money(told.costs, case.currency)} costs"
    back = "n/a" if told.payback.lasting is None else words.years(told.payback.lasting)
    later = f"discounted: {words.payback(told.discounted_payback)}"
    ends = text.between(words.money(drawn.p10, case.currency), words.money(drawn.p90, case.currency))
    return Tiles(
        (
            tile("npv", "Net present value", words.money(told.npv, case.currency), f"first flow at {_t0(case)}", both),
            tile("roi", "Return on investment", roi, f"internal rate of return: {words.irr(told.irr)}"),
            tile("payback", "Payback", back, later if told.payback.lasting is not None else words.NOT_WITHIN),
            tile(
                "spread",
                "Median of the draws",
                words.money(drawn.p50, case.currency),
                f"8 in 10 lie within {ends}; without factors of risk",
            ),
            tile(
                "chance",
                "Chance of a gain",
                text.percent(drawn.chance),
                f"{text.count(drawn.draws)} draws, seed {drawn.seed}, ± {_percent_points(drawn.chance_error)}",
            ),
        )
    )


def _t0(case: Case) -> str:
    return f"t0, {text.day(case.start)}"


def _percent_points(share: float) -> str:
    return text.with_unit(text.number(share * 100, 2), "pp")


def _guards(case: Case) -> tuple[Notice, ...]:
    twice = (Notice("error", said) for said in double_counts(case))
    return (*twice, *(Notice("info", said) for said in overlaps(case)))


def _stages(told: Valuation) -> tuple[str, ...]:
    return ("Start", *(f"Year {year}" for year in range(1, len(told.days))))


def _flows(told: Valuation) -> Flows:
    came = told.by_year(Side.BENEFIT)
    went = tuple(-amount for amount in told.by_year(Side.COST))
    so_far = tuple(accumulate(told.flows))
    amounts = [Money(one, told.currency) for row in (came, went, so_far) for one in row]
    plotted, unit = text.money_axis(amounts)
    count = len(told.days)

    def part(name: str, row: tuple[Decimal, ...], at: int) -> Amounts:
        values = tuple(one or 0.0 for one in plotted[at * count : (at + 1) * count])
        return Amounts(name, values, tuple(words.money(one, told.currency) for one in row))

    back = told.payback.lasting
    title = "Not paid back within its years" if back is None else f"Paid back after {words.years(back)}"
    end = words.money(so_far[-1], told.currency)
    return Flows(
        id="case-cash-flow",
        title=title,
        subtitle=f"Benefits above and costs below the line, undiscounted, {told.currency}; the line is the sum so far",
        unit=unit,
        stages=_stages(told),
        came=part("Benefits", came, 0),
        went=part("Costs", went, 1),
        so_far=part("Sum so far", so_far, 2),
        alt=f"Cash flow over {text.plural(count - 1, 'year')}: {title.lower()}; at the end {end}.",
        note=f"Timing: {Timing.FIRST_NOW.value}.",
    )


def _rates(told: Valuation) -> Curve:
    found = [rate for rate in told.irr.rates if rate < 2]
    top = min(2.0, max(0.3, float(told.discount_rate) * 2, *(rate * 1.25 for rate in found)))
    low = min(0.0, float(told.discount_rate), *found) if found else min(0.0, float(told.discount_rate))
    rates = [low + (top - low) * place / (_RATES - 1) for place in range(_RATES)]
    worth = [Money(Decimal(str(round(told.npv_at(rate), 2))), told.currency) for rate in rates]
    plotted, unit = text.money_axis(worth)
    points = tuple((rate * 100, value) for rate, value in zip(rates, plotted, strict=True))
    texts = tuple(f"{text.percent(rate, digits=1)}: {text.money(one)}" for rate, one in zip(rates, worth, strict=True))
    used = Upright(float(told.discount_rate) * 100, f"used {text.percent(told.discount_rate)}")
    uprights = [used, *(Upright(rate * 100, f"IRR {text.percent(rate, digits=1)}") for rate in found)]
    title = {
        Roots.NONE: "No discount rate makes it worth nothing",
        Roots.ONE: f"Worth nothing at a rate of {words.irr(told.irr)}",
        Roots.SEVERAL: f"Worth nothing at several rates: {words.irr(told.irr).removeprefix('several: ')}",
    }[told.irr.found]
    note = "" if told.irr.found is Roots.ONE else f"Modified rate of return: {_mirr(told)}."
    return Curve(
        id="case-rates",
        title=title,
        subtitle="Net present value by discount rate",
        unit=unit,
        x_unit="%",
        lines=(Line("", points, texts=texts),),
        alt=f"Net present value against the discount rate. {title}.",
        uprights=tuple(sorted(uprights, key=lambda one: one.at)),
        note=note,
    )


def _mirr(told: Valuation) -> str:
    return "none" if told.mirr is None else text.percent(told.mirr, digits=1)


def _uncertainty(case: Case, drawn: Simulation) -> tuple[Block, ...]:
    swings = domain.tornado(case)
    if not swings or len(drawn.edges) < 3:
        return (
            Notice("info", "No input has a range, so nothing is uncertain: give low and high where you are unsure."),
        )
    return (Beside((_tornado(case, swings), _distribution(case, drawn))),)


def _tornado(case: Case, swings: tuple[domain.Swing, ...]) -> Tornado:
    shown, rest = swings[:_SWINGS], swings[_SWINGS:]
    base = float(valuation(case.model_copy(update={"view": View.AS_STATED})).npv)
    ends = [end for one in shown for end in (one.at_low, one.at_high)]
    plotted, unit = text.money_axis([Money(Decimal(str(round(one, 2))), case.currency) for one in (base, *ends)])
    values = [one or 0.0 for one in plotted]

    def swing(place: int, one: domain.Swing) -> Swing:
        of, _, inside = one.name.partition(".")
        line = case.named(of)
        parameter = line.kind.parameter(inside) if line.kind else None
        low, high = (words.value(end, parameter, case.currency) for end in (one.low, one.high))
        name = words.input_name(case, one.name)
        worth = [words.money(end, case.currency) for end in (one.at_low, one.at_high)]
        told = f"{name}: {low} gives {worth[0]}, {high} gives {worth[1]}"
        return Swing(name, values[1 + 2 * place], values[2 + 2 * place], low, high, told)

    first = words.input_name(case, shown[0].name)
    note = "One input at a time: what they do together is not in it."
    if rest:
        note += f" {text.plural(len(rest), 'smaller swing')} not shown."
    return Tornado(
        id="case-tornado",
        title=f"{first} moves it most",
        subtitle="Net present value with one input at its 10th and 90th percentile, as stated otherwise",
        unit=unit,
        base=values[0],
        base_text=f"as stated {words.money(base, case.currency)}",
        swings=tuple(swing(place, one) for place, one in enumerate(shown)),
        alt=f"Tornado of {len(shown)} inputs; the largest swing is {first}.",
        note=note,
    )


def _distribution(case: Case, drawn: Simulation) -> Curve:
    marks = (drawn.p10, drawn.p50, drawn.p90)
    amounts = [Money(Decimal(str(round(one, 2))), case.currency) for one in (*drawn.edges, *marks)]
    plotted, unit = text.money_axis(amounts)
    edges = [one or 0.0 for one in plotted[: len(drawn.edges)]]
    shares = [count / drawn.draws * 100 for count in drawn.counts]
    points = tuple(zip(edges, (*shares, 0.0), strict=True))
    names = ("P10", "median", "P90")
    uprights = [
        Upright(at or 0.0, f"{name} {words.money(mark, case.currency)}")
        for at, name, mark in zip(plotted[len(drawn.edges) :], names, marks, strict=True)
    ]
    chance = text.percent(drawn.chance)
    error = words.money(drawn.standard_error, case.currency)
    note = f"Mean {words.money(drawn.mean, case.currency)} ± {error} (standard error). "
    if not case.together:
        note += "Inputs are drawn independently: if they move together, the true spread is wider."
    return Curve(
        id="case-distribution",
        title=f"{chance} of {text.count(drawn.draws)} draws end above zero",
        subtitle=f"Share of the draws by net present value in {unit}, without factors of risk",
        unit="%",
        x_unit=unit,
        lines=(Line("", points, "steps", filled=True),),
        alt=f"Distribution of the net present value: P10 {words.money(drawn.p10, case.currency)}, median "
        f"{words.money(drawn.p50, case.currency)}, P90 {words.money(drawn.p90, case.currency)}.",
        uprights=tuple(uprights),
        note=note.strip(),
    )


def _lines(case: Case, told: Valuation) -> Table:
    columns = (
        Column("Line"),
        *(Column(stage, "right", "number", case.currency) for stage in _stages(told)),
        Column("Present value", "right", "number", case.currency),
        Column("Risk", "right"),
        Column("Guard against counting twice", kind="comment"),
    )
    rows = []
    for side in Side:
        mine = told.of(side)
        rows += [_line(case, one.line, (*one.amounts, one.present_value)) for one in mine]
        total = (*told.by_year(side), told.benefits if side is Side.BENEFIT else told.costs)
        label = "All benefits" if side is Side.BENEFIT else "All costs"
        rows.append(_amounts(label, total, case.currency))
    rows.append(_amounts("Net", (*told.flows, told.npv), case.currency))
    return Table("case-lines", "", columns, tuple(rows))


def _line(case: Case, name: str, row: tuple[Decimal, ...]) -> Row:
    line = case.named(name)
    cells = _cells(row, case.currency)
    risk = text.percent(line.risk) if line.risk else ""
    return Row((Cell(line.title), *cells, Cell(risk), Cell(line.kind.guard if line.kind else "")))


def _amounts(label: str, row: tuple[Decimal, ...], currency: str) -> Row:
    return Row((Cell(label), *_cells(row, currency), Cell(), Cell()), strong=True)


def _cells(row: tuple[Decimal, ...], currency: str) -> tuple[Cell, ...]:
    return tuple(Cell(words.money(one, currency) if one else "", exact=one) for one in row)


def _lines_note(told: Valuation) -> str:
    sides = " and ".join(text.plural(len(told.of(side)), side.value) for side in Side)
    return f"{sides}, {words.VIEWS[View(told.view)]}; totals are the sums of lines rounded to the cent"


def _assumptions(case: Case) -> Table:
    columns = (
        Column("Line"),
        Column("Input"),
        Column("Value", "right"),
        Column("Range"),
        Column("Where from"),
        Column("Owner"),
        Column("Noted", "right"),
    )
    rows = []
    for line in case.line:
        for name, given, parameter in line.parameters():
            label = parameter.name if parameter else "Factor on all amounts"
            per = f"{label}, {parameter.per}" if parameter and parameter.per else label
            rows.append(
                Row(
                    (
                        Cell(line.title),
                        Cell(per),
                        Cell(words.value(given.value, parameter, case.currency)),
                        Cell(words.range_of(given, parameter, case.currency)),
                        Cell(words.origin(given) if name in line.values else "default"),
                        Cell(given.owner or line.owner or case.owner),
                        Cell(text.day(given.date) if given.date else ""),
                    )
                )
            )
    return Table("case-inputs", "", columns, tuple(rows), empty="The case has no lines yet: add one.")


def _inputs_note(case: Case) -> str:
    given = [one for line in case.line for one in line.values.values()]
    measured = sum(one.measured is not None for one in given)
    return f"{text.plural(len(given), 'input')}, {measured} of them measured"


def _limits(case: Case) -> tuple[Block, ...]:
    return (Facts(tuple(("Limit", one) for one in case.limits)),) if case.limits else ()
