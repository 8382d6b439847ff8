"""Invoices of the demo company keep the rules of FOCUS."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from data.sample import SEED
from data.sample.billing import AMOUNTS, CORRECTED, billing, billing_months, focus_version
from data.sample.fx import fx_rates
from tests.data.sample.stories import END

OCTOBER = 2026 * 12 + 9


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    """The contract year of the databases bought on 1 March 2025."""
    return pd.concat([billing(SEED, month, END) for month in range(2025 * 12 + 2, 2026 * 12 + 2)])


def test_three_years_have_a_file_a_month_and_two_versions_of_focus() -> None:
    months = billing_months(date(2023, 11, 1), END)
    assert len(months) == 36
    assert [focus_version(month) for month in (2025 * 12 + 5, 2025 * 12 + 6)] == ["1.0", "1.2"]


def test_what_was_used_of_a_commitment_costs_what_it_was_bought_for(year: pd.DataFrame) -> None:
    rows = year[year["CommitmentDiscountId"].notna()]
    bought = rows[rows["ChargeCategory"] == "Purchase"].groupby("CommitmentDiscountId")["BilledCost"].sum()
    used = rows[rows["ChargeCategory"] == "Usage"].groupby("CommitmentDiscountId")["EffectiveCost"].sum()
    assert len(bought) == 13
    assert used.to_dict() == bought.to_dict()


def test_the_freeze_leaves_a_part_of_the_commitments_unused(year: pd.DataFrame) -> None:
    unused = year[year["CommitmentDiscountStatus"] == "Unused"]
    assert {day.month for day in unused["ChargePeriodStart"]} == {12, 1}
    assert unused["Tags"].isna().all()


def test_a_month_is_put_right_two_months_later() -> None:
    frame = billing(SEED, CORRECTED[1], END)
    corrections = frame[frame["ChargeClass"] == "Correction"]
    assert (corrections["BilledCost"] < 0).all()
    assert {(day.year, day.month) for day in corrections["ChargePeriodStart"]} == {(2026, 7)}
    assert set(corrections["BillingPeriodStart"]) == {date(2026, 9, 1)}


def test_the_cloud_grants_one_credit() -> None:
    frame = billing(SEED, 2025 * 12 + 10, END)
    credit = frame[frame["ChargeCategory"] == "Credit"]
    assert credit[["BilledCost", "BillingCurrency"]].to_numpy().tolist() == [[-40_000_000_000, "USD"]]


def test_an_open_month_grows_by_days_and_is_taxed_at_its_end() -> None:
    half, whole = billing(SEED, OCTOBER, date(2026, 10, 15)), billing(SEED, OCTOBER, END)
    known = whole[(whole["ChargePeriodStart"] <= date(2026, 10, 15)) & (whole["ChargeCategory"] != "Tax")]
    order = ["ChargePeriodStart", "ResourceId", "CommitmentDiscountId", "Tags", "EffectiveCost"]
    columns = [*order, "BilledCost", "ChargeCategory", "InvoiceId"]
    mine, theirs = (f.sort_values(order)[columns].reset_index(drop=True) for f in (half, known))
    pd.testing.assert_frame_equal(mine, theirs)
    assert (half["ChargeCategory"] != "Tax").all()
    assert set(whole[whole["ChargeCategory"] == "Tax"]["BillingCurrency"]) == {"EUR"}


def test_a_fifth_of_the_spend_is_integration_and_a_little_is_unclassified() -> None:
    frame = billing(SEED, OCTOBER, END)
    frame = frame[frame["ChargeCategory"] != "Tax"]
    euros = frame["EffectiveCost"] / frame["BillingCurrency"].map({"EUR": 1.0, "USD": 1.09})
    tagged = frame["Tags"].fillna("").str.contains('"cost_class": "integration"')
    classed = frame["Tags"].notna()
    integration = tagged | (~classed & (frame["ServiceCategory"] == "Integration"))
    unclassified = ~integration & ~classed & (frame["ServiceCategory"] == "Other")
    assert 0.18 < euros[integration].sum() / euros.sum() < 0.21
    assert 0.01 < euros[unclassified].sum() / euros.sum() < 0.05
    assert 13e6 < euros.sum() / 1e6 * 12 < 17e6


def test_amounts_are_whole_millionths_and_every_row_has_what_focus_demands() -> None:
    frame = billing(SEED, OCTOBER, END)
    assert {str(frame[name].dtype) for name in AMOUNTS} == {"int64"}
    needed = ["BillingAccountId", "BillingCurrency", "ChargeCategory", "ProviderName", "ServiceCategory", "ServiceName"]
    assert frame[needed].notna().all().all()


def test_rates_are_the_same_whatever_days_are_asked_for() -> None:
    year = {(rate.day, rate.quote): rate.rate for rate in fx_rates(SEED, date(2026, 1, 1), date(2026, 12, 31))}
    week = list(fx_rates(SEED, date(2026, 6, 1), date(2026, 6, 7)))
    assert [(rate.base, rate.quote) for rate in week[:2]] == [("EUR", "USD"), ("EUR", "GBP")]
    assert all(year[rate.day, rate.quote] == rate.rate for rate in week)
    assert all(Decimal("0.8") < rate < Decimal("1.2") for rate in year.values())
