"""A product that earns its margin some months earlier."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money


def amount(given: Values) -> Any:
    """Margin of the months won."""
    return given["margin_a_month"] * given["months_earlier"]


LEVER = Lever(
    id="earlier_launch",
    name="Earlier launch",
    side=Side.BENEFIT,
    when=When.FIRST_YEAR,
    meaning="The margin of the months by which a product earns earlier, once.",
    formula="margin a month × months earlier",
    guard="Counted is gross margin, not revenue, and once; further features a year are the same money told another way "
    "and are not added.",
    parameters=(
        money("margin_a_month", "Gross margin", 1_000_000_000, "a month"),
        Parameter("months_earlier", "Months earlier", Unit.MONTHS, Decimal(0), Decimal(0), Decimal(60)),
    ),
    amount=amount,
    excludes=("time_to_market",),
)
