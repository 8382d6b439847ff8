"""Old and new side by side."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money


def amount(given: Values) -> Any:
    """Cost of the months in which both run."""
    return given["months"] * given["cost"]


LEVER = Lever(
    id="dual_running",
    name="Dual running",
    side=Side.COST,
    when=When.FIRST_YEAR,
    meaning="What the old way costs for as long as it has to run beside the new one.",
    formula="months side by side × cost of the old one a month",
    guard="Savings on the old way start when it is off: their line's ramp begins after these months.",
    parameters=(
        Parameter("months", "Months side by side", Unit.MONTHS, Decimal(0), Decimal(0), Decimal(60)),
        money("cost", "Cost of the old one", 1_000_000_000, "a month"),
    ),
    amount=amount,
)
