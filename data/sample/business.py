"""How the business does: customers who use a feature, revenue of each day, people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from data.sample.chance import generator
from data.sample.records import RevenueDay, Staff, UsageMonth
from data.sample.seasons import days_of, in_bad_quarter, load, month_of
from data.sample.story import Story

WINDOW: Final = 30
"""Days in which a customer who used a feature once counts as a user of it."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A part of the product: its business unit, whom it is for, and which share of those used it at given days."""

    id: str
    name: str
    unit: str
    audience: str
    shares: tuple[tuple[date, float], ...]


FEATURES: Final = (
    Feature("instant-payouts", "Instant payouts", "payments", "business",
            ((date(2023, 6, 1), 0.11), (date(2025, 10, 31), 0.15), (date(2026, 10, 31), 0.50))),
    Feature("virtual-cards", "Virtual cards", "customers", "retail",
            ((date(2023, 6, 1), 0.08), (date(2024, 9, 1), 0.12), (date(2026, 10, 1), 0.31))),
    Feature("delegated-approvals", "Delegated approvals", "digital-assets", "business",
            ((date(2023, 6, 1), 0.21), (date(2026, 10, 1), 0.24))),
    Feature("account-opening", "Opening an account", "customers", "retail",
            ((date(2023, 6, 1), 0.043), (date(2026, 10, 1), 0.046))),
)  # fmt: skip

_CUSTOMERS: Final = {"business": (6_400, 0.71), "retail": (182_000, 0.44)}
"""How many customers an audience had in the first year, and which share of them is active in a month."""

STREAMS: Final = {
    ("payments", "payment fees"): 121_000,
    ("digital-assets", "trading and custody fees"): 168_000,
    ("customers", "card fees"): 74_000,
}
"""Revenue of an ordinary day in the first year by business unit and stream, in EUR."""

_TEAMS: Final = {
    ("digital-assets", "engineering"): 61, ("digital-assets", "operations"): 24,
    ("payments", "engineering"): 54, ("payments", "operations"): 38,
    ("customers", "engineering"): 47, ("customers", "operations"): 83,
    ("platform", "engineering"): 58, ("platform", "compliance"): 31,
}  # fmt: skip
"""People of a business unit and role in the first year."""


def usage_months(story: Story) -> Iterator[UsageMonth]:
    """Use of each feature in the 30 days up to the end of each month that is over."""
    for feature in FEATURES:
        customers, share = _CUSTOMERS[feature.audience]
        for month, last in _month_ends(story):
            random = generator(story.seed, "usage", feature.id, month)
            eligible = int(customers * 1.13 ** _years(last))
            active = int(eligible * share * random.uniform(0.98, 1.02))
            used = int(eligible * _share(feature, last) * random.uniform(0.98, 1.02))
            yield UsageMonth(last, feature.id, feature.audience, eligible, active, used)


def _share(feature: Feature, day: date) -> float:
    """On the line between the days that are given; the last one holds from then on."""
    before = feature.shares[0]
    for after in feature.shares:
        if day < after[0]:
            passed = (day - before[0]).days / (after[0] - before[0]).days
            return before[1] + (after[1] - before[1]) * passed
        before = after
    return before[1]


def revenue_days(story: Story) -> Iterator[RevenueDay]:
    """Revenue of each day, business unit and stream."""
    for (unit, stream), ordinary in STREAMS.items():
        for offset in range((story.end - story.start).days + 1):
            day = story.start + timedelta(days=offset)
            random = generator(story.seed, "revenue", unit, day)
            fewer = 0.94 if in_bad_quarter(day) else 1.0
            amount = ordinary * load(day) * fewer * random.uniform(0.93, 1.07)
            yield RevenueDay(day, unit, stream, Decimal(f"{amount:.2f}"))


def staff(story: Story) -> Iterator[Staff]:
    """Full-time equivalents at the end of each month that is over."""
    for (unit, role), people in _TEAMS.items():
        for _, last in _month_ends(story):
            grown = people * 1.06 ** _years(last)
            yield Staff(last, unit, role, Decimal(round(grown * 2)) / 2)


def _month_ends(story: Story) -> Iterator[tuple[int, date]]:
    for month in range(month_of(story.start), month_of(story.end) + 1):
        last = days_of(month)[-1]
        if last <= story.end:
            yield month, last


def _years(day: date) -> float:
    return (day - date(2024, 1, 1)).days / 365.25
