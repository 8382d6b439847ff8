"""What building it costs: people, contractors, equipment."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money


def amount(given: Values) -> Any:
    """The cost as it is given."""
    return given["cost"]


LEVER = Lever(
    id="build",
    name="Build",
    side=Side.COST,
    when=When.START,
    meaning="What building it costs: people, contractors, equipment.",
    formula="cost, once at the start",
    guard="Time of people is counted here or in the productivity dip, not in both.",
    parameters=(money("cost", "Build", 10_000_000_000, "once"),),
    amount=amount,
)
