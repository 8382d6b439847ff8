"""What is taken away is what is shown, exactly, under heads that name the units."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from app.content import blocks
from app.content import format as text
from app.content.blocks import Cell, Column, Row, Table, walk
from app.content.takeaway import About, file_name, is_takeable, measures_of, of_case, sheet
from data.finance.case_file import template
from data.period import parse
from tests.app.sample_content import (
    BLOCKS,
    BUDGET,
    FEATURES,
    INCIDENTS,
    LEAD_TIME_AMONG,
    NPS_WAVES,
    OCTOBER,
    SERVICES_TABLE,
    UPTIME,
    UPTIME_TREND,
)

ABOUT = About(
    company="Example",
    scope="Example Group",
    scope_id="example-group",
    period=OCTOBER,
    as_of="9 Nov 2026, 07:00 CET",
    zone=ZoneInfo("Europe/Berlin"),
    demo=True,
    definitions=(UPTIME,),
    sources=(("Uptime", "prometheus"),),
)


def table(*rows: Row, columns: tuple[Column, ...]) -> Table:
    return Table("t", "", columns, rows)


@pytest.mark.parametrize("kind", get_args(blocks.Figure), ids=lambda kind: kind.__name__)
def test_every_kind_of_figure_can_be_taken_away(kind: type) -> None:
    assert kind in sheet.registry


def test_what_is_no_figure_cannot() -> None:
    with pytest.raises(TypeError, match="Nothing to take away of str"):
        sheet("text")  # type: ignore[arg-type]


def test_a_trend_is_a_row_for_each_period_with_its_gap_and_its_target() -> None:
    taken = sheet(UPTIME_TREND)
    assert taken.heads == ("Period", "From", "Until (not included)", "All tier-1 (%)", "Target from (%)")
    assert taken.rows[4] == ("2026-03", date(2026, 3, 1), date(2026, 4, 1), None, 99.99)
    assert [row[3] for row in taken.rows] == list(UPTIME_TREND.series[0].values)


def test_waves_keep_the_ends_of_their_intervals_and_their_answers() -> None:
    taken = sheet(NPS_WAVES)
    assert taken.heads[3:] == (
        "Net promoter score (points)", "95 % interval from (points)", "95 % interval to (points)", "Answers",
    )  # fmt: skip
    assert taken.rows[2][3:] == (31.2, 22.1, 40.0, 212)
    assert taken.rows[8][3:] == (None, None, None, 12)


def test_single_published_values_are_rows_of_their_own() -> None:
    assert sheet(LEAD_TIME_AMONG).rows[0][:4] == ("Example Group, October 2026", 40.0, 61.0, 50.4)
    assert [row[3] for row in sheet(LEAD_TIME_AMONG).rows[1:]] == [None, None, 83.0, 192.0, 204.0, 216.0]


def test_dots_lines_and_spans_are_taken_one_by_one() -> None:
    assert sheet(FEATURES).rows[1] == (
        "wallet <b>104</b>", date(2026, 10, 5), 7.25, "Wallet · 7.3\u202fd", "https://code.example/104",
    )  # fmt: skip
    assert sheet(BUDGET).heads == ("Line", "Place (days)", "Value (%)", "In words")
    # what the figure cuts off is taken as it is, and a gap stays a gap
    assert [row[:3] for row in sheet(BUDGET).rows[2:7]] == [
        ("Wallet", 0.0, 100.0), ("Wallet", 1.0, 90.0), ("Wallet", 2.0, None), ("Wallet", 3.0, -40.0),
        ("Wallet", 4.0, -650.0),
    ]  # fmt: skip
    assert [row[:3] for row in sheet(INCIDENTS).rows][:2] == [
        ("Wallet", "Our services", "down"), ("Wallet", "Our services", "partly down"),
    ]  # fmt: skip


def test_a_table_gives_the_exact_value_where_the_text_rounds() -> None:
    columns = (Column("Day"), Column("Down", kind="number", unit="minutes"), Column("Verdict", kind="verdict"))
    day, exact = date(2026, 10, 14), Decimal("-10.000000000000000001")
    taken = sheet(
        table(
            Row((Cell("14 Oct 2026", exact=day), Cell("−10\u202fminutes", exact=exact), Cell(verdict="met"))),
            Row((Cell("15 Oct 2026"), Cell("n/a"), Cell("late", verdict="missed"))),
            columns=columns,
        )
    )
    assert taken.heads == ("Day", "Down (minutes)", "Verdict")
    assert taken.rows == ((day, exact, "met"), ("15 Oct 2026", None, "missed · late"))


def test_texts_of_one_unit_become_numbers_and_those_of_several_stay_texts() -> None:
    columns = (
        Column("Name"),
        Column("Calls", kind="number"),
        Column("Share", kind="number"),
        Column("Took", kind="number"),
    )
    taken = sheet(
        table(
            Row((Cell("one"), Cell("1,115,480"), Cell("−0.02\u202fpp"), Cell("8.2\u202fh"))),
            Row((Cell("two"), Cell("n/a"), Cell("+1.5\u202fpp"), Cell("42\u202fs"))),
            Row((Cell("three"), Cell(""), Cell("3\u202fpp"), Cell("n/a"))),
            columns=columns,
        )
    )
    assert taken.heads == ("Name", "Calls", "Share (pp)", "Took")
    assert taken.rows == (
        ("one", Decimal(1_115_480), Decimal("-0.02"), "8.2 h"),
        ("two", None, Decimal("1.5"), "42 s"),
        ("three", None, Decimal(3), None),
    )


def test_rows_that_a_page_leaves_out_are_taken_too_and_totals_stand_last() -> None:
    rows = tuple(Row((Cell(name),), href=f"https://x.example/{name}") for name in ("a", "b", "c"))
    block = Table("t", "", (Column("Name"),), (rows[0], Row((Cell("all"),), strong=True)), rest=rows[1:])
    assert sheet(block).rows == (
        ("a", "https://x.example/a"), ("b", "https://x.example/b"), ("c", "https://x.example/c"), ("all", ""),
    )  # fmt: skip
    assert block.count == 4


def test_a_table_without_rows_is_not_worth_taking() -> None:
    assert not is_takeable(replace(SERVICES_TABLE, rows=()))
    assert is_takeable(SERVICES_TABLE)


def test_a_file_is_named_by_what_it_is_of_whom_and_of_when() -> None:
    assert file_name(SERVICES_TABLE, ABOUT, "csv") == "services-example-group-2026-10.csv"
    days = replace(ABOUT, scope_id="own/../scope", period=parse("2026-10-03..2026-10-06"))
    assert file_name(SERVICES_TABLE, days, "png") == "services-own-..-scope-2026-10-03_2026-10-06.png"


def test_what_the_numbers_are_about_is_said_with_their_definition_and_source() -> None:
    said = dict(ABOUT.pairs)
    assert said["Company"] == "Example (demo data, nobody's numbers)"
    assert said["Scope"] == "Example Group (example-group)"
    assert said["Period"] == "October 2026: 2026-10-01 up to but not including 2026-11-01"
    assert said["Data as of"] == "9 Nov 2026, 07:00 CET"
    assert said["Uptime means"] == UPTIME.text
    assert said["Uptime is counted as"] == UPTIME.formula
    assert said["Uptime: definition"] == "availability, version 1, 3f9a1c77b210"
    assert said["Source of Uptime"] == "prometheus"


def test_a_block_without_measures_of_its_own_is_about_those_it_stands_among() -> None:
    named = replace(UPTIME_TREND, measures=("availability",))
    assert measures_of((named, SERVICES_TABLE), SERVICES_TABLE) == ("availability",)
    assert measures_of((), named) == ("availability",)


def test_ids_of_the_sample_are_unique_as_pages_need_them() -> None:
    ids = [one.id for one in walk(BLOCKS) if isinstance(one, blocks.Figure | Table)]
    assert len(ids) == len(set(ids))


def test_an_instant_is_kept_as_one() -> None:
    at = datetime(2026, 10, 14, 10, tzinfo=UTC)
    assert sheet(table(Row((Cell("14 Oct", exact=at),)), columns=(Column("Started"),))).rows == ((at,),)


def test_figures_of_a_business_case_are_named_after_it_and_not_after_the_chosen_period() -> None:
    about = of_case(ABOUT, template(), "version 2, approved", "delivery-v2", ("Larkmoor", "larkmoor"))
    assert file_name(SERVICES_TABLE, about, "csv") == "services-delivery-v2.csv"
    assert about.pairs[:6] == (
        ("Business case", "Delivery improvement · version 2, approved"),
        ("Owner", "Template"),
        ("Told", "as stated, discounted at 0\u202f% a year"),
        ("Company", "Example (demo data, nobody's numbers)"),
        ("Scope", "Larkmoor (larkmoor)"),
        ("Period", f"{text.period(about.period)}: 2026-01-01 up to but not including 2027-01-01"),
    )
