"""What the page of compliance says of controls and logs that can be counted by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.content.blocks import Facts, Table, Tiles, Trend
from app.content.sections.base import Context
from app.content.sections.words import plainly as named
from app.render import pdf
from tests.app.test_feedback import said, told
from tests.app.test_sections import blocks, built, plainly, table

Make = Callable[..., Context]


def test_the_two_numbers_stand_on_tiles_with_what_they_were_counted_from(context: Make) -> None:
    (tiles,) = blocks(built("compliance.summary", context()), Tiles)
    assert isinstance(tiles, Tiles)
    # 31 x 1,000 transactions, 290 fewer in time on the 14th; 29 x 200 accesses
    assert [tuple(map(plainly, (one.value, str(one.verdict), one.evidence))) for one in tiles.tiles] == [
        ("50.0", "missed", "2 of 4 audits on time"),
        ("98.2", "met", "36.1 k of 36.8 k records in time"),
    ]


def test_every_control_that_was_due_says_what_became_of_it(context: Make) -> None:
    section = built("compliance.audits", context())
    europe = "Testmoor Europe"
    assert table(section) == [
        ["Penetration test", europe, "10 Oct 2026", "missed", "15 Oct 2026", "5", "on file", "5 days late"],
        ["Access review", europe, "15 Oct 2026", "met", "15 Oct 2026", "0", "on file", ""],
        ["Security audit", europe, "20 Oct 2026", "met", "18 Oct 2026", "0", "on file", ""],
        ["ASV scan", europe, "28 Oct 2026", "cancelled", "", "", "", "The system was retired."],
        ["SOC 2 report", europe, "30 Oct 2026", "missed", "29 Oct 2026", "0", "on file", "a part was left out"],
    ]
    (found,) = blocks(section, Table)
    assert isinstance(found, Table)
    assert found.rows[0].cells[6].href == "https://evidence.example/test-2026"
    assert section.summary == "2 of 4 audits on time"


def test_what_is_due_next_and_what_is_overdue_is_told_as_of_the_data(context: Make) -> None:
    (facts,) = blocks(built("compliance.audits", context()), Facts)
    assert isinstance(facts, Facts)
    assert [(name, plainly(value)) for name, value in facts.pairs] == [
        ("Next due", "Access review, 20 Nov 2026"),
        ("Overdue now", "1, since 2 Nov 2026"),
        ("Longest delay", "5 days"),
        ("Cancelled", "1"),
    ]
    rows = table(built("compliance.audits", context("2026-11")))
    assert [row[3:5] + row[7:] for row in rows] == [
        ["missed", "not yet", "overdue since 2 Nov 2026"],
        ["not due yet", "not yet", ""],
    ]
    assert rows[0][5] == "7"


def test_each_type_of_record_is_told_with_its_worst_day_and_its_gaps(context: Make) -> None:
    section = built("compliance.logging", context())
    assert table(section) == [
        [
            *("Transaction", "Testmoor Europe", "98.1 %", "99.84 %", "50", "31,000", "9 s", "6.7 minutes"),
            *("14 Oct 2026, 70.0 %", "0"),
        ],
        ["Access", "Ledger", "99.0 %", "100 %", "0", "5,800", "12 s", "12 s", "1 Oct 2026, 99.0 %", "2"],
    ]


def test_a_day_without_data_is_a_gap_in_the_line(context: Make) -> None:
    (figure,) = blocks(built("compliance.logging", context()), Trend)
    assert isinstance(figure, Trend)
    transactions, access = figure.series
    assert (len(transactions.values), transactions.values[13], transactions.values[0]) == (31, 70.0, 99.0)
    assert [at + 1 for at, value in enumerate(access.values) if value is None] == [12, 13]
    assert plainly(figure.title) == "Lowest: Transaction, 70.0 % in time, 14 Oct 2026"
    assert figure.note == "A gap is a day without data."
    assert figure.target is not None
    assert figure.target.low == 95
    (year,) = blocks(built("compliance.logging", context("2026")), Trend)
    assert isinstance(year, Trend)
    assert [one.label for one in year.periods] == [f"2026-{month:02}" for month in range(1, 12)]
    assert blocks(built("compliance.logging", context("2026-10-14..2026-10-15")), Trend) == []


def test_without_registers_each_place_says_what_to_connect(tmp_path: Path) -> None:
    audits, logging = told(tmp_path, ("compliance.audits", "compliance.logging"), {"control_run", "log_delivery"})
    assert "Connect the register of controls" in said(audits)
    assert "Connect a source of log deliveries" in said(logging)


def test_where_nothing_was_due_that_is_said(context: Make) -> None:
    assert said(built("compliance.audits", context("2026-09"))) == "Nothing was due in September 2026."


@pytest.mark.parametrize(
    ("name", "shown"),
    [("pci-asv-scan", "PCI ASV scan"), ("soc_2_report", "SOC 2 report"), ("Access review", "Access review")],
)
def test_names_of_a_register_are_read_as_words(name: str, shown: str) -> None:
    assert named(name) == shown


@pytest.mark.parametrize("name", ["summary", "audits", "logging"])
def test_every_section_is_drawn_on_paper(context: Make, name: str) -> None:
    for block in built(f"compliance.{name}", context()).blocks:
        assert pdf.draw(block, 174.0)["kind"]  # type: ignore[call-arg]
