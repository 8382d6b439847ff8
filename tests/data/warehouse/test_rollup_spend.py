"""Charges become daily rows in every currency that they are told in, at the rates of their month."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from data.metrics.base import NO_RATE
from data.warehouse.engine import writing
from data.warehouse.write import note_covered
from tests.data.happenings import DAY, at, fx_rate, spend
from tests.data.warehouse.world import Company, days, restated

UNIT = 1_000_000
FIRST, SECOND, THIRD = days(DAY, 3)


@pytest.fixture
def charged(company: Company) -> Company:
    """Two charges in Europe and one in dollars in America, without any rate."""
    company.store(
        spend("eur", FIRST, "100", "EUR"), spend("usd", FIRST, "50", "USD"), spend("us", SECOND, "10", "USD", key="kyc")
    )
    company.roll_up()
    return company


def spent(company: Company, scope: str) -> dict[tuple[date, str], int]:
    return {key: numerator for key, (numerator,) in company.rows("spend_effective", scope, "numerator").items()}


def test_without_a_rate_there_is_no_number_and_a_reason(charged: Company) -> None:
    assert spent(charged, "wallet") == {
        (FIRST, "EUR"): 100 * UNIT, (FIRST, "USD"): 50 * UNIT, (FIRST, "no rate:EUR"): 0,
    }  # fmt: skip
    for metric in ("spend_effective", "integration_share"):
        for scope in ("wallet", "europe", "group"):
            value = charged.reading(metric, scope, "2026-10").value
            assert (value.value, value.reason) == (None, NO_RATE)
    america = charged.reading("spend_effective", "america", "2026-10")
    assert (america.value.value, america.currency) == (10, "USD")


def test_rates_that_arrive_later_heal_their_month_at_its_average_and_parts_add_up(charged: Company) -> None:
    charged.store(fx_rate(FIRST, "0.8"), fx_rate(THIRD, "1.0"), fx_rate(date(2026, 11, 2), "5"))
    charged.roll_up()
    assert spent(charged, "wallet") == {
        (FIRST, "EUR"): 100 * UNIT, (FIRST, "USD"): 50 * UNIT, (FIRST, "in:EUR"): 145 * UNIT,
    }  # fmt: skip
    assert spent(charged, "kyc") == {
        (SECOND, "USD"): 10 * UNIT, (SECOND, "in:EUR"): 9 * UNIT, (SECOND, "in:USD"): 10 * UNIT,
    }  # fmt: skip
    group = charged.reading("spend_effective", "group", "2026-10").value
    assert (group.value, group.sample) == (154, 3)
    parts = [charged.reading("spend_effective", scope, "2026-10") for scope in ("europe", "america")]
    assert [(one.value.value, one.currency) for one in parts] == [(145, "EUR"), (10, "USD")]
    daily = [charged.reading("spend_effective", "group", str(day)).value.value for day in (FIRST, SECOND)]
    assert daily == [145, 9]


def test_a_group_keeps_only_reporting_currencies_of_its_own(charged: Company) -> None:
    charged.store(fx_rate(FIRST, "0.8"))
    charged.roll_up()
    assert {variant for _, variant in charged.rows("spend_effective", "group")} == {"EUR", "USD", "in:EUR"}
    assert {variant for _, variant in charged.rows("spend_effective", "america")} == {"USD", "in:EUR", "in:USD"}


def test_a_corrected_rate_restates_every_day_of_its_month(charged: Company) -> None:
    charged.store(fx_rate(FIRST, "0.8"))
    charged.roll_up()
    before = len(restated(charged))
    charged.store(fx_rate(FIRST, "0.9"))
    charged.roll_up()
    assert [(metric, scope, day) for metric, scope, day, *_ in restated(charged)[before:] if scope == "group"] == [
        ("spend_effective", "group", FIRST),
        ("spend_effective", "group", SECOND),
        ("spend_billed", "group", FIRST),
        ("spend_billed", "group", SECOND),
        ("integration_share", "group", FIRST),
        ("integration_share", "group", SECOND),
    ]


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ([("EUR", "USD", "1.25")], "0.8"),
        ([("USD", "EUR", "0.9"), ("EUR", "USD", "1.25")], "0.9"),
        ([("GBP", "USD", "1.5"), ("GBP", "EUR", "1.2")], "0.8"),
        ([("USD", "CHF", "0.9"), ("EUR", "CHF", "0.9")], "1"),
    ],
    ids=["the other way round", "straight first", "across a common base", "across a common quote"],
)
def test_a_rate_is_found_straight_or_inverted_or_across_a_third_currency(
    company: Company, rates: list[tuple[str, str, str]], expected: str
) -> None:
    company.store(spend("usd", FIRST, "100", "USD"))
    company.store(*(fx_rate(SECOND, rate, base, quote) for base, quote, rate in rates))
    company.roll_up()
    assert company.rows("spend_effective", "wallet", "numerator")[FIRST, "in:EUR"] == (
        int(Decimal(expected) * 100 * UNIT),
    )


def read_whole(company: Company, first: date, after: date) -> None:
    """A completed reading of all of a source, as billing reports it: for the scopes that it told of by then."""
    with writing(company.engine) as connection:
        proof = ("spend", "", "", at(f"{first} 00:00"), at(f"{after} 00:00"))
        there = sorted({scope for scope in company.facts("spend").values() if scope})
        note_covered(connection, "billing", proof, there, company.settings.zone)


@pytest.mark.parametrize("in_between", [False, True])
def test_a_scope_whose_first_charge_comes_late_spent_nothing_on_the_days_read_before(
    company: Company, in_between: bool
) -> None:
    company.store(spend("a", FIRST))
    read_whole(company, FIRST, THIRD)
    if in_between:
        company.roll_up()
    company.store(spend("b", THIRD, key="ledger"))
    read_whole(company, THIRD, THIRD + timedelta(days=1))
    company.roll_up()
    told = {scope: spent(company, scope) for scope in ("wallet", "ledger", "europe")}
    assert {day: one for (day, variant), one in told["ledger"].items() if variant == "in:EUR"} == {
        FIRST: 0, SECOND: 0, THIRD: 10 * UNIT,
    }  # fmt: skip
    assert {day: one for (day, variant), one in told["wallet"].items() if variant == "in:EUR"} == {
        FIRST: 10 * UNIT, SECOND: 0, THIRD: 0,
    }  # fmt: skip
    company.store(spend("b", THIRD, key="wallet"))
    company.roll_up()
    assert spent(company, "ledger") == {}
    assert company.reading("spend_effective", "europe", f"{FIRST}..{THIRD + timedelta(days=1)}").value.value == 20
