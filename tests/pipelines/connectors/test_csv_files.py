"""What a source of files does when they change, overlap, go, or are set up wrongly."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.connectors.base import Covered, Finding, Name, Replacement
from pipelines.errors import StopSource, TryAgain
from tests.pipelines.connectors.csv_world import Folder, facts, notes, refused

MEASURED = {
    "fact": "measurement",
    "columns": {"key": "what", "day": "day", "numerator": "n", "denominator": "d"},
    "constants": {"metric": "refunds"},
}
ROWS = "what,day,n,d\nwallet,2026-10-01,1,10\nledger,2026-10-03,2,20\n"


def test_postings_that_agree_in_all_but_their_amount_are_all_counted(tmp_path: Path) -> None:
    options = {"fact": "revenue", "columns": {"day": "day", "amount": "amount"}, "constants": {"currency": "EUR"}}
    folder = Folder(tmp_path, options)
    folder.write("a.csv", "day,amount\n2026-10-01,5\n2026-10-01,5\n2026-10-01,7\n")
    assert sorted(str(fact.amount) for fact in facts(folder.read())) == ["5", "5", "7"]  # type: ignore[attr-defined]
    folder.write("a.csv", "day,amount\n2026-10-01,5\n2026-10-01,6\n2026-10-01,7\n")
    folder.read()
    assert sorted(str(fact.amount) for fact in folder.stored.values()) == ["5", "6", "7"]  # type: ignore[attr-defined]


def test_the_same_posting_in_two_files_counts_once_and_says_so(tmp_path: Path) -> None:
    options = {"fact": "revenue", "columns": {"day": "day", "amount": "amount"}, "constants": {"currency": "EUR"}}
    for overlapping in (False, True):
        folder = Folder(tmp_path / str(overlapping), {**options, "overlapping": overlapping})
        folder.write("1.csv", "day,amount\n2026-10-01,5\n2026-10-02,6\n")
        folder.write("2.csv", "day,amount\n2026-10-02,6\n2026-10-03,7\n")
        pages = folder.read()
        assert sorted(str(fact.amount) for fact in facts(pages)) == ["5", "6", "7"]  # type: ignore[attr-defined]
        assert refused(pages) == (
            {}
            if overlapping
            else {
                "2.csv, line 2": "the same row is in 1.csv, line 3: "
                "set overlapping where files overlap, or id to tell rows apart"
            }
        )


def test_a_later_file_corrects_an_earlier_one_where_files_overlap(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {**MEASURED, "overlapping": True})
    folder.write("2026-10.csv", ROWS)
    folder.write("2026-11.csv", "what,day,n,d\nledger,2026-10-03,9,20\n")
    assert [(fact.key, fact.numerator) for fact in facts(folder.read())] == [  # type: ignore[attr-defined]
        ("wallet", 1),
        ("ledger", 9),
    ]


def test_a_replaced_file_replaces_its_rows_unless_some_are_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", ROWS)
    (_, page) = folder.read()
    assert page.replaces == (Replacement("measurement", "source", "sheet"),)
    assert folder.read() == []
    folder.write("a.csv", "what,day,n,d\nwallet,2026-10-01,7,10\nledger,x,2,20\n")
    folder.read()
    assert [fact.key for fact in folder.stored.values()] == ["wallet", "ledger"]
    folder.write("a.csv", "what,day,n,d\nwallet,2026-10-01,8,10\n")
    folder.read()
    assert [(fact.key, fact.numerator) for fact in folder.stored.values()] == [("wallet", 8)]  # type: ignore[attr-defined]


def test_a_register_with_refused_rows_proves_no_day(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {**MEASURED, "covers": "now"})
    folder.write("a.csv", ROWS + "wallet,soon,1,1\n")
    assert [page.covered for page in folder.read()] == [(), ()]
    assert folder.read() == []
    folder.write("a.csv", ROWS)
    (_, page) = folder.read()
    assert page.covered == (
        Covered("measurement", "", "", datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 9, 6, tzinfo=UTC)),
    )


def test_the_names_in_the_files_are_told_before_anything_is_stored(tmp_path: Path) -> None:
    folder = Folder(tmp_path, {**MEASURED, "key_kind": "service"})
    folder.write("a.csv", ROWS)
    assert list(folder.connector().names()) == [Name("service", one, one) for one in ("ledger", "wallet")]


def test_rows_of_a_file_that_is_gone_stay_until_all_is_read_again(tmp_path: Path) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", ROWS)
    b = folder.write("b.csv", "what,day,n,d\ncards,2026-10-01,1,1\n")
    folder.read()
    b.unlink()
    assert notes(folder.read()) == [
        "b.csv is gone: its rows stay, and so do rows that other files no longer hold, until `sync --full`."
    ]
    assert len(folder.stored) == 3
    assert folder.read() == []
    folder.read(full=True)
    assert sorted(fact.key for fact in folder.stored.values()) == ["ledger", "wallet"]


def test_a_file_with_a_wrong_header_loads_nothing_and_takes_nothing_away(tmp_path: Path) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", ROWS)
    folder.write("b.csv", "what,date,n,d\ncards,2026-10-01,1,1\n")
    pages = folder.read()
    assert refused(pages) == {"b.csv": "b.csv has no column 'day'; it has: what, date, n, d."}
    assert [fact.key for fact in facts(pages)] == ["wallet", "ledger"]
    assert pages[-1].replaces == ()
    alone = Folder(tmp_path / "b.csv", MEASURED)
    with pytest.raises(
        StopSource, match=r"Source sheet: b\.csv has no column 'day'; it has: what, date, n, d\. The last"
    ):
        alone.read()


def test_a_half_written_file_is_read_again_and_loads_nothing_until_then(tmp_path: Path) -> None:
    whole = gzip.compress((ROWS * 50).encode())
    folder = Folder(tmp_path / "a.csv.gz", MEASURED)
    (tmp_path / "a.csv.gz").write_bytes(whole[:-12])
    with pytest.raises(TryAgain, match=r"a\.csv\.gz cannot be read to its end: it is half written or damaged"):
        folder.read()
    assert folder.stored == {}


def test_other_options_read_the_same_file_anew_and_replace_what_they_made_before(tmp_path: Path) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", ROWS)
    folder.read()
    folder.options = {"fact": "headcount", "columns": {"key": "what", "day": "day", "full_time": "n"}}
    folder.read()
    assert {fact.kind for fact in folder.stored.values()} == {"headcount"}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"fact": "salary"}, "option fact: there is no kind of fact 'salary'; there are: deployment, change,"),
        (
            {"columns": {"dya": "day"}},
            "columns: measurement has no field 'dya' here; fields are: day, denominator, key, metric, numerator, url.",
        ),
        (
            {"columns": {"day": "day"}, "constants": {}},
            "measurement needs metric, numerator, denominator: add them to columns or constants, which tell day",
        ),
        (
            {"constants": {"metric": "x", "day": "2026-10-01"}},
            "day is told by a column and by a constant: leave one of them out",
        ),
        (
            {"scale": {"metric": 2}},
            "scale: measurement has no field 'metric' here; numbers are: denominator, numerator",
        ),
        ({"values": {"url": {"a": "b"}}}, "values.url translates a column that is not told: add columns.url"),
        (
            {"date_format": "%H:%M"},
            "option date_format: '%H:%M' tells no day of a year: write iso, or codes as in %d.%m.%Y",
        ),
        ({"encoding": "ansi"}, "option encoding: 'ansi' is none: write utf-8, windows-1252 or utf-16"),
        ({"zone": "Berlin"}, "option zone: 'Berlin' is no IANA time zone such as Europe/Berlin"),
        ({"decimal": ",", "thousands": ","}, "decimal and thousands are both ',': they must differ"),
        ({"tags": {"a": "b"}}, "tags are of spend: leave them out"),
        ({"colums": {}}, "option colums: Extra inputs are not permitted"),
        (
            {"fact": "probe_day", "columns": {"day": "d"}, "constants": {}},
            "probe_day needs up or down or uptime_percent",
        ),
        (
            {"fact": "response", "columns": {"at": "a", "score": "s"}, "constants": {"form": "stars"}},
            "response needs scale_low, scale_high, high_is_good",
        ),
        (
            {
                "fact": "response",
                "columns": {"at": "a", "score": "s"},
                "constants": {"form": "stars", "scale_low": 1, "scale_high": 5, "high_is_good": True},
            },
            "form is 'stars', which is none of nps, csat, ces, other",
        ),
        (
            {"constants": {"metric": "x", "denominator": "many"}, "columns": {"day": "d", "numerator": "n"}},
            "denominator is 'many', which is no number",
        ),
    ],
)
def test_a_wrong_option_is_named_with_what_exists(tmp_path: Path, options: dict[str, Any], says: str) -> None:
    with pytest.raises(StopSource) as told:
        Folder(tmp_path, {**MEASURED, **options}).read()
    assert says in str(told.value)
    assert str(told.value).startswith("Source sheet: option")


def test_check_tells_what_the_files_hold_and_the_first_fault(tmp_path: Path) -> None:
    folder = Folder(tmp_path, MEASURED)
    folder.write("a.csv", ROWS + "x,y,1,1\n")
    folder.write("b.csv", "nothing\n")
    folder.write("notes.md", "no CSV")
    assert list(folder.connector().check()) == [
        Finding("b.csv", False, "b.csv has no column 'what'; it has: nothing."),
        Finding(
            "rows", True, "2 facts of kind measurement in 1 files, 2026-10-01 to 2026-10-03; about: ledger, wallet."
        ),
        Finding("refused", False, "1 rows are refused; a.csv, line 4: day is 'y', which is no date."),
    ]
    empty = tmp_path / "empty"
    empty.mkdir()
    (finding,) = Folder(empty, MEASURED).connector().check()
    assert finding.says == f"Source sheet: no CSV file is at {empty}: they end in .csv, .csv.gz, .tsv, .txt."
