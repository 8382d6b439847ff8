"""A budget goes to a workbook and comes back unchanged; what people change there comes back, all of it or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.budget_import import CellError, Preview, read, scenario_of
from app.budget_workbook import BadWorkbook, Exported, write
from data.finance.budget import Scenario, Side, costs, view
from data.finance.budget_edits import HEAD, REMOVED, Change, applied, changes
from data.finance.budget_lines import with_copy, without
from tests.data.finance.budgets import BASE, CLOUD, scenarios
from tests.servers.spreadsheet import resaved


def revisions(of: Scenario) -> dict[str, int]:
    return {HEAD: 1} | {f"{HEAD}{one.id}": 1 for one in of.drivers} | {one.id: 1 for one in of.lines}


def exported(of: Scenario = BASE) -> bytes:
    return write(Exported(of, revisions(of)))


def edited(change: Callable[[Workbook], None], of: Scenario = BASE) -> bytes:
    """The export of a scenario as a person changed it."""
    book = load_workbook(io.BytesIO(exported(of)))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def imported(content: bytes, of: Scenario = BASE, **now: int) -> Preview:
    return read(content, of, revisions(of) | now)


def cell(sheet: Worksheet, line: str, head: str) -> str:
    """Where a cell of a line stands."""
    column = next(one for one in sheet[1] if one.value == head)
    row = next(one[0].row for one in sheet.iter_rows() if one[0].value == line)
    return f"{column.column_letter}{row}"


TRICKY = replace(
    CLOUD, id="tricky", name="=HYPERLINK(\"http://x\")", owner="+49 30", vendor="@me", service="-1",
    note="_x0041_ = 'quoted' <&> _x005F_x0041_ ünï 1e5 007 TRUE #N/A",
)  # fmt: skip


@given(scenarios())
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
def test_export_then_import_changes_nothing(any_one: Scenario) -> None:
    found = imported(exported(any_one), any_one)
    assert (found.changes, found.errors, found.notes) == ((), (), ())
    assert found.scenario == any_one.id


@given(scenarios(), scenarios())
@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
def test_a_workbook_of_a_changed_scenario_brings_exactly_its_changes(one: Scenario, other: Scenario) -> None:
    """The other's cells written into the export of the first, by whatever program."""
    target = replace(other, id=one.id, kind=one.kind, fiscal_start=one.fiscal_start)
    target = replace(target, lines=tuple(line for line in target.lines if line.id in {mine.id for mine in one.lines}))
    there = exported(target)
    book, base = load_workbook(io.BytesIO(there)), load_workbook(io.BytesIO(exported(one)))
    for name in ("Budget", "Drivers"):
        checks = {row[0].value: row[1].value for row in base[name].iter_rows(min_row=2)}
        for row in book[name].iter_rows(min_row=2):
            row[1].value = checks.get(row[0].value)
    about, old = book["Schema"], base["Schema"]
    for row in range(1, 40):
        for column in (2, 4, 5):
            about.cell(row, column).value = old.cell(row, column).value
    saved = io.BytesIO()
    book.save(saved)
    found = imported(saved.getvalue(), one)
    assert found.errors == ()
    after = applied(one, found.changes)
    wanted = replace(target, rates=after.rates) if target.rates != after.rates else target
    assert changes(after, wanted) == ()


def test_text_that_looks_like_a_formula_is_text_and_comes_back_as_it_was() -> None:
    tricky = replace(BASE, lines=(*BASE.lines, TRICKY))
    book = load_workbook(io.BytesIO(exported(tricky)))
    name = book["Budget"][cell(book["Budget"], "tricky", "Name")]
    assert (name.data_type, name.quotePrefix, name.value) == ("s", True, TRICKY.name)
    found = imported(exported(tricky), tricky)
    assert (found.changes, found.errors) == ((), ())


def test_the_workbook_is_made_for_people() -> None:
    book = load_workbook(io.BytesIO(exported()))
    sheet = book["Budget"]
    assert book.sheetnames == ["Budget", "Drivers", "Scenario", "Schema"]
    assert sheet.freeze_panes == "D2"
    assert [sheet.column_dimensions[one].hidden for one in "ABC"] == [True, True, False]
    january = sheet[cell(sheet, "cloud", "Jan 2026")]
    assert (january.value, january.number_format) == (700, "#,##0.00;-#,##0.00")
    assert sheet[cell(sheet, "cloud", "Sum")].value == "=SUM(S3:AD3)"
    schema = {row[0].value: row[1].value for row in book["Schema"].iter_rows(max_row=9)}
    assert (schema["Schema"], schema["Scenario"], schema["First month"]) == (1, "fy2026-base-1", "2026-01")
    assert any("run,legacy upgrade" in one.formula1 for one in sheet.data_validations.dataValidation)


def test_changed_added_copied_and_removed_rows_come_back() -> None:
    def change(book: Workbook) -> None:
        sheet = book["Budget"]
        sheet[cell(sheet, "cloud", "Mar 2026")] = 712.25
        sheet[cell(sheet, "hub", "Note")] = "renewed"
        end = sheet.max_row + 1
        sheet.cell(end, 3, "New tool")
        sheet.cell(end, 5, "usd")
        sheet.cell(end, 19, 15.5)
        copied = [one.value for one in next(row for row in sheet.iter_rows() if row[0].value == "pilot")]
        for at, value in enumerate(copied, 1):
            sheet.cell(end + 1, at, value)
        sheet.cell(end + 1, 3, "Second pilot")
        sheet.delete_rows(next(row[0].row for row in sheet.iter_rows() if row[0].value == "legacy"))
        book["Drivers"]["G2"] = 90
        book["Scenario"]["C4"] = 60
        book["Scenario"].append([None, "Rate GBP", 1.17])

    found = imported(edited(change))
    assert (found.errors, found.notes) == ((), ())
    after = applied(BASE, found.changes)
    assert [line.id for line in after.lines] == [
        "hub", "cloud", "calls", "audit", "pilot", "pool", "saved", "new-tool", "second-pilot",
    ]  # fmt: skip
    assert after.line("cloud").months[2] == Decimal("712.25")
    assert (after.line("new-tool").currency, after.line("new-tool").months[0]) == ("USD", Decimal("15.5"))
    assert replace(after.line("second-pilot"), id="pilot", name="Digital identity") == BASE.line("pilot")
    assert after.driver("calls").months[0] == 90
    assert (after.pool_limit, dict(after.rates)["GBP"]) == (60, Decimal("1.17"))
    assert Change("legacy", REMOVED, "Ledger renewal", "") in found.changes
    assert found.places["cloud", "m03"].startswith("Budget!")
    assert found.seen["cloud"] == 1
    assert found.seen["new-tool"] == 0


def test_every_error_is_named_by_its_cell_and_nothing_is_taken() -> None:
    def change(book: Workbook) -> None:
        sheet = book["Budget"]
        sheet[cell(sheet, "cloud", "Mar 2026")] = "many"
        sheet[cell(sheet, "cloud", "Apr 2026")] = 1.005
        sheet[cell(sheet, "hub", "Purpose")] = "fun"
        sheet[cell(sheet, "pilot", "Jan 2026")] = "=1/0"

    found = imported(edited(change))
    assert [(one.sheet, one.cell) for one in found.errors] == [
        ("Budget", "S7"), ("Budget", "G2"), ("Budget", "U3"), ("Budget", "V3"),
    ]  # fmt: skip
    assert found.errors[1] == CellError("Budget", "G2", found.errors[1].sentence)
    assert "is none of these: run, legacy upgrade" in found.errors[1].sentence
    assert "saved without its value" in found.errors[0].sentence


def test_rows_saved_or_removed_by_others_after_the_export_are_not_overwritten() -> None:
    def change(book: Workbook) -> None:
        sheet = book["Budget"]
        for line in ("cloud", "pilot"):
            sheet[cell(sheet, line, "Mar 2026")] = 1

    content = edited(change)
    found = imported(content, cloud=2, hub=5)
    assert [(one.cell, "after the workbook was exported" in one.sentence) for one in found.errors] == [("row 3", True)]
    found = imported(content, without(BASE, "pilot"))
    assert [one.sentence for one in found.errors] == ["Somebody removed this row after the export: clear its row id."]


def test_rows_that_others_added_or_removed_and_nobody_touched_stay_as_they_are_now() -> None:
    now = with_copy(without(BASE, "pilot"), "cloud", "Reserve")
    assert imported(exported(), now).changes == ()


def test_columns_may_be_moved_and_own_ones_with_formulas_are_left_alone() -> None:
    def change(book: Workbook) -> None:
        sheet = book["Budget"]
        sheet.insert_cols(4)
        sheet["D1"], sheet["D3"] = "My check", "=S3*2"
        sheet["D200"] = "a remark far below"
        book.create_sheet("Mine")["A1"] = "=1+1"

    found = imported(edited(change))
    assert (found.changes, found.errors) == ((), ())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no workbook", "no workbook that can be read"),
        (b"PK\x03\x04broken", "no workbook that can be read"),
        (edited(lambda book: book.remove(book["Drivers"])), "no sheet 'Drivers'"),
        (edited(lambda book: book["Schema"].__setitem__("B1", 9)), "has layout 9, this version reads 1"),
        (edited(lambda book: book["Budget"].delete_cols(3)), "no column 'Name'"),
        (edited(lambda book: book["Schema"].__setitem__("B2", "other-1")), "of other-1, not of fy2026-base-1"),
    ],
)
def test_what_is_no_workbook_of_this_budget_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(BadWorkbook, match=said):
        imported(content)


def test_a_workbook_says_which_scenario_it_is_of() -> None:
    assert scenario_of(exported()) == "fy2026-base-1"


def test_a_budget_survives_being_saved_by_libreoffice_and_its_formulas_add_up(tmp_path: Path) -> None:
    """Saved there unchanged: nothing changes. Its formulas give our totals. What a formula came to can be taken."""
    tricky = replace(BASE, lines=(*BASE.lines, TRICKY))

    def change(book: Workbook) -> None:
        sheet = book["Budget"]
        sheet[cell(sheet, "cloud", "Dec 2026")] = "=700*1.1"
        sheet[cell(sheet, "hub", "Mar 2026")] = 0.1

    for folder in ("plain", "edited"):
        (tmp_path / folder).mkdir()
    saved = resaved(exported(tricky), tmp_path / "plain")
    found = imported(saved, tricky)
    assert (found.changes, found.errors, found.notes) == ((), (), ())
    sheet = load_workbook(io.BytesIO(saved), data_only=True)["Budget"]
    totals = {row[2].value: row[-1].value for row in sheet.iter_rows() if row[0].value == "#total"}
    assert round(Decimal(str(totals["Costs in EUR"])), 2) == costs(tricky).total
    assert totals["Benefits in EUR"] == view(tricky, "line", Side.BENEFIT).total
    found = imported(resaved(edited(change, tricky), tmp_path / "edited"), tricky)
    assert found.changes == (Change("hub", "m03", "200", "0.1"), Change("cloud", "m12", "700", "770"))
    assert found.notes == (f"Budget!{cell(sheet, 'cloud', 'Dec 2026')} holds a formula; its value 770 is taken.",)
