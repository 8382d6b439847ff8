"""Bugs of integrations that no longer happen."""

from __future__ import annotations

from typing import Any

from data.finance.levers.base import Lever, Side, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Cost a year of the bugs that no longer happen."""
    return given["bugs"] * given["reduction"] * given["cost_of_one"]


LEVER = Lever(
    id="integration_bugs",
    name="Fewer integration bugs",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="What bugs of integrations cost that no longer happen.",
    formula="bugs a year × reduction × cost of one",
    guard="A reduction of 40 % is an upper claim (“up to”); hours down after a failed deployment have a line of their "
    "own.",
    parameters=(
        number("bugs", "Bugs", 1_000_000, "a year"),
        share("reduction", "Fewer by"),
        money("cost_of_one", "Cost of one", 10_000_000, "a bug"),
    ),
    amount=amount,
    overlaps=("instability",),
)
