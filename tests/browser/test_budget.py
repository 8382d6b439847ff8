"""The Budget page in a real browser: fast typing, reload, undo, paste, and two people on one scenario."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Download, Page
from playwright.sync_api import TimeoutError as TimeoutError_

from data.warehouse import budget_rows
from data.warehouse.budgets import create
from data.warehouse.engine import reading
from tests.app.world import World, build, held_clock, write_settings
from tests.browser.budget_typist import Typist
from tests.browser.two_editors import check_rounds, own_world
from tests.data.finance.budgets import BASE
from tests.data.warehouse.budget_world import EDITOR
from tests.servers.app import AppServer
from tests.servers.chromium import DESK

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("budgets")
    made = World(f"sqlite:///{folder / 'plumbline.db'}", write_settings(folder))
    build(made)
    return made


def months(world: World, line: str) -> list[str]:
    engine = world.engine()
    with reading(engine) as connection:
        found = budget_rows.stored(connection, world.settings, EDITOR, "fy2026-base-1").scenario
    engine.dispose()
    return [format(one.normalize(), "f") for one in found.line(line).months]


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_a_person_types_fast_reloads_takes_back_pastes_and_saves(
    chromium_page: Page, app_server: Callable[..., AppServer], full: World, tmp_path: Path
) -> None:
    world = own_world(tmp_path, full)
    engine = world.engine()
    with held_clock(world.settings.clock):
        create(engine, world.settings, EDITOR, BASE, "the plan")
    engine.dispose()
    server = app_server(world.environment)
    me = Typist(chromium_page, server.base_url)
    me.open()
    me.type(0, 0, *(str(101 + at) for at in range(10)))
    me.unsaved(10)
    me.type(1, 0, "601")
    me.unsaved(11)
    assert months(world, "hub")[0] == "200"
    me.open()  # a reload offers again what was typed
    me.unsaved(11)
    me.page.get_by_role("button", name="Undo").first.click()
    me.unsaved(10)
    me.type(3, 0, "many")
    me.page.get_by_text("'many' is no number").wait_for()
    me.page.get_by_role("button", name="Undo").first.click()
    me.unsaved(10)
    me.page.get_by_role("button", name="Paste a block").click()
    me.page.get_by_label("Cells copied from a spreadsheet").fill("1,000.50\t2000\n3000\t4000")
    me.page.locator(".st-key-budget-paste-do button").click()
    me.unsaved(12)
    me.page.keyboard.press("Escape")
    me.ask_to_save()
    me.dialog.get_by_label("Reason").wait_for(timeout=30_000)  # it stands below the cells that change
    assert me.dialog.get_by_text("Integration hub").count() == 10
    me.confirm("the new contract")
    assert me.outcome() == "saved"
    assert months(world, "hub") == ["1000.5", "2000", *(str(103 + at) for at in range(8)), "200", "200"]
    assert months(world, "cloud") == ["3000", "4000", *["700"] * 10]
    me.page.get_by_text("Type in the grid").wait_for()
    _there_and_back(me, tmp_path)
    assert months(world, "audit")[:2] == ["31.25", "30"]
    assert server.faults == []


def _taken(me: Typist) -> Download:
    """The workbook; a press while the page is being drawn anew starts nothing, and is made again."""
    for _ in range(4):
        me.settle()
        try:
            with me.page.expect_download(timeout=20_000) as download:
                me.page.locator(".st-key-budget-export button").click()
        except TimeoutError_:
            continue
        return download.value
    raise AssertionError("No workbook came.")


def _there_and_back(me: Typist, folder: Path) -> None:
    """Take the workbook away, change a cell in it, bring it back, see the change, take it."""
    download = _taken(me)
    file = folder / download.suggested_filename
    download.save_as(file)
    book = load_workbook(file)
    row = next(row for row in book["Budget"].iter_rows() if row[0].value == "audit")
    row[18].value = 31.25
    book.save(file)
    me.page.locator(".st-key-budget-import input[type=file]").set_input_files(file)
    me.page.get_by_role("button", name="Take 1 change").click(timeout=60_000)
    me.page.get_by_text("The workbook is taken").wait_for(timeout=60_000)
    me.settle()
    assert me.shown(3, 0) == "31.25"
    assert not me.page.get_by_text("Somebody saved this scenario").count()


def test_twenty_rounds_of_two_people_lose_double_and_leave_nothing_unexplained(
    browser: Browser, app_server: Callable[..., AppServer], full: World, tmp_path: Path
) -> None:
    saves, conflicts = check_rounds(browser, app_server, own_world(tmp_path, full), rounds=20, seed=7)
    assert saves >= 20
    assert conflicts >= 5
