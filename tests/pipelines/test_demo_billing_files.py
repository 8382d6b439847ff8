"""The demo's billing files hold the story's invoices to the last millionth, with the traps of real exports."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import requests

from data.sample.billing import AMOUNTS, billing
from pipelines.demo import serving, write_billing
from pipelines.demo.billing_files import IMPOSSIBLE_HOUR, file_bytes, file_name
from tests.data.sample.stories import told
from tests.servers.demo import DemoSources

OLD, NEW = 2024 * 12 + 4, 2026 * 12 + 8


@pytest.fixture
def folder(demo_sources: DemoSources) -> Path:
    """Where they were written; nothing is added."""
    return demo_sources.files


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def sums(month: int) -> dict[str, Decimal]:
    frame = billing(told().seed, month, told().end)
    return {name: Decimal(int(frame[name].sum())) / 1_000_000 for name in AMOUNTS}


def test_each_month_has_one_file_in_the_form_of_its_time(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 36
    assert (names[0], names[-1]) == ("focus-1.0-2023-11.csv.gz", "focus-1.2-2026-10.parquet")
    assert Counter(name.split("-")[1] for name in names) == {"1.0": 20, "1.2": 16}


def test_a_story_that_ends_earlier_leaves_no_later_month_behind(tmp_path: Path) -> None:
    (tmp_path / "focus-1.2-2026-11.parquet").write_bytes(b"of a later story")
    (tmp_path / "notes.txt").write_text("not ours")
    written = write_billing(replace(told(), start=date(2026, 9, 1)), tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([*written, tmp_path / "notes.txt"])


def test_old_files_are_text_with_a_byte_order_mark_and_two_ways_to_say_nothing(folder: Path) -> None:
    found = rows(folder / file_name(OLD))
    assert gzip.decompress((folder / file_name(OLD)).read_bytes()).startswith(b"\xef\xbb\xbf")
    assert {name: sum(Decimal(row[name]) for row in found) for name in AMOUNTS} == sums(OLD)
    assert {"STORAGE", "Compute"} <= {row["ServiceCategory"] for row in found}
    assert {"", "NULL"} <= {cell for row in found for cell in row.values()}
    assert found[0]["ChargePeriodStart"] == "2024-05-01 00:00:00"
    assert not {"InvoiceId", "ServiceSubcategory"} & found[0].keys()


def test_new_files_are_parquet_with_exact_decimals_and_the_columns_of_1_2(folder: Path) -> None:
    table = pq.read_table(folder / file_name(NEW))
    assert {name: sum(table[name].to_pylist()) for name in AMOUNTS} == sums(NEW)
    assert min(table["BilledCost"].to_pylist()) < 0
    assert {"InvoiceId", "ServiceSubcategory", "SubAccountType", "BillingAccountType"} <= set(table.column_names)
    assert str(table.schema.field("ChargePeriodStart").type) == "timestamp[us, tz=UTC]"


def test_one_row_starts_at_an_impossible_hour(folder: Path) -> None:
    found = [row["ChargePeriodStart"] for row in rows(folder / file_name(IMPOSSIBLE_HOUR))]
    assert [text for text in found if not text.endswith(" 00:00:00")] == ["2025-03-01 30:00:00"]


@pytest.mark.parametrize("month", [OLD, NEW], ids=["csv", "parquet"])
def test_the_same_story_gives_the_same_bytes(folder: Path, month: int) -> None:
    assert file_bytes(told(), month) == (folder / file_name(month)).read_bytes()


def test_the_folder_can_be_fetched_as_well() -> None:
    with serving(told()) as base_url:
        found = requests.get(f"{base_url}/focus/", timeout=10).json()["files"]
        last = requests.get(f"{base_url}/focus/{found[-1]['name']}", timeout=10)
        missing = requests.get(f"{base_url}/focus/none.csv", timeout=10)
    assert found[-1] == {"name": file_name(NEW + 1), "billing_period": "2026-10-01", "focus_version": "1.2"}
    assert last.content == file_bytes(told(), NEW + 1)
    assert missing.status_code == 404
