"""Time that becomes free, and what need no longer be paid."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Value a year of the time that is used for something else, and of what is no longer paid."""
    time = given["people"] * given["cost_of_one"] * given["time_saved"] * given["realised"]
    return time + given["spend_before"] - given["spend_after"] + given["licences_retired"]


LEVER = Lever(
    id="cost_savings",
    name="Cost savings",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="Time of people that becomes free and is used, spend that falls, and licences that are retired.",
    formula="people × loaded cost of one × time saved × share realised + spend before − after + licences retired",
    guard="Time saved is no cash unless it is used elsewhere: the realised share says how much is.",
    parameters=(
        number("people", "People", 1_000_000, measure="people"),
        money("cost_of_one", "Loaded cost of one", 10_000_000),
        share("time_saved", "Time saved"),
        share("realised", "Share of it realised", "1"),
        money("spend_before", "Spend before", 100_000_000_000, measure="spend_per_year"),
        money("spend_after", "Spend after", 100_000_000_000, measure="spend_per_year", promised=True),
        money("licences_retired", "Licences retired", 1_000_000_000),
    ),
    amount=amount,
    overlaps=("manual_interventions",),
)
