"""What audits, assessments and evidence for it cost."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money


def amount(given: Values) -> Any:
    """The cost as it is given."""
    return given["cost"]


LEVER = Lever(
    id="compliance",
    name="Compliance",
    side=Side.COST,
    when=When.YEARLY,
    meaning="What audits, assessments and evidence for it cost.",
    formula="cost a year",
    guard="Audits that are due anyway are not counted.",
    parameters=(money("cost", "Compliance", 10_000_000_000, "a year"),),
    amount=amount,
)
