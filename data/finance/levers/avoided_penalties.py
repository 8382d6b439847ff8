"""Penalties that become less likely or smaller."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, least, money, share

_NONE = Decimal(10_000_000_000)
"""A ceiling above every loss: none."""


def amount(given: Values) -> Any:
    """Expected loss a year before, less that after, each loss at most the ceiling of its regime where there is one."""
    before = given["chance_before"] * least(given["loss_before"], given["ceiling"])
    return before - given["chance_after"] * least(given["loss_after"], given["ceiling"])


LEVER = Lever(
    id="avoided_penalties",
    name="Avoided penalties",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="The expected loss to penalties before, less that after.",
    formula="chance × loss before − chance × loss after, a loss never above the ceiling of the regime",
    guard="How likely a penalty is, is an opinion: give a range. A loss is never above what the regime can impose.",
    parameters=(
        share("chance_before", "Chance before", per="a year"),
        share("chance_after", "Chance after", per="a year"),
        money("loss_before", "Loss before", 10_000_000_000, "a case"),
        money("loss_after", "Loss after", 10_000_000_000, "a case"),
        Parameter("ceiling", "Most that the regime can impose", Unit.MONEY, _NONE, Decimal(0), _NONE, "a case"),
    ),
    amount=amount,
)
