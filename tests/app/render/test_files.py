"""Taken files, read back with other programs' readers."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from PIL import Image

from app.content.takeaway import Sheet, sheet
from app.render.files import as_csv, as_xlsx
from app.render.picture import as_png
from tests.app.content.test_takeaway import ABOUT
from tests.app.sample_content import FEATURES, INCIDENTS, RECOVERY, SPEND_BARS, UPTIME_TREND

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x.example")')
LATE = datetime(2026, 10, 14, 22, 30, tzinfo=UTC)
MIXED = Sheet(
    "Numbers: of [all] kinds",
    ("Name", "Amount (€)", "Share (%)", "Day", "At"),
    (
        ("Zürich, \"east\"", Decimal("-1240318.550000000001"), -0.25, date(2026, 10, 14), LATE),
        *((said, None, None, None, None) for said in DANGEROUS),
        ("bell\x07", 7, 0.1, None, None),
    ),
    "A note.",
)  # fmt: skip


def read(found: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(found.decode("utf-8-sig"), newline="")))


def test_a_csv_holds_every_number_exactly_and_every_text_as_it_is() -> None:
    assert as_csv(MIXED).startswith(b"\xef\xbb\xbf")
    rows = read(as_csv(MIXED))
    assert rows[0] == ["Name", "Amount (€)", "Share (%)", "Day", "At"]
    assert rows[1] == ['Zürich, "east"', "-1240318.550000000001", "-0.25", "2026-10-14", "2026-10-14T22:30:00Z"]
    assert rows[-1] == ["bell\x07", "7", "0.1", "", ""]


@pytest.mark.parametrize("said", DANGEROUS)
def test_text_that_a_spreadsheet_would_run_is_text_in_a_csv(said: str) -> None:
    assert [f"'{said}"] in [row[:1] for row in read(as_csv(MIXED))]


def test_a_workbook_has_numbers_as_numbers_under_a_frozen_head() -> None:
    book = load_workbook(io.BytesIO(as_xlsx(MIXED, ABOUT)))
    page = book.worksheets[0]
    assert (page.title, page.freeze_panes) == ("Numbers  of  all  kinds", "A2")
    assert [cell.value for cell in page[1]] == list(MIXED.heads)
    assert all(cell.font.bold for cell in page[1])
    first = [cell.value for cell in page[2]]
    assert first[:3] == ['Zürich, "east"', -1240318.55, -0.25]
    # half past ten in the evening in UTC is half past midnight in Berlin
    assert [str(value) for value in first[3:]] == ["2026-10-14 00:00:00", "2026-10-15 00:30:00"]
    assert [type(value) for value in first[1:3]] == [float, float]


def test_text_that_a_spreadsheet_would_run_is_text_in_a_workbook() -> None:
    page = load_workbook(io.BytesIO(as_xlsx(MIXED, ABOUT))).worksheets[0]
    cells = [page.cell(row, 1) for row in range(3, 3 + len(DANGEROUS))]
    assert [cell.value for cell in cells] == list(DANGEROUS)
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert page.cell(3 + len(DANGEROUS), 1).value == "bell"


def test_the_second_sheet_says_what_the_numbers_are_about() -> None:
    page = load_workbook(io.BytesIO(as_xlsx(MIXED, ABOUT))).worksheets[1]
    assert page.title == "About"
    said = {row[0].value: row[1].value for row in page.iter_rows(min_row=2)}
    assert said == {"Title": MIXED.title, **dict(ABOUT.pairs), "Note": "A note."}


def test_the_same_numbers_make_the_same_table(tmp_path: object) -> None:
    once, again = (load_workbook(io.BytesIO(as_xlsx(sheet(UPTIME_TREND), ABOUT))) for _ in range(2))
    rows = [
        [[cell.value for cell in row] for row in page.iter_rows()] for page in (*once.worksheets, *again.worksheets)
    ]
    assert rows[:2] == rows[2:]
    assert [row[3] for row in rows[0][1:]] == list(UPTIME_TREND.series[0].values)


@pytest.mark.parametrize("block", [UPTIME_TREND, SPEND_BARS, FEATURES, RECOVERY, INCIDENTS], ids=lambda one: one.id)
def test_a_figure_is_a_picture_fine_enough_for_a_slide_and_not_blank(block: object) -> None:
    picture = Image.open(io.BytesIO(as_png(block, ABOUT)))  # type: ignore[arg-type]
    assert picture.format == "PNG"
    # 533 points, four pixels each
    assert picture.width == 2132
    assert picture.height > 700
    shades = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    assert shades is not None
    assert max(shades)[1] == (255, 255, 255)
    assert 0.02 < 1 - max(shades)[0] / (picture.width * picture.height) < 0.5
