"""What is typed while the page draws itself anew is kept: no save and no news takes a cell from under a hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from data.access import Actor
from data.finance.budget_edits import Change, said
from data.warehouse import budget_drafts, budget_rows
from data.warehouse.budget_drafts import merged
from data.warehouse.budgets import Saving, create, save
from data.warehouse.engine import reading
from tests.app.world import NOW, World, build, held_clock, write_settings
from tests.browser.budget_typist import Typist
from tests.browser.hand import PATIENCE, at_rest
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


@dataclass
class Line:
    """What a page tells its server, which a busy machine reads late, and then all at once."""

    busy: bool = False
    told: list[Callable[[], None]] = field(default_factory=list)

    def join(self, page: Page) -> None:
        """Stand between a page, from its next loading on, and its server."""

        def connected(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()
            socket.on_message(lambda said: self._tell(lambda: server.send(said)))

        page.route_web_socket("**/_stcore/stream", connected)

    def _tell(self, one: Callable[[], None]) -> None:
        if self.busy:
            self.told.append(one)
        else:
            one()

    def read(self, page: Page, *, at_least: int) -> None:
        """Let the server have it, when so much was told."""
        for _ in range(PATIENCE // 20):
            if len(self.told) >= at_least:
                break
            page.wait_for_timeout(20)
        assert len(self.told) >= at_least
        self.busy = False
        for one in self.told:
            one()
        self.told.clear()


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
    me.page.get_by_role("link", name="Board").first.click()
    me.page.get_by_role("heading", name="Board").first.wait_for(state="attached")
    at_rest(me.page)
    me.page.get_by_role("link", name="Budget").first.click()
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


def test_a_page_that_is_left_at_once_keeps_what_was_typed_last(desk: Desk) -> None:
    me, line = desk.me, Line()
    page = me.page
    line.join(page)
    me.open()
    me.begin(0, 1, "502")
    line.busy = True
    page.get_by_role("link", name="ROI").first.click()
    line.read(page, at_least=2)
    page.get_by_role("spinbutton", name="Rate (%)").wait_for()
    at_rest(page)
    assert desk.kept() == {("hub", "m02"): "502"}
    rate = page.get_by_role("spinbutton", name="Rate (%)")
    rate.fill("12")
    expect(rate).to_have_value("12")
    line.busy = True
    page.get_by_role("link", name="Budget").first.click()
    line.read(page, at_least=2)
    me.unsaved(1)
    at_rest(page)
    page.get_by_role("link", name="ROI").first.click()
    expect(page.locator(".st-key-case-inputs")).to_contain_text("1 change unsaved since", timeout=PATIENCE)
    expect(rate).to_have_value("12.00", timeout=PATIENCE)
