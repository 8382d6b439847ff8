"""Money: exact, with its currency, rounded once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.money import CurrencyMismatch, Money, from_millionths, millionths


def test_amounts_of_one_currency_add_up_and_others_are_refused() -> None:
    assert Money(Decimal("0.10"), "EUR") + Money(Decimal("0.20"), "EUR") == Money(Decimal("0.30"), "EUR")
    with pytest.raises(CurrencyMismatch, match="EUR and USD cannot be added: convert one of them first"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")


def test_a_conversion_multiplies_by_units_of_the_new_currency() -> None:
    assert Money(Decimal(200), "EUR").converted(Decimal("1.05"), "USD") == Money(Decimal("210.00"), "USD")


@pytest.mark.parametrize("currency", ["eur", "EURO", "", "€€€"])
def test_a_currency_is_an_iso_code(currency: str) -> None:
    with pytest.raises(ValueError, match="is not an ISO 4217 currency code such as EUR"):
        Money(Decimal(1), currency)


def test_an_amount_is_never_a_binary_fraction() -> None:
    with pytest.raises(TypeError, match="is a Decimal, not float"):
        Money(0.1, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1.0000005", 1_000_000),
        ("1.0000015", 1_000_002),
        ("-1.0000005", -1_000_000),
        ("0.0000005", 0),
        ("7", 7_000_000),
    ],
)
def test_a_number_is_rounded_to_whole_millionths_half_to_even(text: str, count: int) -> None:
    assert millionths(Decimal(text)) == count


@given(st.integers(-(10**18), 10**18))
def test_millionths_come_back_as_they_were(count: int) -> None:
    assert millionths(from_millionths(count)) == count
