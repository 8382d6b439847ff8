"""What running it costs beyond what is paid today."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money


def amount(given: Values) -> Any:
    """The cost as it is given."""
    return given["cost"]


LEVER = Lever(
    id="run",
    name="Run",
    side=Side.COST,
    when=When.YEARLY,
    meaning="What running it costs beyond what is paid today.",
    formula="cost a year",
    guard="Only what comes on top of today's cost; what is no longer paid is a saving.",
    parameters=(money("cost", "Run", 10_000_000_000, "a year"),),
    amount=amount,
)
