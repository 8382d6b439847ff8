"""What each line of a case comes to in each year: exact amounts, rounded to the cent once."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from data.finance.case import FACTOR, Case, Line, year_of
from data.finance.levers.base import Values, When

CENT = Decimal("0.01")


def cents(amount: Decimal) -> Decimal:
    """Rounded to the cent, half to even."""
    return amount.quantize(CENT, rounding=ROUND_HALF_EVEN)


def amount_of(line: Line) -> Callable[[Values], Any]:
    """What a line comes to from its parameters; of a line of dated amounts the factor that they are multiplied by."""
    return line.kind.amount if line.kind else _factor


def _factor(given: Values) -> Any:
    return given[FACTOR]


def shares_of(case: Case, line: Line) -> tuple[Decimal, ...]:
    """How much of the line's amount falls due at t0 and in each year; of dated amounts the amounts themselves."""
    if line.kind is None:
        due = [Decimal(0)] * (case.years + 1)
        for flow in line.flows:
            due[year_of(case.start, flow.date)] += flow.amount
        return tuple(due)
    if line.ramp:
        return line.ramp
    match line.when or line.kind.when:
        case When.START:
            return (Decimal(1), *[Decimal(0)] * case.years)
        case When.FIRST_YEAR:
            return (Decimal(0), Decimal(1), *[Decimal(0)] * (case.years - 1))
        case _:
            return (Decimal(0), *[Decimal(1)] * case.years)


def full_amount(line: Line, **instead: Decimal) -> Decimal:
    """What the line comes to in full, with other values for some of its parameters."""
    given = {name: one.value for name, one, _ in line.parameters()} | instead
    return Decimal(amount_of(line)(given))


def amounts(case: Case, line: Line) -> tuple[Decimal, ...]:
    """The line at t0 and in each year, to the cent; costs and benefits both above zero."""
    whole = full_amount(line)
    return tuple(cents(whole * share) for share in shares_of(case, line))
