"""Billing files become facts: the real sample and the worked cases of the specification, exact to the last decimal."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from data.facts import Spend
from data.settings import Settings, Source, Warehouse
from pipelines.connectors.base import Covered, Finding, Record, Replacement
from pipelines.connectors.focus import Focus
from pipelines.errors import SkipRecord, StopSource, TryAgain
from tests.pipelines.billing import Folder, charge, read, rejected, totals, write

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
IN_OCTOBER = {
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-03T00:00:00Z",
    "ChargePeriodEnd": "2026-10-04T00:00:00Z",
}


@pytest.mark.real
@pytest.mark.parametrize(
    ("column", "fact_field"),
    [
        ("ServiceCategory", "category"),
        ("ChargeCategory", "charge_category"),
        ("SubAccountName", "sub_account"),
        ("ProviderName", "provider"),
        ("day", "day"),
    ],
)
def test_the_sample_equals_its_expected_totals_to_the_last_decimal(inputs: Path, column: str, fact_field: str) -> None:
    expected = json.loads((inputs / "focus" / "focus_sample_1.0.expected.json").read_text())
    facts = read(inputs / "focus" / "focus_sample_1.0.csv", accounts_by="name")
    found = {str(key): sums for key, sums in totals(facts, fact_field).items()}
    assert found == {
        key: (Decimal(one["BilledCost"]), Decimal(one["EffectiveCost"])) for key, one in expected[column].items()
    }
    assert sum(fact.billed for fact in facts) == Decimal(expected["total"]["BilledCost"]) == Decimal("5.98839374320")
    assert sum(fact.effective for fact in facts) == Decimal(expected["total"]["EffectiveCost"]) == Decimal(2)


@pytest.mark.real
def test_the_sample_is_counted_in_full_and_its_file_is_all_that_is_kept_of_it(inputs: Path) -> None:
    page = Folder(inputs / "focus" / "focus_sample_1.0.csv").read()[-1]
    (seen,) = page.files
    assert (seen.path, seen.size, seen.rows, seen.rejected, seen.note) == (
        "focus_sample_1.0.csv",
        349573,
        500,
        0,
        "FOCUS 1.0",
    )
    assert page.records == ()
    assert page.rejected == ()
    assert page.replaces == (Replacement("spend", "billing_period", date(2024, 9, 1)),)
    assert page.covered == (
        Covered("spend", "", "", datetime(2024, 9, 1, tzinfo=UTC), datetime(2024, 10, 1, tzinfo=UTC)),
    )


@pytest.mark.real
def test_the_tags_of_the_sample_are_kept_by_declared_key(inputs: Path) -> None:
    with (inputs / "focus" / "focus_sample_1.0.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["Tags"] != "NULL"]
    expected: dict[str, Decimal] = {}
    for row in rows:
        unit = json.loads(row["Tags"]).get("business_unit", "")
        expected[unit] = expected.get(unit, Decimal(0)) + Decimal(row["BilledCost"])
    facts = read(inputs / "focus" / "focus_sample_1.0.csv", tag_keys=["business_unit"], scope_by=["tag:business_unit"])
    found = {key: billed for key, (billed, _) in totals(facts, "key").items() if key != "cloud"}
    assert found == {unit: billed for unit, billed in expected.items() if unit}


def _example(inputs: Path, name: str) -> list[dict[str, Any]]:
    """A worked case of the specification with the currency that its fragment leaves out."""
    with (inputs / "focus" / "spec_examples" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [{"BillingCurrency": "USD", **row} for row in csv.DictReader(stream)]


def _hours(row: dict[str, Any], hours: int) -> Iterator[dict[str, Any]]:
    start = datetime(2023, 1, 1, tzinfo=UTC)
    for hour in range(hours):
        at = start + timedelta(hours=hour)
        month = at.replace(day=1, hour=0)
        yield row | {
            "BillingPeriodStart": month.isoformat(),
            "BillingPeriodEnd": (month + timedelta(days=32)).replace(day=1).isoformat(),
            "ChargePeriodStart": at.isoformat(),
            "ChargePeriodEnd": (at + timedelta(hours=1)).isoformat(),
        }


@pytest.mark.real
def test_gt_f02_a_year_all_upfront_is_billed_once_and_used_hour_by_hour(inputs: Path, tmp_path: Path) -> None:
    (purchase,) = _example(inputs, "commitment_discount_purchase_scenario_1")
    (hour,) = _example(inputs, "commitment_discount_usage_scenario_1")
    write(tmp_path / "purchase.csv", [purchase])
    write(tmp_path / "usage.csv", list(_hours(hour, 8760)))
    facts = read(tmp_path)
    assert totals(facts, "charge_category") == {
        "Purchase": (Decimal("8760.00"), Decimal(0)),
        "Usage": (Decimal(0), Decimal("8760.00")),
    }
    usage = [fact for fact in facts if fact.charge_category == "Usage"]
    assert len({fact.day for fact in usage}) == len(usage) == 365
    assert {fact.effective for fact in usage} == {Decimal(24)}


@pytest.mark.real
def test_gt_f01_what_was_used_and_what_was_not_add_up_to_the_purchase(inputs: Path, tmp_path: Path) -> None:
    (purchase,) = _example(inputs, "commitment_discount_purchase_scenario_1")
    used, unused = _example(inputs, "commitment_discount_usage_scenario_3")
    write(tmp_path / "all.csv", [purchase])
    write(tmp_path / "hours.parquet", [*_hours(used, 8760), *_hours(unused, 8760)])
    facts = read(tmp_path)
    by_status = totals(facts, "commitment", "charge_category", "commitment_status")
    assert by_status == {
        ("<my-commitment-discount-id>", "Purchase", ""): (Decimal(8760), Decimal(0)),
        ("<my-commitment-discount-id>", "Usage", "Used"): (Decimal(0), Decimal(6570)),
        ("<my-commitment-discount-id>", "Usage", "Unused"): (Decimal(0), Decimal(2190)),
    }


@pytest.mark.real
@pytest.mark.parametrize("name", ["commitment_discount_purchase_scenario_2", "commitment_discount_purchase_scenario_3"])
def test_an_impossible_hour_is_rejected_by_its_line_and_the_rest_counts(
    inputs: Path, tmp_path: Path, name: str
) -> None:
    rows = _example(inputs, name)
    folder = Folder(write(tmp_path / "case.csv", rows))
    pages = folder.read()
    reason = "ChargePeriodEnd is '2023-02-01T30:00:00Z', which is no ISO 8601 instant"
    assert rejected(pages) == {f"case.csv, line {len(rows) + 1}": reason}
    assert pages[-1].files[0].rejected == 1
    assert sum(fact.billed for fact in folder.facts) == sum(Decimal(row["BilledCost"]) for row in rows[:-1])


@pytest.mark.real
def test_costs_with_a_currency_sign_and_dates_in_american_order_are_never_guessed(inputs: Path) -> None:
    folder = Folder(inputs / "focus" / "spec_examples" / "simple_saas_agreements_c.csv")
    pages = folder.read()
    assert folder.facts == []
    assert rejected(pages)["simple_saas_agreements_c.csv, line 2"] == "BilledCost is '$10,100.00', which is no number"
    folder = Folder(inputs / "focus" / "spec_examples" / "virtual_currency_pricing_model_a1.csv")
    pages = folder.read()
    assert folder.facts == []
    assert rejected(pages)["virtual_currency_pricing_model_a1.csv, line 2"] == (
        "ChargePeriodStart is '4/1/25', which is no ISO 8601 instant"
    )


def test_charges_go_by_the_first_dimension_of_scope_by_that_they_have(tmp_path: Path) -> None:
    rows = [
        charge(Tags='{"service": "wallet-api"}', SubAccountId="pay"),
        charge(Tags='{"other": "x"}', SubAccountId="pay"),
        charge(SubAccountId="NULL"),
        charge(SubAccountId="", BillingAccountId=""),
    ]
    facts = read(write(tmp_path / "a.csv", rows), scope_by=["tag:service", "sub_account", "account"], tag_keys=[])
    assert {(fact.key_kind, fact.key, fact.tags) for fact in facts} == {
        ("tag:service", "wallet-api", (("service", "wallet-api"),)),
        ("sub_account", "pay", ()),
        ("account", "acme", ()),
        ("source", "cloud", ()),
    }


def test_the_id_of_a_fact_is_its_grain_and_not_its_amount(tmp_path: Path) -> None:
    first = read(write(tmp_path / "a.csv", [charge(BilledCost="1")]))
    second = read(write(tmp_path / "a.csv", [charge(BilledCost="2"), charge(BilledCost="3")]))
    other = read(write(tmp_path / "a.csv", [charge(ServiceName="Disks")]))
    assert [fact.source_id for fact in first] == [fact.source_id for fact in second]
    assert [fact.source_id for fact in first] != [fact.source_id for fact in other]


def test_no_record_of_a_row_is_kept(tmp_path: Path) -> None:
    with pytest.raises(SkipRecord, match="no record of them is kept"):
        Folder(tmp_path).connector().facts(Record("charge", "1", {}))


def test_check_tells_versions_currencies_periods_tags_and_faults(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [charge(Tags='{"cost_class": "integration"}'), charge(BillingCurrency="EUR")])
    write(
        tmp_path / "b.csv", [charge(**IN_OCTOBER, InvoiceId="1"), charge(**IN_OCTOBER, InvoiceId="2", BilledCost="x")]
    )
    write(tmp_path / "c.csv", [{"a": "1"}])
    assert list(Folder(tmp_path).connector().check()) == [
        Finding("path", True, f"Current files of charges at {tmp_path}: 3."),
        Finding("a.csv", True, "FOCUS 1.0, 2 charges of 2026-09 in EUR, USD."),
        Finding("a.csv, tag cost_class", True, "50 % of the daily sums carry it."),
        Finding("b.csv", True, "FOCUS 1.2, 1 charges of 2026-10 in USD."),
        Finding(
            "b.csv",
            False,
            "1 charges cannot be counted (line 3: BilledCost is 'x', which is no number): have them corrected.",
        ),
        Finding("b.csv, tag cost_class", True, "0 % of the daily sums carry it."),
        Finding(
            "c.csv",
            False,
            "c.csv is no FOCUS file: it lacks the columns BilledCost, EffectiveCost, BillingCurrency, "
            "BillingPeriodStart, ChargePeriodStart, ChargeCategory.",
        ),
    ]


def test_check_names_a_path_where_nothing_is(tmp_path: Path) -> None:
    missing = tmp_path / "nothing"
    assert list(Folder(missing).connector().check()) == [
        Finding("path", False, f"Nothing is at {missing}: correct the option path, or mount the folder.")
    ]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "option path: Field required"),
        (
            {"path": "x", "scope_by": ["team"]},
            "option scope_by: 'team' is none of sub_account, account, provider, service or tag:<key>",
        ),
        ({"path": "x", "colour": 1}, "option colour: Extra inputs are not permitted"),
        ({"path": "x", "accounts_by": "nickname"}, "option accounts_by: Input should be 'id' or 'name'"),
    ],
)
def test_a_wrong_option_is_named(options: dict[str, Any], says: str) -> None:
    settings = Settings(warehouse=Warehouse(url="sqlite://"), kpis=())
    with pytest.raises(StopSource, match=says):
        list(Focus(Source(id="cloud", type="focus", options=options), settings).check())


def test_a_file_that_the_system_refuses_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.csv", [charge()])

    def refused(self: Path, *_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refused)
    says = (
        f"{path} cannot be opened (Permission denied): give this user the right to read it. The next run tries again."
    )
    with pytest.raises(TryAgain) as told:
        Folder(tmp_path).read()
    assert str(told.value) == says
    assert list(Folder(tmp_path).connector().check()) == [Finding("path", False, says)]


def test_limits_that_the_engine_refuses_are_named(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge()]), {"memory": "plenty"})
    with pytest.raises(StopSource, match="write memory like 2GB"):
        folder.read()


def test_facts_are_spend_of_the_source(tmp_path: Path) -> None:
    row = charge(
        InvoiceId="inv-9",
        ChargeClass="correction",
        ServiceSubcategory="virtual machines",
        CommitmentDiscountId="plan-1",
        CommitmentDiscountStatus="USED",
        Tags='{"cost_class": "other"}',
    )
    (fact,) = read(write(tmp_path / "a.csv", [row]))
    assert fact == Spend(
        source="cloud",
        source_id=fact.source_id,
        key_kind="sub_account",
        key="wallet",
        day=date(2026, 9, 5),
        billing_period=SEPTEMBER,
        account="acme",
        sub_account="wallet",
        provider="Cloud",
        service="Machines",
        category="Compute",
        subcategory="Virtual Machines",
        charge_category="Usage",
        charge_class="Correction",
        invoice="inv-9",
        commitment="plan-1",
        commitment_status="Used",
        currency="USD",
        tags=(("cost_class", "other"),),
        billed=Decimal("1.00"),
        effective=Decimal("0.90"),
    )
