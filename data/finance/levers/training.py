"""What people have to learn."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money, number


def amount(given: Values) -> Any:
    """Cost of training everyone once."""
    return given["people"] * given["cost_of_one"]


LEVER = Lever(
    id="training",
    name="Training",
    side=Side.COST,
    when=When.START,
    meaning="What training the people costs who use it.",
    formula="people × cost of one, once at the start",
    guard="Fees and time in courses; slower work afterwards is the productivity dip.",
    parameters=(
        number("people", "People", 1_000_000, measure="people"),
        money("cost_of_one", "Training of one", 1_000_000, "a person"),
    ),
    amount=amount,
)
