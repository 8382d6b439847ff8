"""Customers who stay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Margin of the customers a year who would have left otherwise."""
    stay = given["customers"] * (given["churn_before"] - given["churn_after"])
    return stay * given["margin"] * given["months"] * given["incremental"]


LEVER = Lever(
    id="retention",
    name="Retention",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="The margin of customers who stay because of what is built.",
    formula="customers × (churn before − after) × margin a month × expected months × share that is due to this",
    guard="Only the share that this work causes is counted; a better NPS is a sign of the same thing and has no line.",
    parameters=(
        number("customers", "Customers", 1_000_000_000, measure="customers"),
        share("churn_before", "Churn before", "0.05", per="a year", measure="churn_per_year"),
        share("churn_after", "Churn after", "0.05", per="a year", measure="churn_per_year", promised=True),
        money("margin", "Margin of a customer", 1_000_000, "a month"),
        Parameter("months", "Months that one stays longer", Unit.MONTHS, Decimal(12), Decimal(0), Decimal(120)),
        share("incremental", "Share that is due to this", "1"),
    ),
    amount=amount,
    overlaps=("partner_revenue",),
)
