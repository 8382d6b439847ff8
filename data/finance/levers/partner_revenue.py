"""Revenue through partners and the API."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Margin a year of partners that would not have come anyway."""
    partners = given["partners_after"] - given["partners_before"]
    return partners * given["margin"] * given["attributed"] * (1 - given["anyway"])


LEVER = Lever(
    id="partner_revenue",
    name="Partner and API revenue",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="The margin that further partners bring through the interface.",
    formula="(active partners after − before) × margin of one × share attributed × (1 − share that would come anyway)",
    guard="Revenue that would come anyway is taken out; how fast partners come is the line's ramp.",
    parameters=(
        number("partners_before", "Active partners before", 100_000),
        number("partners_after", "Active partners after", 100_000),
        money("margin", "Margin of a partner", 1_000_000_000),
        share("attributed", "Share due to the interface", "1"),
        share("anyway", "Share that would come anyway"),
    ),
    amount=amount,
    overlaps=("retention",),
)
