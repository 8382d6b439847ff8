"""What a charge was for: integration and middleware, other technology, or unknown. (first form: tag and category only)"""

from __future__ import annotations

from dataclasses import dataclass

from data.facts import Spend


@dataclass(frozen=True)
class SpendClass:
    """The class of a charge and the rule that gave it."""

    name: str
    rule: str


def shipped_rules() -> None:
    """The rules of this version."""


def classify(spend: Spend, _rules: None) -> SpendClass:
    """The class of one charge."""
    if spend.charge_category.casefold() == "tax":
        return SpendClass("excluded", "tax")
    if ("cost_class", "integration") in spend.tags:
        return SpendClass("integration", "tag")
    if spend.category == "Integration":
        return SpendClass("integration", "category")
    return SpendClass("unclassified" if spend.category in ("", "Other") else "other", "category")
