"""Work by hand that goes away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Cost a year of the hours that are no longer spent."""
    return given["touches"] * given["removed"] * given["minutes"] * given["rate"] / 60


LEVER = Lever(
    id="manual_interventions",
    name="Manual interventions removed",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="The time of people that interventions by hand no longer take.",
    formula="interventions a year × share removed × minutes / 60 × hourly rate",
    guard="Counted from a log of interventions; the same hours are not counted as time saved once more.",
    parameters=(
        number("touches", "Interventions", 100_000_000, "a year"),
        share("removed", "Share removed"),
        Parameter("minutes", "Minutes each", Unit.MINUTES, Decimal(0), Decimal(0), Decimal(10_000)),
        money("rate", "Rate", 10_000, "an hour"),
    ),
    amount=amount,
    overlaps=("cost_savings",),
)
