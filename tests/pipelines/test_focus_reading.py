"""When a billing period is renewed, when it stays as it is, and what is told: changed, lost, damaged, doubled files."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.connectors.base import Covered, FileSeen, Replacement
from tests.pipelines.billing import Folder, charge, notes, rejected, write

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)
IN_OCTOBER = {
    "BillingPeriodStart": "2026-10-01T00:00:00Z",
    "BillingPeriodEnd": "2026-11-01T00:00:00Z",
    "ChargePeriodStart": "2026-10-03T00:00:00Z",
    "ChargePeriodEnd": "2026-10-04T00:00:00Z",
}


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
        own = charge(ChargePeriodStart=f"2026-09-05T{hour}:00:00Z", BilledCost="24")
        write(tmp_path / f"half-{n}.csv", [own, charge(EffectiveCost="faulty in both")])
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


def test_other_choices_read_the_files_again(tmp_path: Path) -> None:
    folder = Folder(write(tmp_path / "a.csv", [charge(Tags='{"team": "core"}')]))
    folder.read()
    folder.options = {"tag_keys": ["team"]}
    folder.read()
    assert [fact.tags for fact in folder.facts] == [(("team", "core"),)]
    assert folder.read() == []


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
