"""Charges added up in the reporting currency."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.content import format as text
from app.content.blocks import Cell, Notice
from app.content.sections.base import Context
from data.facts import Spend
from data.money import Money
from data.period import Kind, containing
from data.warehouse.read_events import Line

Key = tuple[str, ...]


@dataclass(frozen=True)
class Sum:
    """Amounts in the reporting currency."""

    billed: Decimal = Decimal(0)
    effective: Decimal = Decimal(0)

    def plus(self, billed: Decimal, effective: Decimal) -> Sum:
        """With further amounts."""
        return Sum(self.billed + billed, self.effective + effective)


class NoRate(Exception):
    """An amount cannot be told in the reporting currency; the message names the currency and the month."""


def by_one(found: Mapping[Key, Sum], place: int) -> dict[str, Sum]:
    """The amounts by one part of their key."""
    sums: dict[str, Sum] = {}
    for key, amounts in found.items():
        sums[key[place]] = sums.get(key[place], Sum()).plus(amounts.billed, amounts.effective)
    return sums


def sums_of(context: Context, lines: Iterable[Line], key: Callable[[Spend], Key]) -> dict[Key, Sum]:
    """Amounts per key in the reporting currency, each at the average rate of its month. NoRate."""
    into = context.reader.currency(context.scope, context.period)
    found: dict[Key, Sum] = {}
    for charge in (line.charge for line in lines):
        month = containing(charge.day, Kind.MONTH)
        rate = context.reader.rate(month.start, charge.currency, into)
        if rate is None:
            raise NoRate(f"{charge.currency} in {into} for {text.period(month)}")
        name = key(charge)
        found[name] = found.get(name, Sum()).plus(charge.billed * rate, charge.effective * rate)
    return found


def no_rate(error: NoRate) -> Notice:
    """What is missing, and where the amounts stand meanwhile."""
    return Notice(
        "missing",
        f"The exchange rate of {error} is missing, so its charges cannot be added to the others.",
        "Amounts in their own currency stand under Currencies",
        "#currencies",
    )


def money(context: Context, amount: Decimal) -> Cell:
    """An amount in the reporting currency to the cent, and exactly for those who take it away."""
    return Cell(text.money(Money(amount, currency(context)), exact=True), exact=amount)


def currency(context: Context) -> str:
    """The reporting currency of what is shown."""
    return context.reader.currency(context.scope, context.period)
