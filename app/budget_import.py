"""A budget's workbook read back: what it would change, cell by cell, and what is wrong in it. All of it or nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.budget_workbook import (
    ABOUT,
    CHECK,
    DRIVERS,
    HEADS,
    HIDDEN,
    ID,
    LINES,
    SCHEMA,
    TOTAL,
    VERSIONS,
    BadWorkbook,
    alike,
    columns,
    row_check,
    unescaped,
)
from app.content.budget_preview import CellError, Preview
from app.content.budget_words import month_names
from data.finance.budget import BadBudget, Scenario
from data.finance.budget_edits import (
    ADDED,
    DRIVER_FIELDS,
    HEAD,
    LINE_FIELDS,
    REMOVED,
    BadCell,
    Change,
    applied,
    cells_of_driver,
    cells_of_head,
    cells_of_line,
    changes,
)
from data.finance.budget_lines import free_id

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LARGEST_FILE, _LARGEST_CONTENT, _MOST_ROWS = 20_000_000, 300_000_000, 20_000
_TRUE = {True: "yes", False: ""}


@dataclass
class _Reading:
    """What was found so far, beside the versions of the rows that were exported."""

    exported: Mapping[str, int]
    errors: list[CellError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    rows: dict[str, tuple[str, int]] = field(default_factory=dict)

    def wrong(self, sheet: str, cell: str, sentence: str) -> None:
        self.errors.append(CellError(sheet, cell, sentence))


@dataclass(frozen=True)
class _Book:
    """The workbook twice: as it is written, and with what its formulas came to when it was saved."""

    written: Workbook
    values: Workbook


def scenario_of(content: bytes) -> str:
    """The id of the scenario that a workbook is about. BadWorkbook."""
    return str(_about(_opened(content))["Scenario"])


def read(content: bytes, scenario: Scenario, revisions: Mapping[str, int]) -> Preview:
    """What the workbook would change in a scenario as it is stored now. BadWorkbook where it is of another one."""
    book = _opened(content)
    about = _about(book)
    if about["Scenario"] != scenario.id:
        raise BadWorkbook(f"This workbook is of {about['Scenario']}, not of {scenario.id}: choose that scenario.")
    found = _Reading(exported=_versions(book))
    old_lines = {one.id: cells_of_line(one) for one in scenario.lines}
    old_drivers = {f"{HEAD}{one.id}": cells_of_driver(one) for one in scenario.drivers}
    heads = month_names(scenario)
    lines = _rows(book, (LINES, LINE_FIELDS, heads), old_lines, found)
    drivers = _rows(book, (DRIVERS, DRIVER_FIELDS, heads), old_drivers, found)
    head = _head(book, scenario, found)
    untouched = row_check(HEAD, head) == about.get(CHECK)
    edits = [] if untouched else _edits(HEAD, cells_of_head(scenario), head)
    for old, new in ((old_drivers, drivers), (old_lines, lines)):
        edits += _edits_of({row: cells for row, cells in old.items() if row in found.exported}, new)
    _refuse_changed(edits, revisions, found)
    after = _applied(scenario, edits, found)
    kept = changes(scenario, after) if not found.errors else tuple(edits)
    where = {key: f"{sheet}!{cell}" for key, (sheet, cell) in found.places.items()}
    seen = {one.row: found.exported.get(one.row, 0) for one in kept}
    return Preview(scenario.id, kept, seen, tuple(found.errors), tuple(found.notes), where)


def _opened(content: bytes) -> _Book:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    if len(content) > _LARGEST_FILE:
        raise BadWorkbook(f"The file is larger than {_LARGEST_FILE // 10**6} MB: export the scenario again.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            if sum(part.file_size for part in parts.infolist()) > _LARGEST_CONTENT:
                raise BadWorkbook("The workbook unpacks to too much: export the scenario again.")
        written = load_workbook(io.BytesIO(content), keep_links=False)
        values = load_workbook(io.BytesIO(content), keep_links=False, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError, TypeError) as error:
        raise BadWorkbook("The file is no workbook that can be read: save it as .xlsx.") from error
    return _Book(written, values)


def _about(book: _Book) -> dict[str, Any]:
    if missing := [name for name in (LINES, DRIVERS, HEADS, ABOUT) if name not in book.written.sheetnames]:
        raise BadWorkbook(f"The workbook has no sheet {missing[0]!r}: export the scenario and change that file.")
    sheet = book.values[ABOUT]
    told = {str(row[0]): row[1] for row in sheet.iter_rows(max_col=2, max_row=40, values_only=True) if row[0]}
    if _whole(told.get("Schema")) != SCHEMA:
        layout = told.get("Schema")
        raise BadWorkbook(f"The workbook has layout {layout}, this version reads {SCHEMA}: export it again.")
    return told


def _versions(book: _Book) -> dict[str, int]:
    rows = book.values[ABOUT].iter_rows(min_col=VERSIONS, max_col=VERSIONS + 1, max_row=_MOST_ROWS, values_only=True)
    return {str(row): _whole(version) for row, version in rows if row}


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _rows(
    book: _Book,
    what: tuple[str, Sequence[str], Mapping[str, str]],
    old: Mapping[str, Mapping[str, str]],
    found: _Reading,
) -> dict[str, dict[str, str] | None]:
    """The cells of each row by its id, None for rows that nobody touched; new rows under new ids."""
    name, fields, heads = what
    sheet = book.written[name]
    at = _columns(sheet, fields, heads)
    if sheet.max_row > _MOST_ROWS:
        raise BadWorkbook(f"Sheet {name} has more than {_MOST_ROWS:,} rows: delete the empty ones.")
    rows: dict[str, dict[str, str] | None] = {}
    above = ""
    for place in range(2, sheet.max_row + 1):
        row = _text(sheet.cell(place, at[ID]).value)
        if row == TOTAL:
            continue
        cells = {key: _cell(book, name, (place, at[title]), found) for key, title in _named(fields, heads)}
        if not row and not any(cells.values()):
            continue
        there = old.get(row, {})
        cells = {key: there.get(key, "") if alike(there.get(key, ""), said) else said for key, said in cells.items()}
        same = _text(sheet.cell(place, at[CHECK]).value) == row_check(row, cells)
        if row in found.exported and row not in old and row not in rows:
            if not same:
                found.wrong(name, f"row {place}", "Somebody removed this row after the export: clear its row id.")
            continue
        if row not in found.exported or row in rows:
            row, same = _new_id(row, cells, (*old, *rows), name), False
        rows[row] = None if same else cells | ({} if row in old else {ADDED: above})
        found.rows[row] = (name, place)
        for key, title in _named(fields, heads):
            found.places[row, key] = (name, sheet.cell(place, at[title]).coordinate)
        above = row
    return rows


def _named(fields: Sequence[str], heads: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(zip(fields, columns(fields, heads)[len(HIDDEN) :], strict=True))


def _new_id(row: str, cells: Mapping[str, str], taken: Iterable[str], sheet: str) -> str:
    """An id for an added row, and for one that was copied with the id of another."""
    names = [one.removeprefix(HEAD) for one in taken]
    made = free_id(cells.get("name") or row or "row", names)
    return f"{HEAD}{made}" if sheet == DRIVERS else made


def _columns(sheet: Worksheet, fields: Sequence[str], heads: Mapping[str, str]) -> dict[str, int]:
    """Where each column stands; people may move columns and add others. BadWorkbook where one is missing."""
    there: dict[str, int] = {}
    for at in range(1, min(sheet.max_column, 200) + 1):
        there.setdefault(_text(sheet.cell(1, at).value), at)
    for wanted in columns(fields, heads):
        if wanted not in there:
            raise BadWorkbook(f"Sheet {sheet.title} has no column {wanted!r}: export the scenario again.")
    return there


def _cell(book: _Book, sheet: str, where: tuple[int, int], found: _Reading) -> str:
    """The text of a cell; of a formula what it came to."""
    cell = book.written[sheet].cell(*where)
    value = cell.value
    if cell.data_type == "f":
        value = book.values[sheet].cell(*where).value
        if value is None:
            found.wrong(sheet, cell.coordinate, "This formula was saved without its value: put the value there.")
            return ""
        found.notes.append(f"{sheet}!{cell.coordinate} holds a formula; its value {value} is taken.")
    if "e" in (cell.data_type, book.values[sheet].cell(*where).data_type):
        found.wrong(sheet, cell.coordinate, f"{value} is an error of the spreadsheet: put a value there.")
        return ""
    if isinstance(value, datetime | date):
        found.wrong(sheet, cell.coordinate, "This is a date: put a number or text there.")
        return ""
    return _text(value)


def _text(value: Any) -> str:
    """A value of a workbook as the text of a cell; numbers by their shortest decimal form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _TRUE[value]
    if isinstance(value, int | float):
        return format(Decimal(repr(value)).normalize() + 0, "f")
    return unescaped(str(value))


def _head(book: _Book, scenario: Scenario, found: _Reading) -> dict[str, str]:
    sheet = book.written[HEADS]
    there = cells_of_head(scenario)
    told: dict[str, str] = {}
    for place in range(2, min(sheet.max_row, 200) + 1):
        field = _text(sheet.cell(place, 1).value)
        title = _text(sheet.cell(place, 2).value)
        if not field and title.startswith("Rate "):
            field = f"rate {title.removeprefix('Rate ').strip()}"
        if field:
            told[field] = _cell(book, HEADS, (place, 3), found)
            found.places[HEAD, field] = (HEADS, sheet.cell(place, 3).coordinate)
    for field in there:
        told.setdefault(field, "")
    return {field: said for field, said in told.items() if said or not field.startswith("rate ")}


def _edits(row: str, old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    names = dict.fromkeys((*new, *old))
    pairs = ((name, old.get(name, ""), new.get(name, "")) for name in names)
    return [Change(row, name, before, after) for name, before, after in pairs if before != after]


def _edits_of(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str] | None]) -> list[Change]:
    edits: list[Change] = []
    for row, cells in new.items():
        if cells is None:
            continue
        if row not in old:
            edits.append(Change(row, ADDED, "", cells[ADDED]))
        edits += _edits(row, old.get(row, {}), {field: said for field, said in cells.items() if field != ADDED})
    return edits + [Change(row, REMOVED, old[row].get("name", ""), "") for row in old if row not in new]


def _refuse_changed(edits: Sequence[Change], revisions: Mapping[str, int], found: _Reading) -> None:
    """A row that somebody saved since the export is not overwritten unseen."""
    for row in dict.fromkeys(one.row for one in edits if one.row in revisions):
        if found.exported.get(row, revisions[row]) != revisions[row]:
            sheet, place = found.rows.get(row, (HEADS, 1))
            said = "Somebody saved this row after the workbook was exported: export again and change that file."
            found.wrong(sheet, f"row {place}", said)


def _applied(scenario: Scenario, edits: Sequence[Change], found: _Reading) -> Scenario:
    """The scenario with all that can be; each cell that cannot be is told."""
    try:
        return applied(scenario, edits)
    except BadBudget:
        by_row: dict[str, list[Change]] = {}
        for one in edits:
            by_row.setdefault(one.row, []).append(one)
        for row, of_row in by_row.items():
            added = [one for one in of_row if one.field == ADDED]
            for one in of_row:
                _try(scenario, [*added, one] if one.field != ADDED else added, row, found)
        return scenario


def _try(scenario: Scenario, edits: Sequence[Change], row: str, found: _Reading) -> None:
    try:
        applied(scenario, edits)
    except BadCell as error:
        sheet, cell = found.places.get((row, error.field), found.rows.get(row, (HEADS, "")))
        found.wrong(sheet, f"{cell}", f"{error}")
