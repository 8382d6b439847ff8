"""A person at the Budget page: types into cells, saves, settles conflicts, as fast as hands do."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TimeoutError_

from tests.browser.hand import PATIENCE, at_rest, cell_field, choose, drawn

_NAME, _MONTH, _ROW = 190, 92, 35


@dataclass
class Typist:
    """One browser on one scenario."""

    page: Page
    base_url: str
    scenario: str = "fy2026-base-1"

    def open(self) -> None:
        """Load the page anew."""
        self.page.goto(f"{self.base_url}/budget?budget={self.scenario}")
        self.grid.wait_for(timeout=PATIENCE)
        self.settle()

    def settle(self) -> None:
        """Wait until the page is drawn, and stays so for a moment: a run that is about to begin is none that ended."""
        for pause in (300, 0):
            self.page.get_by_role("heading", name="Excel").wait_for(timeout=PATIENCE)
            self.page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
            at_rest(self.page)
            self.page.wait_for_timeout(pause)

    @property
    def grid(self) -> Locator:
        """The grid of the lines."""
        return self.page.locator("[data-testid=stDataFrame]").first

    def click(self, line: int, month: int) -> None:
        """Choose a cell by the place of its line and month."""
        choose(self.page, self.grid, (_NAME + _MONTH * (month + 0.5), _ROW * (line + 1.5)), _name(line, month))

    def shown(self, line: int, month: int) -> str:
        """What a cell of the grid says, as a screen reader is told it once another cell is chosen."""
        self.click(6, 6)
        return self.grid.locator(f"[data-testid={_name(line, month)}]").text_content() or ""

    def type(self, line: int, month: int, *values: str) -> None:
        """Type values into a cell and those to its right, each key as soon as the grid takes it."""
        for at, value in enumerate(values):
            field = self._begun(line, month + at, value[0], first=at == 0)
            drawn(self.page)
            field.press_sequentially(value[1:])
            drawn(self.page)
            self.page.keyboard.press("Tab")
            field.wait_for(state="detached", timeout=PATIENCE)

    def begin(self, line: int, month: int, keys: str) -> Locator:
        """Type keys into a cell and stay in it; the field that took them."""
        field = self._begun(line, month, keys[0], first=True)
        drawn(self.page)
        field.press_sequentially(keys[1:])
        return field

    def end(self, field: Locator, keys: str) -> None:
        """Type the rest of what was begun and leave the cell."""
        field.press_sequentially(keys)
        drawn(self.page)
        self.page.keyboard.press("Tab")
        field.wait_for(state="detached", timeout=PATIENCE)

    def _begun(self, line: int, month: int, key: str, *, first: bool) -> Locator:
        """Press the first key in a cell; look again where the page was being drawn and the key went nowhere."""
        opened = cell_field(self.page)
        for turn in range(10):
            if first or turn:
                self.click(line, month)
            self.page.keyboard.press(key)
            try:
                opened.wait_for(timeout=3000)
            except TimeoutError_:
                continue
            return opened
        raise AssertionError("The grid takes no keys.")

    def unsaved(self, count: int) -> None:
        """Wait until so many cells are told to be unsaved."""
        words = f"{count} cell{'s' * (count != 1)} unsaved"
        self.page.get_by_text(words).first.wait_for(timeout=PATIENCE)

    def ask_to_save(self) -> None:
        """Open the difference."""
        self.page.locator(".st-key-budget-save button").click(timeout=PATIENCE)
        self.dialog.wait_for(timeout=PATIENCE)

    @property
    def dialog(self) -> Locator:
        """What changes, or what conflicts."""
        return self.page.get_by_role("dialog")

    def confirm(self, why: str) -> None:
        """Save what the dialog shows."""
        self.dialog.get_by_label("Reason").fill(why)
        self.page.locator(".st-key-budget-save-do button").click()

    def outcome(self) -> str:
        """saved or conflict, whichever comes: the dialog goes away, or shows both values."""
        for _ in range(PATIENCE // 50):
            if self.dialog.get_by_text("Choose for each cell").count():
                return "conflict"
            if not self.dialog.count():
                return "saved"
            self.page.wait_for_timeout(50)
        raise AssertionError("The save has no outcome.")

    def choose(self, word: str, why: str) -> None:
        """Settle every cell of a conflict one way and save."""
        settle = self.page.locator(".st-key-budget-settle button:not([disabled])")
        for _ in range(10):  # a choice made while the dialog is drawn anew is made again
            for group in self.dialog.get_by_role("radiogroup").all():
                group.locator("label", has_text=f"{word}:").click()
            self.dialog.get_by_label("Reason").fill(why)
            try:
                settle.wait_for(timeout=3000)
            except TimeoutError_:
                continue
            break
        settle.click(timeout=PATIENCE)
        self.dialog.wait_for(state="detached", timeout=PATIENCE)


def _name(line: int, month: int) -> str:
    return f"glide-cell-{month + 1}-{line}"
