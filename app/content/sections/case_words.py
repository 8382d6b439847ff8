"""A business case in words: its figures, the names and units of its inputs, where a number comes from."""

from __future__ import annotations

from decimal import Decimal

from app.content import format as text
from data.finance.case import Assumption, Case, View
from data.finance.cash_flow import Irr, Payback, Roots
from data.finance.levers.base import Parameter, Unit
from data.finance.roi import Valuation
from data.money import Money
from data.period import BadPeriod, parse

VIEWS = {
    View.AS_STATED: "as stated",
    View.RISK_ADJUSTED: "with factors of risk",
    View.MONTE_CARLO: "by draws",
}
NOT_WITHIN = "not within the horizon"
BY_HAND = "moved by hand"
"""What the source of an input ends with after a person moved it."""


def figures(told: Valuation) -> tuple[tuple[str, str], ...]:
    """Name and words of every figure of a valuation."""
    return (
        ("Net present value", money(told.npv, told.currency)),
        ("Return on investment", "n/a, no costs" if told.roi is None else text.percent(told.roi, digits=1)),
        ("Benefits over costs", "n/a, no costs" if told.benefit_cost is None else text.number(told.benefit_cost, 2)),
        ("Internal rate of return", irr(told.irr)),
        ("Modified rate of return", "n/a" if told.mirr is None else text.percent(told.mirr, digits=1)),
        ("Payback", payback(told.payback)),
        ("Discounted payback", payback(told.discounted_payback)),
        ("Present value of benefits", money(told.benefits, told.currency)),
        ("Present value of costs", money(told.costs, told.currency)),
    )


def money(amount: Decimal | float, currency: str, *, signed: bool = False) -> str:
    """An amount with three digits and its scale."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 2)))
    return text.money(Money(exact, currency), signed=signed)


def irr(found: Irr) -> str:
    """Every rate of return, or that there is none."""
    said = ", ".join(text.percent(rate, digits=1) for rate in found.rates)
    return {Roots.NONE: "none", Roots.ONE: said, Roots.SEVERAL: f"several: {said}"}[found.found]


def payback(found: Payback) -> str:
    """Years until it is paid back, and whether it dips below zero again."""
    if found.lasting is None:
        again = f", and was paid back for a while after {years(found.first)}" if found.first is not None else ""
        return f"{NOT_WITHIN}{again}"
    dips = f", first after {years(found.first)}" if found.dips and found.first is not None else ""
    return f"{years(found.lasting)}{dips}"


def years(count: float) -> str:
    """A number of years, in months where it is less than two."""
    if count < 2:
        return text.with_unit(text.number(count * 12, 1), "months")
    return text.with_unit(text.number(count, 1), "years")


def unit(parameter: Parameter | None, currency: str) -> str:
    """The unit that a value is given in: "EUR an hour", "%", "months"."""
    if parameter is None:
        return ""
    named = {Unit.MONEY: currency, Unit.SHARE: "%", Unit.NUMBER: ""}.get(parameter.unit, parameter.unit.value)
    return f"{named} {parameter.per}".strip()


def value(amount: Decimal | float, parameter: Parameter | None, currency: str) -> str:
    """A value of a parameter with its unit."""
    if parameter is None:
        return f"× {text.plain(amount, 4)}"
    match parameter.unit:
        case Unit.MONEY:
            return money(amount, currency)
        case Unit.SHARE:
            return text.percent(amount)
        case Unit.NUMBER:
            return text.plain(amount, 2)
        case _:
            return text.with_unit(text.plain(amount, 2), parameter.unit.value)


def input_name(case: Case, name: str) -> str:
    """`line.parameter` as a reader calls it."""
    of, _, inside = name.partition(".")
    line = case.named(of)
    label = line.kind.parameter(inside).name if line.kind else "Amounts"
    return f"{line.title}: {label[0].lower()}{label[1:]}"


def range_of(given: Assumption, parameter: Parameter | None, currency: str) -> str:
    """The range of an assumption and its shape; empty where it has none."""
    if given.low is None or given.high is None:
        return ""
    ends = text.between(value(given.low, parameter, currency), value(given.high, parameter, currency))
    return f"{ends}, {given.shape}"


def origin(given: Assumption) -> str:
    """Where an assumption comes from: read in the warehouse, or as it was noted."""
    if given.measured is None:
        return given.source or "not said"
    read = f"measured in {_period(given.measured.period)}"
    return text.joined(read, ", ".join(given.measured.sources))


def _period(label: str) -> str:
    """A period in the words of every page; one that a file names otherwise as it does."""
    try:
        return text.period(parse(label))
    except BadPeriod:
        return label
