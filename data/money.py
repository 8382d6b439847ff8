"""Amounts with their currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

MILLIONTH = Decimal("0.000001")


class CurrencyMismatch(ValueError):
    """Amounts of different currencies were added."""


@dataclass(frozen=True, order=True)
class Money:
    """An exact amount of one ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError(f"An amount of money is a Decimal, not {type(self.amount).__name__}.")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is not an ISO 4217 currency code such as EUR.")

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added: convert one of them first.")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def converted(self, rate: Decimal, currency: str) -> Money:
        """The same value in another currency; `rate` is units of `currency` for one unit of this one."""
        return Money(self.amount * rate, currency)


def millionths(number: Decimal) -> int:
    """The number as a whole count of millionths, rounded once, half to even."""
    return int(number.quantize(MILLIONTH, rounding=ROUND_HALF_EVEN).scaleb(6))


def from_millionths(count: int) -> Decimal:
    """The number that a whole count of millionths stands for."""
    return Decimal(count).scaleb(-6)
