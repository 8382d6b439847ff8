"""A workbook brought back on the Budget page: what is wrong with it, each change before it is taken, all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from html import unescape

import pytest
import streamlit as st
from openpyxl import Workbook, load_workbook
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from app import load
from app.budget_workbook import Exported, write
from app.render.files import XLSX_TYPE
from data.access import Actor, Role
from data.finance.budget_edits import Change
from data.warehouse.budget_rows import Stored, stored
from data.warehouse.budget_states import submit
from data.warehouse.budgets import Saving, create, save
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading
from tests.app import test_screens
from tests.app.test_budget_workbook import cell
from tests.app.test_screens import opened
from tests.app.world import World
from tests.data.finance.budgets import upside
from tests.data.warehouse.budget_world import EDITOR

Edit = Callable[[Workbook], None]
NAME = "fy2026-upside-1"
OTHER = Actor("web:otto", frozenset({Role.FINANCE_EDITOR}))


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def engine(world: World, inside: Callable[[World], None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The company with one budget, a draft, and a finance editor before the page."""
    inside(world)
    made = world.engine()
    create(made, world.settings, EDITOR, upside(), "the plan")
    monkeypatch.setattr(load, "actor", lambda: Actor("web:ada", frozenset({Role.FINANCE_EDITOR})))
    yield made
    made.dispose()


def now(engine: Engine, world: World) -> Stored:
    with reading(engine) as connection:
        return stored(connection, world.settings, EDITOR, NAME)


def log(engine: Engine) -> list[tuple[str, str, object, object, str]]:
    """Who did what to the budget, and why."""
    with reading(engine) as connection:
        found = entries(connection)
    assert first_fault(found) is None
    return [(one.actor, one.object, one.old, one.new, one.why) for one in found if "budget" in one.object]


def edited(of: Stored, change: Edit) -> bytes:
    """The export as a person changed it."""
    book = load_workbook(io.BytesIO(write(Exported(of.scenario, of.revisions))))
    change(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def brought(content: bytes, name: str = "plan.xlsx") -> AppTest:
    """The page after somebody brought that file."""
    at = opened("budget", {"budget": "fy2026-upside"})
    at.file_uploader(key="budget-import").set_value((name, content, XLSX_TYPE)).run()
    assert not at.exception
    return at


def text(at: AppTest) -> str:
    """What stands on the page, as it is read."""
    return unescape(test_screens.text(at))


def taking(at: AppTest) -> list[str]:
    """The buttons that would take the workbook."""
    return [one.label for one in at.button if one.key == "budget-import-do"]


def other_scenario(of: Stored) -> bytes:
    return write(Exported(replace(of.scenario, id="fy2027-base-1", name="FY2027 base"), of.revisions))


def two_months(book: Workbook) -> None:
    sheet = book["Budget"]
    sheet[cell(sheet, "cloud", "Mar 2026")] = 612.25
    sheet[cell(sheet, "hub", "Note")] = "=renewed"
    sheet[cell(sheet, "hub", "Note")].data_type = "s"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda _: b"no workbook", "The file is no workbook that can be read: save it as .xlsx."),
        (other_scenario, f"This workbook is of fy2027-base-1, not of {NAME}: choose that scenario."),
        (
            lambda of: edited(of, lambda book: book.remove(book["Drivers"])),
            "The workbook has no sheet 'Drivers': export the scenario and change that file.",
        ),
        (
            lambda of: edited(of, lambda book: book["Budget"].delete_cols(3)),
            "Sheet Budget has no column 'Name': export the scenario again.",
        ),
    ],
    ids=["no workbook", "another scenario", "a sheet is missing", "a column is missing"],
)
def test_a_wrong_workbook_is_told_in_a_sentence_and_nothing_is_offered(
    engine: Engine, world: World, made: Callable[[Stored], bytes], said: str
) -> None:
    before = now(engine, world), log(engine)
    at = brought(made(before[0]))
    assert said in text(at)
    assert taking(at) == []
    assert (now(engine, world), log(engine)) == before


def test_every_error_is_shown_by_its_cell_and_nothing_is_taken(engine: Engine, world: World) -> None:
    before = now(engine, world), log(engine)

    def change(book: Workbook) -> None:
        two_months(book)
        sheet = book["Budget"]
        sheet[cell(sheet, "cloud", "Apr 2026")] = "many"
        sheet[cell(sheet, "hub", "Purpose")] = "fun <b>"
        sheet[cell(sheet, "pilot", "Jan 2026")] = "=1/0"

    at = brought(edited(before[0], change))
    said = text(at)
    assert "Nothing is taken: 3 cells cannot be taken." in said
    for place, why in (
        ("Budget!V3", "many"),
        ("Budget!G2", "is none of these: run, legacy upgrade"),
        ("Budget!S7", "This formula was saved without its value: put the value there."),
    ):
        assert place in said
        assert why in said
    assert "fun <b>" not in test_screens.text(at)
    assert taking(at) == []
    assert (now(engine, world), log(engine)) == before


def test_every_change_is_shown_and_all_of_it_is_taken_with_its_reason(engine: Engine, world: World) -> None:
    before, told = now(engine, world), log(engine)
    at = brought(edited(before, two_months))
    (shown,) = [one for one in at.get("html") if "612.25" in one.proto.body]
    cells = unescape(shown.proto.body).replace("\u00a0", " ")
    for part in (
        "Budget!U3",
        "Cloud",
        "Mar 2026",
        "630.00",
        "612.25",
        "Integration hub",
        "Note",
        "nothing",
        "=renewed",
    ):
        assert part in cells
    assert now(engine, world) == before
    assert taking(at) == ["Take 2 changes"]
    at.text_input(key="budget-import-why").input("the vendor's new prices")
    at.button(key="budget-import-do").click().run()
    assert not at.exception
    assert "The workbook is taken; the log keeps why." in text(at)
    after = now(engine, world)
    cloud = before.scenario.line("cloud")
    months = (*cloud.months[:2], Decimal("612.25"), *cloud.months[3:])
    wanted = before.scenario.with_line(replace(cloud, months=months))
    wanted = wanted.with_line(replace(wanted.line("hub"), note="=renewed"))
    assert after.scenario == wanted
    assert log(engine) == [
        *told,
        ("web:ada", f"budget {NAME} line hub", {"note": ""}, {"note": "=renewed"}, "the vendor's new prices"),
        ("web:ada", f"budget {NAME} line cloud", {"m03": "630"}, {"m03": "612.25"}, "the vendor's new prices"),
    ]
    at = brought(edited(after, lambda _: None))
    assert "The workbook changes nothing." in text(at)
    assert taking(at) == []


def test_a_workbook_is_not_taken_without_a_reason(engine: Engine, world: World) -> None:
    before = now(engine, world), log(engine)
    at = brought(edited(before[0], two_months))
    at.text_input(key="budget-import-why").input("  ")
    at.button(key="budget-import-do").click().run()
    assert "Give a reason, which the log keeps." in text(at)
    assert (now(engine, world), log(engine)) == before


def test_what_others_saved_after_the_export_is_named_by_its_row_and_nothing_is_taken(
    engine: Engine, world: World
) -> None:
    first = now(engine, world)
    content = edited(first, two_months)
    at = brought(content)
    theirs = Saving(NAME, "theirs", (Change("cloud", "m05", "630", "1"),), first.revisions, "a correction")
    save(engine, world.settings, OTHER, theirs)
    before = now(engine, world), log(engine)
    at.button(key="budget-import-do").click().run()
    assert not at.exception
    said = text(at)
    assert "Budget!row 3" in said
    assert "Somebody saved this row after the workbook was exported: export again and change that file." in said
    assert taking(at) == []
    assert (now(engine, world), log(engine)) == before


def test_a_save_of_another_in_the_very_moment_of_taking_leaves_theirs_whole(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = now(engine, world)
    at = brought(edited(first, two_months))
    theirs = Saving(NAME, "theirs", (Change("cloud", "m05", "630", "1"),), first.revisions, "a correction")

    def first_theirs(*arguments: object) -> object:
        monkeypatch.undo()
        monkeypatch.setattr(load, "actor", lambda: Actor("web:ada", frozenset({Role.FINANCE_EDITOR})))
        save(engine, world.settings, OTHER, theirs)
        return save(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr("app.screens.budget_acts.budgets.save", first_theirs)
    at.button(key="budget-import-do").click().run()
    assert not at.exception
    said = "web:otto saved lines of this workbook at this moment: nothing is taken. Take the workbook away anew."
    assert said in text(at)
    after = now(engine, world).scenario
    assert (after.line("cloud").months[4], after.line("cloud").months[2], after.line("hub").note) == (1, 630, "")


def test_a_workbook_is_brought_to_a_draft_alone_and_by_those_who_may_edit(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other:
        other.setattr(load, "actor", lambda: Actor("web:vera", frozenset({Role.VIEWER})))
        assert not opened("budget", {"budget": "fy2026-upside"}).file_uploader
    assert len(opened("budget", {"budget": "fy2026-upside"}).file_uploader) == 1
    submit(engine, world.settings, EDITOR, NAME, 1)
    assert not opened("budget", {"budget": "fy2026-upside"}).file_uploader
