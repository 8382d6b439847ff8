"""What is typed while the page draws itself anew is kept: no save and no news takes a cell from under a hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data.access import Actor
from data.finance.budget_edits import Change, said
from data.warehouse import budget_drafts, budget_rows
from data.warehouse.budget_drafts import merged
from data.warehouse.budgets import Saving, create, save
from data.warehouse.engine import reading
from tests.app.world import NOW, World, build, held_clock, write_settings
from tests.browser.budget_typist import Typist
from tests.browser.hand import at_rest
from tests.data.finance.budgets import BASE
from tests.data.warehouse.budget_world import EDITOR, OTHER
from tests.servers.app import AppServer
from tests.servers.chromium import DESK

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)]

PERSON = Actor("local:erin", EDITOR.roles)


@dataclass(frozen=True)
class Desk:
    """Somebody at the budget, and the world that others change."""

    me: Typist
    world: World

    def another_saves(self, line: str, amount: str) -> None:
        """Somebody else, elsewhere, changes January of a line."""
        engine = self.world.engine()
        with held_clock(NOW):
            with reading(engine) as connection:
                seen = budget_rows.stored(connection, self.world.settings, OTHER, self.me.scenario)
            edits = (Change(line, "m01", said(seen.scenario.line(line).months[0]), amount),)
            save(engine, self.world.settings, OTHER, Saving(self.me.scenario, "other", edits, seen.revisions, "news"))
        engine.dispose()

    def news(self) -> None:
        """Something moves that every open page draws itself anew for."""
        with self.world.settings_file.open("a", encoding="utf-8") as settings:
            settings.write("# moved\n")

    def kept(self) -> dict[tuple[str, str], str]:
        """What is unsaved, as the warehouse has it."""
        engine = self.world.engine()
        with reading(engine) as connection:
            edits, _ = merged(budget_drafts.edits(connection, PERSON, self.me.scenario))
        engine.dispose()
        return {(one.row, one.field): one.new for one in edits}


@pytest.fixture
def desk(chromium_page: Page, app_server: Callable[..., AppServer], tmp_path: Path) -> Desk:
    world = World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    build(world)
    engine = world.engine()
    with held_clock(NOW):
        create(engine, world.settings, EDITOR, BASE, "the plan")
    engine.dispose()
    me = Typist(chromium_page, app_server(world.environment | {"LOGNAME": PERSON.person}).base_url)
    me.open()
    return Desk(me, world)


def test_no_save_and_no_news_take_a_cell_from_under_a_hand(desk: Desk) -> None:
    me = desk.me
    field = me.begin(0, 1, "12")
    desk.another_saves("cloud", "999")
    desk.news()
    me.page.get_by_text("Somebody saved this scenario").wait_for()
    me.end(field, "34")
    me.unsaved(1)
    assert desk.kept() == {("hub", "m02"): "1234"}
    me.ask_to_save()
    me.confirm("a new price")
    assert me.outcome() == "saved"
    me.settle()
    me.type(0, 2, "77")
    me.unsaved(1)
    me.ask_to_save()
    me.confirm("a new price")
    assert me.outcome() == "saved"
    field = me.begin(0, 3, "5")  # at once, while the save still draws the page
    me.page.get_by_text("Saved 1 cell").wait_for()
    me.settle()
    me.end(field, "6")
    me.unsaved(1)
    assert desk.kept() == {("hub", "m04"): "56"}


def test_a_press_beside_the_grid_takes_the_open_cell_along_and_a_block_is_pasted_into_it(desk: Desk) -> None:
    me = desk.me
    me.type(0, 0, "501")
    me.unsaved(1)
    me.begin(0, 1, "502")
    me.page.locator(".st-key-budget-save button").click()
    me.dialog.get_by_text("502.00").wait_for()
    me.page.keyboard.press("Escape")
    me.dialog.wait_for(state="detached")
    me.unsaved(2)
    me.begin(0, 2, "503")
    before = me.grid.element_handle()
    me.page.get_by_role("button", name="Undo").first.click()
    me.page.wait_for_function("grid => !grid.isConnected", arg=before)
    me.unsaved(2)
    assert desk.kept() == {("hub", "m01"): "501", ("hub", "m02"): "502"}
    me.begin(0, 3, "504")
    me.page.get_by_role("link", name="Board").first.click(delay=80)  # as long as a finger rests on a key
    me.page.get_by_role("heading", name="Board").first.wait_for(state="attached")
    at_rest(me.page)
    me.page.get_by_role("link", name="Budget").first.click(delay=80)
    me.unsaved(3)
    me.settle()
    assert [me.shown(0, month) for month in range(5)] == ["501.00", "502.00", "200.00", "504.00", "200.00"]
    me.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    me.page.evaluate("navigator.clipboard.writeText('1,000.50\\t2000\\n3000\\t4000')")
    me.click(1, 6)
    me.page.keyboard.press("Control+v")
    me.unsaved(7)
    pasted = {("cloud", "m07"): "1000.5", ("cloud", "m08"): "2000", ("calls", "m07"): "3000", ("calls", "m08"): "4000"}
    assert pasted.items() <= desk.kept().items()
