"""How budgets are told: names of lines and fields, numbers behind rules, differences in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.content import format as text
from data.finance.budget import BadBudget, Scenario
from data.finance.budget_edits import ADDED, HEAD, MONTH_FIELDS, RATE, REMOVED, number_of
from data.finance.compare import Comparison
from data.finance.forecast import UNBUDGETED
from data.finance.rules import Number
from data.finance.variance import Variance
from data.money import Money

FIELDS: Mapping[str, str] = {
    "name": "Name", "category": "Category", "currency": "Currency", "cost_class": "Class", "purpose": "Purpose",
    "treatment": "Treatment", "side": "Side", "owner": "Owner", "service": "Service", "vendor": "Vendor",
    "driver": "Driver", "unit_price": "Unit price", "inflation": "Inflation", "annual": "Agreed for the year",
    "mandatory": "Mandatory", "note": "Note", "unit": "Unit", "metric": "Metric", "per": "Units of",
    "reason": "Reason", "pool_limit": "Limit of one experiment",
}  # fmt: skip
"""Fields of a row as people read them; months and rates are named by `field_name`."""
PARTS: Mapping[str, str] = {
    "price": "Price", "volume": "Volume", "mix": "Mix", "amount": "Amount", "fx": "Exchange rates", "new": "New lines",
    "gone": "Lines no longer there",
}  # fmt: skip


def month_names(scenario: Scenario) -> dict[str, str]:
    """The months of a scenario by their fields: "Jan 2026"."""
    names = (f"{text.period_short(one)} {one.start.year}" for one in scenario.periods)
    return dict(zip(MONTH_FIELDS, names, strict=True))


def field_name(field: str, months: Mapping[str, str]) -> str:
    """A field as a person calls it."""
    if field.startswith(RATE):
        return f"Rate {field.removeprefix(RATE)}"
    return months.get(field) or {ADDED: "Added", REMOVED: "Removed"}.get(field) or FIELDS.get(field, field)


def row_name(row: str, *scenarios: Scenario) -> str:
    """A row as a person calls it: by its name in the first scenario that has it."""
    if row == HEAD:
        return "The scenario"
    for one in scenarios:
        there = {line.id: line.name for line in one.lines} | {
            f"{HEAD}{driver.id}": driver.name for driver in one.drivers
        }
        if row in there:
            return there[row]
    return row.removeprefix(HEAD)


def cell_said(field: str, said: str) -> str:
    """The text of a cell as a reader sees it: amounts with their thousands, nothing as a word."""
    if not said:
        return "nothing"
    if field not in (*MONTH_FIELDS, "annual", "pool_limit"):
        return said
    try:
        return text.number(number_of(said), 2)
    except BadBudget:
        return said


def line_name(found: Comparison, line: str) -> str:
    """A compared line by its name."""
    return found.names.get(line, line) if line != UNBUDGETED else "Not budgeted"


def number_said(number: Number, currency: str) -> str:
    """A number behind a rule, in its unit."""
    if number.value is None:
        return text.ABSENT
    if number.unit == "share":
        return text.percent(number.value, digits=1 if number.value == round(Decimal(number.value), 3) else 2)
    if number.unit == "count":
        return text.count(number.value)
    return text.money(Money(Decimal(number.value), currency), exact=True)


def difference_said(one: Variance, currency: str) -> str:
    """A difference with its share and its word: "−€840.00 (−1.0 %), favourable"."""
    amount = text.money(Money(one.difference, currency), exact=True, signed=True)
    share = "" if one.share is None else f" ({text.change(one.actual, one.budget)})"
    return f"{amount}{share}, {one.word}" if one.difference else "as planned"
