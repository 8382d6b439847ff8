"""Taken rows as files: CSV for any program, XLSX with numbers as numbers and a sheet that says what they mean."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.content.takeaway import About, Sheet, Value

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

CSV_TYPE, PNG_TYPE = "text/csv", "image/png"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What text starts with that a spreadsheet would take for a formula."""
_MOST_LETTERS = 32_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_WIDEST = 60


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark that spreadsheets look for; instants in UTC. Text that would be a formula starts with '."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow([_harmless(head) for head in sheet.heads])
    lines.writerows([_plain(value) for value in row] for row in sheet.rows)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet, about: About) -> bytes:
    """A workbook of the rows under a frozen head, and of what they are about; instants on the company's clock."""
    from openpyxl import Workbook

    book = Workbook()
    rows, meant = book.worksheets[0], book.create_sheet("About")
    rows.title = _title(sheet.title)
    _fill(rows, sheet.heads, sheet.rows, about.zone)
    said = (("Title", sheet.title), *about.pairs, *((("Note", sheet.note),) if sheet.note else ()))
    _fill(meant, ("What", "Which"), said, about.zone)
    # the same bytes for the same numbers
    book.properties.creator, book.properties.created = (
        "Plumbline",
        datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    )
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(page: Worksheet, heads: tuple[str, ...], rows: tuple[tuple[Value, ...], ...], zone: ZoneInfo) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    widths = [len(head) for head in heads]
    for place, row in enumerate((heads, *rows), 1):
        for at, value in enumerate(row):
            if value is None or value == "":
                continue
            cell = page.cell(place, at + 1, _typed(value, zone))
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever it starts with
                cell.quotePrefix = value.startswith(FORMULA)
                widths[at] = max(widths[at], min(len(value), _WIDEST))
            if isinstance(value, datetime):
                cell.number_format = "yyyy-mm-dd hh:mm:ss"
            widths[at] = max(widths[at], 10 if not isinstance(value, datetime) else 19)
            if place == 1:
                cell.font = Font(bold=True)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
    for at, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(at)].width = min(width, _WIDEST) + 2
    page.freeze_panes = "A2"


def _typed(value: Value, zone: ZoneInfo) -> Value:
    """As a workbook holds it: text without what XML forbids, instants without the zone that it cannot keep."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)[:_MOST_LETTERS]
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None)
    return value


def _plain(value: Value) -> str:
    match value:
        case None:
            return ""
        case str():
            return _harmless(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case _:
            return repr(value)


def _harmless(said: str) -> str:
    """Text that a spreadsheet would take for a formula becomes text; numbers are no text and keep their sign."""
    return f"'{said}" if said.startswith(FORMULA) else said


def _title(said: str) -> str:
    """A name for the sheet: at most 31 letters, without those that are not allowed."""
    return _CONTROL.sub("", _NOT_IN_TITLES.sub(" ", said))[:31].strip().strip("'") or "Numbers"
