"""What moving data, interfaces and users costs."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money


def amount(given: Values) -> Any:
    """The cost as it is given."""
    return given["cost"]


LEVER = Lever(
    id="migration",
    name="Migration",
    side=Side.COST,
    when=When.START,
    meaning="What moving data, interfaces and users costs.",
    formula="cost, once at the start",
    guard="What both systems cost while they run together stands under dual running.",
    parameters=(money("cost", "Migration", 10_000_000_000, "once"),),
    amount=amount,
)
