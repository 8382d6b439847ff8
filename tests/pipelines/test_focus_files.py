"""Which files of a billing folder are current: paths, patterns, manifests of AWS and Azure, months in names."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import StopSource
from pipelines.focus_files import Awaited, File, listed


def _put(folder: Path, name: str, contents: Any = b"x") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents if isinstance(contents, bytes) else json.dumps(contents).encode())
    return path


def _names(path: Path | str) -> list[str]:
    return [file.name for file in listed(str(path)).files]


def test_a_folder_holds_the_files_of_charges_below_it_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "b/2.PARQUET",
        "a.csv",
        "b/1.csv.gz",
        "notes.txt",
        ".hidden/x.csv",
        "_tmp/x.csv",
        "._a.csv",
        "a.csv.part",
    ):
        _put(tmp_path, name)
    assert _names(tmp_path) == ["a.csv", "b/1.csv.gz", "b/2.PARQUET"]


def test_a_file_and_a_pattern_are_paths_too(tmp_path: Path) -> None:
    for name in ("x/1.csv", "y/2.csv", "y/z/3.csv", "y/4.parquet"):
        _put(tmp_path, name)
    assert _names(tmp_path / "x" / "1.csv") == ["1.csv"]
    assert _names(tmp_path / "*" / "*.csv") == ["x/1.csv", "y/2.csv"]
    assert _names(tmp_path / "y" / "**" / "*.csv") == ["2.csv", "z/3.csv"]


def test_a_path_with_brackets_in_its_name_is_no_pattern(tmp_path: Path) -> None:
    _put(tmp_path, "a[1].csv")
    _put(tmp_path, "a1.csv")
    assert _names(tmp_path / "a[1].csv") == ["a[1].csv"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", r"Nothing is at .*nothing: correct the option path, or mount the folder\."),
        ("*.csv", r"Nothing is at .*\*\.csv"),
        ("", r"There are no files of charges at .*: they end in \.csv, \.csv\.gz, \.parquet\."),
    ],
)
def test_where_nothing_is_a_sentence_says_so(tmp_path: Path, name: str, says: str) -> None:
    _put(tmp_path, "readme.txt")
    with pytest.raises(StopSource, match=says):
        listed(str(tmp_path / name))


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("data/BILLING_PERIOD=2026-09/export-00001.csv.gz", date(2026, 9, 1)),
        ("costs/20260901-20260930/8f1e/part_0.parquet", date(2026, 9, 1)),
        ("focus-1.2-2026-09.parquet", date(2026, 9, 1)),
        ("focus_202609.csv", date(2026, 9, 1)),
        ("invoice-20267.csv", None),
        ("account-1234567890123.csv", None),
        ("2026-13.csv", None),
    ],
)
def test_a_name_may_tell_the_month(tmp_path: Path, name: str, month: date | None) -> None:
    assert File(tmp_path / name, name).month == month


def _aws(*files: str) -> dict[str, Any]:
    return {"exportName": "export", "dataFiles": [f"s3://bucket/prefix/export/{name}" for name in files]}


def test_an_aws_manifest_names_the_current_files_and_strangers_are_told(tmp_path: Path) -> None:
    for name in ("1.csv", "2.csv", "old.csv"):
        _put(tmp_path, f"data/BILLING_PERIOD=2026-09/{name}")
    named = [f"data/BILLING_PERIOD=2026-09/{n}.csv" for n in (1, 2)]
    _put(tmp_path, "metadata/BILLING_PERIOD=2026-09/export-Manifest.json", _aws(*named))
    found = listed(str(tmp_path))
    assert [(file.name, file.governed) for file in found.files] == [(name, True) for name in named]
    assert found.notes == ("No manifest names data/BILLING_PERIOD=2026-09/old.csv: not read.",)


def test_a_bucket_below_the_folder_or_above_it_is_recognised(tmp_path: Path) -> None:
    name = "data/BILLING_PERIOD=2026-09/1.csv"
    _put(tmp_path, f"bucket/prefix/export/{name}")
    _put(tmp_path, "bucket/prefix/export/metadata/BILLING_PERIOD=2026-09/export-Manifest.json", _aws(name))
    assert _names(tmp_path) == [f"bucket/prefix/export/{name}"]
    assert _names(tmp_path / "bucket" / "prefix" / "export") == [name]


def test_of_two_deliveries_of_a_month_the_later_manifest_counts(tmp_path: Path) -> None:
    for n, run in enumerate(("run-b", "run-a")):
        _put(tmp_path, f"data/BILLING_PERIOD=2026-09/{run}/1.csv")
        manifest = f"metadata/BILLING_PERIOD=2026-09/{run}/export-Manifest.json"
        written = _put(tmp_path, manifest, _aws(f"data/BILLING_PERIOD=2026-09/{run}/1.csv"))
        os.utime(written, (1_790_000_000 + n, 1_790_000_000 + n))
    _put(tmp_path, "data/BILLING_PERIOD=2026-08/1.csv")
    _put(tmp_path, "metadata/BILLING_PERIOD=2026-08/export-Manifest.json", _aws("data/BILLING_PERIOD=2026-08/1.csv"))
    assert _names(tmp_path) == ["data/BILLING_PERIOD=2026-08/1.csv", "data/BILLING_PERIOD=2026-09/run-a/1.csv"]


def _azure(run: str, submitted: str, size: int = 1) -> dict[str, Any]:
    return {
        "exportConfig": {"exportName": "costs"},
        "runInfo": {"runId": run, "submittedTime": submitted, "startDate": "2026-09-01T00:00:00"},
        "blobs": [{"blobName": f"root/costs/20260901-20260930/{run}/part_0.csv", "byteCount": size}],
    }


def test_of_two_azure_runs_the_one_submitted_last_counts_whatever_their_order_on_disk(tmp_path: Path) -> None:
    for run, submitted in (("a", "2026-09-03T06:00:00.1Z"), ("b", "2026-09-02T06:00:00.9Z")):
        _put(tmp_path, f"20260901-20260930/{run}/part_0.csv")
        _put(tmp_path, f"20260901-20260930/{run}/manifest.json", _azure(run, submitted))
    assert _names(tmp_path) == ["20260901-20260930/a/part_0.csv"]


def test_a_run_whose_file_is_not_yet_as_long_as_its_manifest_says_is_awaited(tmp_path: Path) -> None:
    _put(tmp_path, "20260901-20260930/a/part_0.csv", b"half")
    _put(tmp_path, "20260901-20260930/a/_manifest.json", _azure("a", "2026-09-03T06:00:00Z", 9))
    found = listed(str(tmp_path))
    assert found.files == ()
    reason = "20260901-20260930/a/_manifest.json says 20260901-20260930/a/part_0.csv has 9 bytes, it has 4"
    assert found.awaited == (Awaited(date(2026, 9, 1), frozenset({"20260901-20260930/a/part_0.csv"}), reason),)


def test_a_manifest_that_is_half_written_is_awaited(tmp_path: Path) -> None:
    _put(tmp_path, "data/BILLING_PERIOD=2026-09/1.csv")
    _put(tmp_path, "metadata/BILLING_PERIOD=2026-09/export-Manifest.json", b'{"dataFiles": ["s3://')
    (awaited,) = listed(str(tmp_path)).awaited
    assert awaited.month == date(2026, 9, 1)
    assert awaited.reason.startswith("metadata/BILLING_PERIOD=2026-09/export-Manifest.json is no JSON yet")


def test_a_document_that_only_bears_the_name_of_a_manifest_changes_nothing(tmp_path: Path) -> None:
    _put(tmp_path, "a.csv")
    _put(tmp_path, "app-manifest.json", {"name": "x"})
    _put(tmp_path, "manifest.json", [1, 2])
    assert _names(tmp_path) == ["a.csv"]


def test_the_stamp_changes_with_each_writing_even_of_the_same_length_and_time(tmp_path: Path) -> None:
    path = _put(tmp_path, "a.csv", b"one")
    os.utime(path, ns=(10**18, 10**18))
    before = File(path, "a.csv").stamp
    time.sleep(0.02)  # longer than the tick of a file system's clock
    path.write_bytes(b"two")
    os.utime(path, ns=(10**18, 10**18))
    assert File(path, "a.csv").stamp != before
