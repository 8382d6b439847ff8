"""What a business case starts from: measured values, where they were read, and why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest

from data.access import Actor, Role
from data.facts import Fact, Headcount, Revenue, Usage
from data.finance.case import Assumption, Case, Line, Measured
from data.finance.streams import full_amount
from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.measured import Found, Measurer, measured_again, started
from data.warehouse.reach import reader_for
from data.warehouse.readings import Reader
from tests.data.happenings import deployment, fx_rate, noon, spend
from tests.data.warehouse.world import Company, days

OCTOBER = parse("2026-10")


def revenue(day: date, amount: str, key: str = "wallet", currency: str = "EUR") -> Revenue:
    return Revenue(
        source="billing", source_id=f"{key}/{currency}/{day}", key_kind="service", key=key, day=day, stream="fees",
        currency=currency, amount=Decimal(amount),
    )  # fmt: skip


def staff(day: date, people: str, role: str = "engineering", key: str = "wallet") -> Headcount:
    return Headcount(
        source="billing", source_id=f"{key}/{role}/{day}", key_kind="service", key=key, day=day, role=role,
        full_time=Decimal(people),
    )  # fmt: skip


def usage(day: date, feature: str, active: int, churned: int | None, audience: str = "") -> Usage:
    return Usage(
        source="billing", source_id=f"{feature}/{audience}/{day}", key_kind="service", key="wallet", day=day,
        window_days=31, feature=feature, audience=audience, eligible=2 * active, active=active, used=1, churned=churned,
    )  # fmt: skip


@contextmanager
def measurer(company: Company, currency: str = "EUR") -> Iterator[Measurer]:
    with reading(company.engine) as connection:
        yield Measurer(Reader(connection, company.settings), currency)


def found(company: Company, name: str, scope: str = "group", period: str = "2026-10", currency: str = "EUR") -> Found:
    with measurer(company, currency) as one:
        return one.find(name, scope, parse(period))


def filled(company: Company, *facts: Fact) -> Company:
    company.store(*facts)
    company.roll_up()
    return company


def test_a_rate_of_a_metric_is_told_with_its_sources(company: Company) -> None:
    company.cover("deployment", "wallet", date(2026, 10, 1), date(2026, 11, 1))
    filled(company, *(deployment(f"d{day}", noon(day)) for day in days(date(2026, 10, 1), 10)))
    one = found(company, "deployments_per_year", "wallet")
    assert one.value == pytest.approx(Decimal(10) / 31 * 365)
    assert one.noted == Measured(
        measure="deployments_per_year", scope="wallet", period="2026-10", sources=("github",), fresh_at=one.fresh_at
    )


def test_spend_of_a_period_becomes_a_year_in_the_currency_of_the_case(company: Company) -> None:
    facts = [spend(f"s{day}", day, "10") for day in days(date(2026, 10, 1), 31)]
    rates = [fx_rate(day=day, base="USD", quote="EUR", rate=Decimal("0.8")) for day in days(date(2026, 10, 1), 31)]
    filled(company, *facts, *rates)
    assert found(company, "spend_per_year", "wallet").value == 3650
    assert found(company, "spend_per_year", "wallet", currency="USD").value == pytest.approx(Decimal("4562.5"))
    assert (
        found(company, "spend_per_year", "wallet", currency="CHF").reason == "there is no exchange rate from EUR to CHF"
    )


def test_revenue_is_added_up_over_scopes_and_months(company: Company) -> None:
    facts = [revenue(day, "100") for day in days(date(2026, 9, 1), 61)]
    facts += [revenue(day, "50", "ledger") for day in days(date(2026, 9, 1), 61)]
    filled(company, *facts)
    assert found(company, "revenue_per_year", period="2026-09-01..2026-11-01").value == 150 * 365
    assert found(company, "revenue_per_year", "ledger").value == 50 * 365


def test_revenue_of_too_few_days_is_no_yearly_sum(company: Company) -> None:
    filled(company, *(revenue(day, "100") for day in days(date(2026, 10, 1), 20)))
    assert found(company, "revenue_per_year") == Found(
        found(company, "revenue_per_year").measure, "group", OCTOBER, None,
        "revenue is known of 20 of 31 days, too few for a yearly sum",
    )  # fmt: skip


def test_people_are_those_last_counted_of_each_role(company: Company) -> None:
    last = date(2026, 10, 31)
    filled(company, staff(date(2026, 10, 1), "9"), staff(last, "10.5"), staff(last, "4", "support"))
    assert found(company, "people").value == Decimal("14.5")
    assert found(company, "people", period="2026-08").reason == "no source tells of people in this period"


def test_customers_of_two_features_are_counted_once_and_those_of_two_audiences_both(company: Company) -> None:
    last = date(2026, 10, 31)
    filled(
        company,
        usage(last - timedelta(days=30), "cards", 900, None, "retail"),
        usage(last, "cards", 1_000, 31, "retail"),
        usage(last, "payouts", 800, 9, "retail"),
        usage(last, "payouts", 200, None, "business"),
    )
    assert found(company, "customers").value == 1_200
    # of 1,000 with a count of those who left, 31 did in 31 days
    assert found(company, "churn_per_year").value == Decimal(365) / 1_000


def test_churn_that_nobody_counts_is_absent(company: Company) -> None:
    filled(company, usage(date(2026, 10, 31), "cards", 100, None))
    assert found(company, "churn_per_year").reason == "no source tells how many customers left"


@pytest.mark.parametrize(
    ("measure", "scope", "reason"),
    [
        ("change_fail_rate", "group", "no source is connected for this scope"),
        ("customers", "group", "no source tells of users in this period"),
        ("revenue_per_year", "group", "no source tells of revenue in this period"),
        ("revenue_per_year", "nowhere", "there is no scope 'nowhere'"),
    ],
)
def test_what_is_not_known_says_why(company: Company, measure: str, scope: str, reason: str) -> None:
    filled(company, spend("s"))
    one = found(company, measure, scope)
    assert (one.value, one.reason) == (None, reason)


def test_what_lies_outside_a_persons_reach_is_not_measured(company: Company) -> None:
    filled(company, staff(date(2026, 10, 31), "9"))
    american = Actor("oidc:eva", frozenset({Role.VIEWER}), frozenset({"america"}))
    with reading(company.engine) as connection:
        reader = reader_for(Reader(connection, company.settings), american)
        one = Measurer(reader, "EUR").find("people", "wallet", OCTOBER)
    assert (one.value, one.reason) == (None, "it lies outside what you may read")


def case(**values: Assumption) -> Case:
    line = Line(id="market", lever="time_to_market", values=values)
    given = {"name": "n", "owner": "o", "currency": "EUR", "start": date(2027, 1, 1), "years": 2, "discount_rate": 0}
    return Case(**given, line=(line,))


def test_a_line_starts_from_what_is_measured_and_keeps_the_rest(company: Company) -> None:
    filled(company, *(revenue(day, "100") for day in days(date(2026, 10, 1), 31)))
    (line,) = case(margin=Assumption(value="0.4")).line
    with measurer(company) as one:
        made, read = started(one, line, "group", OCTOBER)
    assert made.assumption("revenue").value == 36_500
    assert made.assumption("revenue").source == "Revenue, group, 2026-10"
    assert made.assumption("revenue").date == date(2026, 11, 9)
    assert made.assumption("margin") == Assumption(value="0.4")
    assert [(each.measure.id, each.value) for each in read] == [
        ("features_per_year", None),
        ("revenue_per_year", 36_500),
    ]
    assert "features_before" not in made.values or made.assumption("features_before").measured is None


def test_a_line_that_starts_from_what_is_measured_is_worth_nothing_until_a_change_is_planned(company: Company) -> None:
    filled(company, *(spend(f"s{day}", day, "10") for day in days(date(2026, 10, 1), 31)))
    with measurer(company) as one:
        made, _ = started(one, Line(id="savings", lever="cost_savings"), "wallet", OCTOBER)
        planned = Line(id="savings", lever="cost_savings", values={"spend_after": Assumption(value=Decimal(3_000))})
        kept, _ = started(one, planned, "wallet", OCTOBER)
    assert made.assumption("spend_before").value == made.assumption("spend_after").value == 3_650
    assert made.assumption("spend_after").source == "as before: no change is planned yet"
    assert full_amount(made) == 0
    assert full_amount(kept) == 650


def test_a_case_is_read_again_and_its_ranges_keep_their_width(company: Company) -> None:
    filled(company, *(revenue(day, "200") for day in days(date(2026, 10, 1), 31)))
    noted = Measured(measure="revenue_per_year", scope="group", period="2026-07")
    old = case(
        revenue=Assumption(value=36_500, low=30_000, high=40_000, measured=noted),
        features_before=Assumption(
            value=5, measured=Measured(measure="features_per_year", scope="group", period="2026-07")
        ),
    )
    with measurer(company) as one:
        now, read = measured_again(one, old, "group", OCTOBER)
    after = now.named("market").assumption("revenue")
    assert (after.value, after.low, after.high) == (73_000, 60_000, 80_000)
    assert after.measured is not None
    assert after.measured.period == "2026-10"
    assert now.named("market").assumption("features_before") == old.named("market").assumption("features_before")
    assert {each.parameter: each.found.value for each in read} == {"features_before": None, "revenue": 73_000}
