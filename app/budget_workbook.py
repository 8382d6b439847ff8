"""A budget as a workbook: every cell of the budget stands in a cell, every row has its id in a hidden column.

Sheets: Budget (lines, with formulas for totals), Drivers, Scenario (name, reason, limit, budget rates), Schema (what
the workbook is). The layout is described in docs/budget.md; SCHEMA is its version.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from app.content.budget_words import FIELDS, month_names
from app.render.files import FORMULA
from data.finance.budget import BadBudget, CostClass, Purpose, Scenario, Side, Treatment
from data.finance.budget_edits import (
    DRIVER_FIELDS,
    HEAD,
    LINE_FIELDS,
    MONTH_FIELDS,
    RATE,
    cells_of_driver,
    cells_of_head,
    cells_of_line,
)

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SCHEMA = 1
LINES, DRIVERS, HEADS, ABOUT = "Budget", "Drivers", "Scenario", "Schema"
ID, CHECK = "Row id", "Row check"
HIDDEN = (ID, CHECK)
VERSIONS = 4
"""The hidden column of sheet Schema that lists the rows exported, with the version of each beside it."""
TOTAL = "#total"
"""The id of the row of totals, which is not read."""

SUM, IN_CURRENCY = "Sum", "Sum in {}"
_MONEY, _PLAIN, _SHARE = "#,##0.00;-#,##0.00", "#,##0.############", "0.0###%"
_NUMBERS = {"unit_price": _PLAIN, "annual": _MONEY, "inflation": _SHARE, "per": _PLAIN, "pool_limit": _MONEY}
_CHOICES = {"cost_class": CostClass, "purpose": Purpose, "treatment": Treatment, "side": Side}
_EXACT_DIGITS = 15
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


class BadWorkbook(BadBudget):
    """A file that is no workbook of a budget; the message says what to do."""


@dataclass(frozen=True)
class Exported:
    """What a workbook is made of: a scenario and the revisions of its rows."""

    scenario: Scenario
    revisions: Mapping[str, int]


def write(what: Exported) -> bytes:
    """The workbook; the same bytes for the same scenario apart from what the format stamps."""
    from openpyxl import Workbook

    book = Workbook()
    scenario = what.scenario
    sheet = book.worksheets[0]
    sheet.title = LINES
    heads = month_names(scenario)
    rows = {one.id: cells_of_line(one) for one in scenario.lines}
    _fill(sheet, LINE_FIELDS, rows, heads)
    _totals(sheet, scenario)
    _choices(sheet, len(rows))
    drivers = {f"{HEAD}{one.id}": cells_of_driver(one) for one in scenario.drivers}
    _fill(book.create_sheet(DRIVERS), DRIVER_FIELDS, drivers, heads)
    _head(book, scenario)
    _about(book, what)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def row_check(row: str, cells: Mapping[str, str]) -> str:
    """A short hash of the cells of a row, by which a row that nobody touched is known."""
    said = "\0".join(f"{name}={value}" for name, value in sorted(cells.items()))
    return sha256(f"{row}\0{said}".encode()).hexdigest()[:16]


def title_of(field: str, heads: Mapping[str, str]) -> str:
    """What stands over a column."""
    return heads.get(field) or FIELDS[field]


def columns(fields: Sequence[str], heads: Mapping[str, str]) -> list[str]:
    """The heads of a sheet's own columns, in order."""
    return [*HIDDEN, *(title_of(field, heads) for field in fields)]


def escaped(said: str) -> str:
    """Text that does not look like an escaped character, which programs would turn into that character."""
    return _ESCAPED.sub("_x005F_", said)


def unescaped(said: str) -> str:
    """The text again."""
    return re.sub(r"_x005F_(?=x[0-9A-Fa-f]{4}_)", "_", said)


def alike(one: str, other: str) -> bool:
    """Whether two texts are one, but for escapes of escapes: programs write these in more than one way."""
    return one == other or ("_x" in one and one.replace("x005F_", "") == other.replace("x005F_", ""))


def _fill(
    sheet: Worksheet,
    fields: Sequence[str],
    rows: Mapping[str, Mapping[str, str]],
    heads: Mapping[str, str],
) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    for at, head in enumerate(columns(fields, heads), 1):
        cell = sheet.cell(1, at, head)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        column = sheet.column_dimensions[get_column_letter(at)]
        column.hidden = head in HIDDEN
        column.width = 14 if at > len(HIDDEN) + 1 else 32
    for place, (row, cells) in enumerate(rows.items(), 2):
        for at, value in enumerate((row, row_check(row, cells)), 1):
            sheet.cell(place, at, value)
        for at, field in enumerate(fields, len(HIDDEN) + 1):
            put(sheet, (place, at), field, cells.get(field, ""))
    sheet.freeze_panes = f"{get_column_letter(len(HIDDEN) + 2)}2"


def put(sheet: Worksheet, where: tuple[int, int], field: str, said: str) -> None:
    """Write one cell: numbers of at most fifteen digits as numbers with their format, all else as text."""
    form = _MONEY if field in MONTH_FIELDS else _NUMBERS.get(field) or (_PLAIN if field.startswith(RATE) else None)
    cell = sheet.cell(*where)
    if form:
        cell.number_format = form
    if not said:
        return
    if form and len(Decimal(said).normalize().as_tuple().digits) <= _EXACT_DIGITS:
        cell.value = Decimal(said)
        return
    cell.value = escaped(said)
    cell.data_type = "s"  # never a formula, whatever it starts with
    cell.quotePrefix = said.startswith(FORMULA)


def _totals(sheet: Worksheet, scenario: Scenario) -> None:
    """To the right the sum of each line, in its own currency and in that of the scenario; below, costs and benefits."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter as letter

    first, count = len(HIDDEN) + 1 + LINE_FIELDS.index(MONTH_FIELDS[0]), len(scenario.lines)
    last, own = first + 11, first + 12
    currency, side = (letter(len(HIDDEN) + 1 + LINE_FIELDS.index(field)) for field in ("currency", "side"))
    for at, head in ((own, SUM), (own + 1, IN_CURRENCY.format(scenario.currency))):
        cell = sheet.cell(1, at, head)
        cell.font = Font(bold=True)
        sheet.column_dimensions[letter(at)].width = 18
    for row in range(2, count + 2):
        span = f"{letter(first)}{row}:{letter(last)}{row}"
        rate = f'IF({currency}{row}="{scenario.currency}",1,VLOOKUP("Rate "&{currency}{row},{HEADS}!$B:$C,2,FALSE))'
        for at, formula in ((own, f"=SUM({span})"), (own + 1, f"=SUMPRODUCT(ROUND({span}*{rate},2))")):
            sheet.cell(row, at, formula).number_format = _MONEY
    end = max(2, count + 1)
    for place, (name, word) in enumerate((("Costs", Side.COST), ("Benefits", Side.BENEFIT)), count + 2):
        sheet.cell(place, 1, TOTAL)
        sheet.cell(place, len(HIDDEN) + 1, f"{name} in {scenario.currency}").font = Font(bold=True)
        sides, sums = f"${side}$2:${side}${end}", f"{letter(own + 1)}$2:{letter(own + 1)}${end}"
        cell = sheet.cell(place, own + 1, f'=SUMIF({sides},"{word.value}",{sums})')
        cell.number_format, cell.font = _MONEY, Font(bold=True)


def _choices(sheet: Worksheet, count: int) -> None:
    """The words that a cell may hold, offered as a list, in the rows that are there and some more."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for field, words in _CHOICES.items():
        offered = DataValidation("list", formula1='"{}"'.format(",".join(words)), allow_blank=True)
        at = get_column_letter(len(HIDDEN) + 1 + LINE_FIELDS.index(field))
        offered.add(f"{at}2:{at}{count + 200}")
        sheet.add_data_validation(offered)


def _head(book: Workbook, scenario: Scenario) -> None:
    """Name, reason, limit and rates: the key of each in a hidden column, its title, its value."""
    sheet = book.create_sheet(HEADS)
    for at, head in enumerate((ID, "What", "Value"), 1):
        sheet.cell(1, at, head)
    for place, (field, said) in enumerate(cells_of_head(scenario).items(), 2):
        sheet.cell(place, 1, field)
        sheet.cell(place, 2, f"Rate {field.removeprefix(RATE)}" if field.startswith(RATE) else FIELDS[field])
        put(sheet, (place, 3), field, said)
    sheet.column_dimensions["A"].hidden = True
    sheet.column_dimensions["B"].width, sheet.column_dimensions["C"].width = 28, 40
    sheet.freeze_panes = "A2"


def _about(book: Workbook, what: Exported) -> None:
    scenario = what.scenario
    sheet = book.create_sheet(ABOUT)
    told: tuple[tuple[str, Any], ...] = (
        ("Schema", SCHEMA),
        ("Scenario", scenario.id),
        ("Fiscal year", f"FY{scenario.fiscal_year}"),
        ("First month", scenario.periods[0].label),
        ("Currency", scenario.currency),
        (CHECK, row_check(HEAD, cells_of_head(scenario))),
        ("Made by", "Plumbline"),
        ("How to", "Change cells, add rows below with an empty row id, delete rows; leave this sheet as it is."),
    )
    for place, (name, value) in enumerate(told, 1):
        sheet.cell(place, 1, name)
        sheet.cell(place, 2, value)
    for place, (row, revision) in enumerate(what.revisions.items(), 1):
        sheet.cell(place, VERSIONS, row)
        sheet.cell(place, VERSIONS + 1, revision)
    for column in "DE":
        sheet.column_dimensions[column].hidden = True
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 16, 60
