"""Deployments that fail, and what the time until they are put right costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from data.finance.levers.base import Lever, Parameter, Side, Unit, Values, When, money, number, share


def amount(given: Values) -> Any:
    """Cost of failed deployments a year before, less that after: below zero where more deployments fail more."""
    before = given["deployments_before"] * given["fail_rate_before"] * given["recovery_hours_before"]
    after = given["deployments_after"] * given["fail_rate_after"] * given["recovery_hours_after"]
    return (before - after) * given["downtime_cost"]


def _hours(name: str, label: str, **more: Any) -> Parameter:
    return Parameter(name, label, Unit.HOURS, Decimal(4), Decimal(0), Decimal(1000), **more)


LEVER = Lever(
    id="instability",
    name="Deployments and instability",
    side=Side.BENEFIT,
    when=When.YEARLY,
    meaning="What failed deployments cost before, less what they cost after. More deployments can cost more than they "
    "save; the sign is kept.",
    formula="(deployments × fail rate × recovery time before − the same after) × cost of an hour down",
    guard="Counted are failures that a deployment caused; bugs of integrations that were fixed without down time have "
    "a line of their own.",
    parameters=(
        number("deployments_before", "Deployments before", 1_000_000, "a year", measure="deployments_per_year"),
        number("deployments_after", "Deployments after", 1_000_000, "a year"),
        share("fail_rate_before", "Change fail rate before", "0.05", measure="change_fail_rate"),
        share("fail_rate_after", "Change fail rate after", "0.05", measure="change_fail_rate", promised=True),
        _hours("recovery_hours_before", "Recovery time before", measure="recovery_hours"),
        _hours("recovery_hours_after", "Recovery time after"),
        money("downtime_cost", "Cost of an hour down", 1_000_000_000, "an hour"),
    ),
    amount=amount,
    overlaps=("integration_bugs",),
)
