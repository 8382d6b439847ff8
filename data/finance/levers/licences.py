"""What has to be licensed for each person."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money, number


def amount(given: Values) -> Any:
    """Price of all licences a year."""
    return given["people"] * given["price"]


LEVER = Lever(
    id="licences",
    name="Licences",
    side=Side.COST,
    when=When.YEARLY,
    meaning="What has to be licensed for each person.",
    formula="people × price of one a year",
    guard="Licences that are retired in exchange are a saving and stay on that line.",
    parameters=(number("people", "People", 1_000_000, measure="people"), money("price", "Price for one", 1_000_000)),
    amount=amount,
)
