"""The J-curve: work is slower before it is faster."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Cost of the work that is not done while people get used to the new way."""
    return given["people"] * given["cost_of_one"] * given["dip"] * given["months"] / 12


LEVER = Lever(
    id="productivity_dip",
    name="Productivity dip",
    side=Side.COST,
    when=When.START,
    meaning="The J-curve: work that is not done while people get used to the new way.",
    formula="people × loaded cost of one a year × dip × months / 12, once at the start",
    guard="Time in courses is training; only the slower work afterwards is counted.",
    parameters=(
        number("people", "People", 1_000_000, measure="people"),
        money("cost_of_one", "Loaded cost of one", 10_000_000),
        share("dip", "Slower by"),
        Parameter("months", "Months slower", Unit.MONTHS, Decimal(3), Decimal(0), Decimal(36)),
    ),
    amount=amount,
)
