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
from pipelines.connectors.base import Covered, FileSeen, Finding, Record, Replacement
from pipelines.connectors.focus import Focus
from pipelines.errors import SkipRecord, StopSource
from tests.pipelines.billing import Folder, charge, notes, read, rejected, totals, write

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


def test_a_second_reading_of_the_same_files_gives_no_page(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "a.csv", [charge()])
    write(tmp_path / "b.parquet", [charge(**IN_OCTOBER)])
    assert [page.stream for page in folder.read()] == ["files", "files", "2026-09-01", "2026-10-01"]
    assert folder.read() == []


def test_a_file_written_again_with_the_same_contents_gives_no_page(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge()]))
    folder.read()
    write(tmp_path / "a.csv", [charge()])
    assert folder.read() == []


def test_a_changed_file_replaces_its_billing_period_from_all_of_its_files_and_no_other(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "a.csv", [charge(ResourceId="vm-1", BilledCost="1")])
    write(tmp_path / "b.csv", [charge(ResourceId="vm-2", BilledCost="20", SubAccountId="ledger")])
    write(tmp_path / "c.csv", [charge(**IN_OCTOBER, BilledCost="300")])
    folder.read()
    write(tmp_path / "a.csv", [charge(ResourceId="vm-1", BilledCost="2")])
    pages = [page for page in folder.read() if page.replaces]
    assert [page.replaces for page in pages] == [(Replacement("spend", "billing_period", SEPTEMBER),)]
    assert {fact.sub_account: fact.billed for fact in folder.stored[SEPTEMBER]} == {"wallet": 2, "ledger": 20}
    assert [file.path for file in pages[0].files] == ["a.csv"]
    assert sum(fact.billed for fact in folder.facts) == 322


def test_a_reading_that_breaks_off_is_resumed_with_the_periods_that_are_missing(tmp_path: Path) -> None:
    folder, undisturbed = Folder(tmp_path), Folder(tmp_path)
    write(tmp_path / "both.csv", [charge(), charge(**IN_OCTOBER)])
    folder.read(pages=2)
    assert set(folder.stored) == {SEPTEMBER}
    folder.read()
    undisturbed.read()
    assert folder.stored == undisturbed.stored
    assert folder.cursors == undisturbed.cursors
    assert folder.read() == []


def test_a_cut_off_parquet_file_keeps_its_period_and_leaves_the_others_to_go_on(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "september.parquet", [charge(BilledCost="5")])
    write(tmp_path / "more.csv", [charge(BilledCost="2", SubAccountId="ledger")])
    write(tmp_path / "october.csv", [charge(**IN_OCTOBER)])
    folder.read()
    whole = (tmp_path / "september.parquet").read_bytes()
    (tmp_path / "september.parquet").write_bytes(whole[: len(whole) // 2])
    write(tmp_path / "more.csv", [charge(BilledCost="3", SubAccountId="ledger")])
    write(tmp_path / "october.csv", [charge(**IN_OCTOBER, BilledCost="7")])
    pages = folder.read()
    says = "september.parquet cannot be read to its end: it is half written or damaged. The last good data stay."
    assert set(notes(pages)) == {says}
    assert {period: sum(fact.billed for fact in facts) for period, facts in folder.stored.items()} == {
        SEPTEMBER: Decimal(7),
        OCTOBER: Decimal(7),
    }
    (tmp_path / "september.parquet").write_bytes(whole)
    folder.read()
    assert sum(fact.billed for fact in folder.stored[SEPTEMBER]) == 8
    assert folder.read() == []


@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_a_cut_off_gzip_file_is_noticed_though_its_lines_look_whole(tmp_path: Path, keep: float) -> None:
    rows = [charge(BilledCost=f"0.{n:05d}", ResourceId=f"vm-{n * 7919 % 10007}") for n in range(5000)]
    whole = write(tmp_path / "a.csv.gz", rows).read_bytes()
    (tmp_path / "a.csv.gz").write_bytes(whole[: int(len(whole) * keep)])
    folder = Folder(tmp_path)
    assert notes(folder.read()) == [
        "a.csv.gz cannot be read to its end: it is half written or damaged. The last good data stay."
    ]
    assert folder.stored == {}


def test_a_new_half_written_file_holds_the_month_that_its_name_tells(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "BILLING_PERIOD=2026-09" / "part-1.csv", [charge()])
    folder.read()
    (tmp_path / "BILLING_PERIOD=2026-09" / "part-2.parquet").write_bytes(b"PAR1 and no more")
    write(tmp_path / "BILLING_PERIOD=2026-09" / "part-1.csv", [charge(BilledCost="50")])
    folder.read()
    assert sum(fact.billed for fact in folder.facts) == 1


def test_a_period_whose_file_disappeared_keeps_its_data_and_this_is_told_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "a.csv", [charge()])
    write(tmp_path / "b.csv", [charge(**IN_OCTOBER)])
    folder.read()
    before = dict(folder.stored)
    (tmp_path / "a.csv").unlink()
    assert notes(folder.read()) == ["2026-09: a.csv no longer holds it. The last good data stay."]
    assert folder.read() == []
    assert folder.stored == before


def test_a_file_that_is_overwritten_each_month_leaves_the_earlier_months_as_they_are(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "latest.csv", [charge(BilledCost="5")]))
    folder.read()
    write(tmp_path / "latest.csv", [charge(**IN_OCTOBER)])
    assert notes(folder.read()) == ["2026-09: latest.csv no longer holds it. The last good data stay."]
    assert {period: sum(fact.billed for fact in facts) for period, facts in folder.stored.items()} == {
        SEPTEMBER: Decimal(5),
        OCTOBER: Decimal(1),
    }
    assert folder.read() == []


def test_a_copy_of_a_file_under_another_name_counts_once(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "a.csv", [charge()])
    write(tmp_path / "copy.csv", [charge()])
    assert notes(folder.read()) == ["copy.csv is a copy of a.csv: counted once."]
    assert sum(fact.billed for fact in folder.facts) == 1
    assert folder.read() == []


def test_an_export_in_another_format_beside_the_first_counts_once(tmp_path: Path) -> None:
    rows = [charge(BilledCost=f"{n}.50", ResourceId=f"vm-{n}") for n in range(20)]
    folder = Folder(tmp_path)
    write(tmp_path / "a.csv", rows)
    write(tmp_path / "b.parquet", [*rows, charge(ResourceId="vm-new", BilledCost="1000", SubAccountId="new")])
    pages = folder.read()
    assert notes(pages) == ["2026-09: all charges of a.csv are in b.parquet too: counted once."]
    assert sum(fact.billed for fact in folder.facts) == 190 + 10 + 1000
    assert folder.read() == []


def test_a_later_export_that_restates_some_charges_waits_for_a_person(tmp_path: Path) -> None:
    rows = [charge(BilledCost=f"{n}.50", ResourceId=f"vm-{n}", SubAccountId=f"team-{n}") for n in range(20)]
    folder = Folder(tmp_path)
    write(tmp_path / "monday.csv", rows)
    folder.read()
    write(tmp_path / "tuesday.csv", [charge(BilledCost="77", ResourceId="vm-0", SubAccountId="team-0"), *rows[1:]])
    pages = folder.read()
    assert notes(pages) == [
        (
            "2026-09: 95% of the charges of monday.csv are in tuesday.csv too: remove the outdated one of them. "
            "The last good data stay."
        )
    ]
    assert sum(fact.billed for fact in folder.facts) == 200
    (tmp_path / "monday.csv").unlink()
    folder.read()
    assert sum(fact.billed for fact in folder.facts) == Decimal("276.5")


def test_files_with_the_same_daily_sums_of_different_charges_all_count(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for n, hour in enumerate(("00", "12")):
        write(tmp_path / f"half-{n}.csv", [charge(ChargePeriodStart=f"2026-09-05T{hour}:00:00Z", BilledCost="24")])
    assert notes(folder.read()) == []
    assert sum(fact.billed for fact in folder.facts) == 48


def test_only_the_files_of_the_latest_manifest_count(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for day, cost in (("20260905", "1"), ("20260906", "2")):
        run = tmp_path / "20260901-20260930" / f"run-{day}"
        write(run / "part.csv", [charge(BilledCost=cost)])
        blob = f"exports/costs/20260901-20260930/run-{day}/part.csv"
        manifest = {
            "exportConfig": {"exportName": "costs"},
            "runInfo": {"submittedTime": f"{day}T06:00:00Z", "startDate": "2026-09-01T00:00:00"},
            "blobs": [{"blobName": blob, "byteCount": (run / "part.csv").stat().st_size}],
        }
        (run / "manifest.json").write_text(json.dumps(manifest))
        folder.read()
        assert sum(fact.billed for fact in folder.facts) == Decimal(cost)
    assert folder.read() == []


def test_a_delivery_whose_manifest_names_a_missing_file_is_awaited(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    data = tmp_path / "data" / "BILLING_PERIOD=2026-09"
    names = [f"s3://bucket/prefix/export/data/BILLING_PERIOD=2026-09/export-{n}.csv" for n in (1, 2)]
    manifest = tmp_path / "metadata" / "BILLING_PERIOD=2026-09" / "export-Manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"dataFiles": names}))
    write(data / "export-1.csv", [charge(BilledCost="1")])
    write(data / "left-over.csv", [charge(BilledCost="500")])
    waits = (
        "metadata/BILLING_PERIOD=2026-09/export-Manifest.json names "
        "s3://bucket/prefix/export/data/BILLING_PERIOD=2026-09/export-2.csv, which is not there yet. "
        "The last good data stay."
    )
    assert notes(folder.read()) == [waits]
    assert folder.stored == {}
    write(data / "export-2.csv", [charge(BilledCost="2", ResourceId="vm-2")])
    assert notes(folder.read()) == ["No manifest names data/BILLING_PERIOD=2026-09/left-over.csv: not read."]
    assert sum(fact.billed for fact in folder.facts) == 3


def test_a_file_without_the_needed_columns_is_refused_in_one_sentence_and_not_read_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    write(tmp_path / "good.csv", [charge()])
    write(tmp_path / "list.csv", [{"BilledCost": "1", "EffectiveCost": "1", "ChargeCategory": "Usage"}])
    pages = folder.read()
    says = "list.csv is no FOCUS file: it lacks the columns BillingCurrency, BillingPeriodStart, ChargePeriodStart."
    assert rejected(pages) == {"list.csv": says}
    assert sum(fact.billed for fact in folder.facts) == 1
    assert folder.read() == []


def test_a_file_of_faulty_charges_alone_is_told_and_not_read_again(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge(BilledCost="")]))
    pages = folder.read()
    assert rejected(pages) == {
        "a.csv": "a.csv: no charge of it can be counted.",
        "a.csv, line 2": "BilledCost is missing",
    }
    assert pages[0].files == (
        FileSeen(
            "a.csv", pages[0].files[0].size, pages[0].files[0].sha256, 0, 1, "a.csv: no charge of it can be counted."
        ),
    )
    assert folder.read() == []


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


def test_other_choices_read_the_files_again(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge(Tags='{"team": "core"}')]))
    folder.read()
    folder.options = {"tag_keys": ["team"]}
    folder.read()
    assert [fact.tags for fact in folder.facts] == [(("team", "core"),)]
    assert folder.read() == []


def test_the_id_of_a_fact_is_its_grain_and_not_its_amount(tmp_path: Path) -> None:
    first = read(write(tmp_path / "a.csv", [charge(BilledCost="1")]))
    second = read(write(tmp_path / "a.csv", [charge(BilledCost="2"), charge(BilledCost="3")]))
    other = read(write(tmp_path / "a.csv", [charge(ServiceName="Disks")]))
    assert [fact.source_id for fact in first] == [fact.source_id for fact in second]
    assert [fact.source_id for fact in first] != [fact.source_id for fact in other]


def test_a_full_reading_reads_everything_again(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge()]))
    folder.read()
    assert [page.stream for page in folder.read(full=True)] == ["files", "2026-09-01"]


def test_billing_periods_before_the_first_day_asked_for_are_left_out(tmp_path: Path) -> None:
    folder = Folder(tmp_path, since=date(2026, 10, 15))
    write(tmp_path / "both.csv", [charge(), charge(**IN_OCTOBER)])
    write(tmp_path / "old.csv", [charge(SubAccountId="other")])
    folder.read()
    assert set(folder.stored) == {OCTOBER}
    assert folder.read() == []


def test_coverage_ends_with_the_last_day_that_was_billed(tmp_path: Path) -> None:
    early = "2026-08-30T00:00:00Z"
    rows = [charge(), charge(ChargePeriodStart=early), charge(ChargePeriodStart="2026-09-09T23:00:00Z")]
    page = Folder(write(tmp_path / "a.csv", rows)).read()[-1]
    assert page.covered == (
        Covered("spend", "", "", datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 9, 10, tzinfo=UTC)),
    )


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
