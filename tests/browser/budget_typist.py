"""A person at the Budget page: types into cells, saves, settles conflicts, as fast as hands do."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TimeoutError_

_NAME, _MONTH, _ROW = 190, 92, 35
_PATIENCE = 30_000


@dataclass
class Typist:
    """One browser on one scenario."""

    page: Page
    base_url: str
    scenario: str = "fy2026-base-1"

    def open(self) -> None:
        """Load the page anew."""
        self.page.goto(f"{self.base_url}/budget?budget={self.scenario}")
        self.grid.wait_for(timeout=_PATIENCE)
        self.settle()

    def settle(self) -> None:
        """Wait until the page is drawn, and stays so for a moment: a run that is about to begin is none that ended."""
        for pause in (300, 0):
            self.page.get_by_role("heading", name="Excel").wait_for(timeout=_PATIENCE)
            self.page.wait_for_function(
                "!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')"
            )
            self.page.wait_for_timeout(pause)

    @property
    def grid(self) -> Locator:
        """The grid of the lines."""
        return self.page.locator("[data-testid=stDataFrame]").first

    def click(self, line: int, month: int) -> None:
        """Choose a cell by the place of its line and month, as a hand does, and see that it is the chosen one."""
        chosen = self._cell(line, month, "[aria-selected=true]")
        self.grid.evaluate("grid => grid.scrollIntoView({block: 'center'})", timeout=_PATIENCE)
        for _ in range(10):
            if (box := self.grid.bounding_box()) is not None:  # it is hidden for a moment while it is made anew
                x, y = box["x"] + _NAME + _MONTH * (month + 0.5), box["y"] + _ROW * (line + 1.5)
                self.page.mouse.move(x, y, steps=4)
                self._drawn()
                self.page.mouse.down()
                self._drawn()
                self.page.mouse.up()
            try:
                chosen.wait_for(state="attached", timeout=1000)
            except TimeoutError_:
                continue
            return
        raise AssertionError("The grid takes no clicks.")

    def _cell(self, line: int, month: int, more: str = "") -> Locator:
        return self.grid.locator(f"[data-testid=glide-cell-{month + 1}-{line}]{more}")

    def shown(self, line: int, month: int) -> str:
        """What a cell of the grid says, as a screen reader is told it."""
        return self._cell(line, month).text_content() or ""

    def type(self, line: int, month: int, *values: str) -> None:
        """Type values into a cell and those to its right, each key as soon as the grid takes it."""
        for at, value in enumerate(values):
            field = self._begun(line, month + at, value[0], first=at == 0)
            self._drawn()
            field.press_sequentially(value[1:])
            self._drawn()
            self.page.keyboard.press("Tab")
            field.wait_for(state="detached", timeout=_PATIENCE)

    def begin(self, line: int, month: int, keys: str) -> Locator:
        """Type keys into a cell and stay in it; the field that took them."""
        field = self._begun(line, month, keys[0], first=True)
        self._drawn()
        field.press_sequentially(keys[1:])
        return field

    def end(self, field: Locator, keys: str) -> None:
        """Type the rest of what was begun and leave the cell."""
        field.press_sequentially(keys)
        self._drawn()
        self.page.keyboard.press("Tab")
        field.wait_for(state="detached", timeout=_PATIENCE)

    def _begun(self, line: int, month: int, key: str, *, first: bool) -> Locator:
        """Press the first key in a cell; look again where the page was being drawn and the key went nowhere."""
        field = self.page.locator("#portal .gdg-input")
        for turn in range(10):
            if first or turn:
                self.click(line, month)
            self.page.keyboard.press(key)
            try:
                field.wait_for(timeout=3000)
            except TimeoutError_:
                continue
            return field
        raise AssertionError("The grid takes no keys.")

    def _drawn(self) -> None:
        """Wait for what a person would see: the grid forgets a key that comes within the frame of the one before."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def unsaved(self, count: int) -> None:
        """Wait until so many cells are told to be unsaved."""
        words = f"{count} cell{'s' * (count != 1)} unsaved"
        self.page.get_by_text(words).first.wait_for(timeout=_PATIENCE)

    def ask_to_save(self) -> None:
        """Open the difference."""
        self.page.locator(".st-key-budget-save button").click(timeout=_PATIENCE)
        self.dialog.wait_for(timeout=_PATIENCE)

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
        for _ in range(_PATIENCE // 50):
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
        settle.click(timeout=_PATIENCE)
        self.dialog.wait_for(state="detached", timeout=_PATIENCE)
