"""More features a year, of which some succeed and move revenue."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, least, money, number, share


def amount(given: Values) -> Any:
    """Margin of the further features a year, never more than all that is eligible."""
    eligible = given["revenue"] * given["margin"]
    further = given["features_after"] - given["features_before"]
    return least(further * given["success_rate"] * given["revenue_effect"] * eligible, eligible)


LEVER = Lever(
    id="time_to_market",
    name="Time to market",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="What further features a year bring, for the share of them that succeeds.",
    formula="(features a year after − before) × success rate × effect on revenue × revenue × margin",
    guard="Counted is the gross margin where the margin is below 100 %, and never more than the eligible revenue; "
    "launching earlier is the same money told another way and is not added.",
    parameters=(
        number("features_before", "Features before", 10_000, "a year", measure="features_per_year"),
        number("features_after", "Features after", 10_000, "a year", measure="features_per_year", promised=True),
        share("success_rate", "Features that succeed", "0.33"),
        share("revenue_effect", "Effect of one on revenue", "0.005"),
        money("revenue", "Eligible revenue", 100_000_000_000, measure="revenue_per_year"),
        share("margin", "Gross margin", "1"),
    ),
    amount=amount,
    excludes=("earlier_launch",),
)
