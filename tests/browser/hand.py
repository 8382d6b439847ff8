"""A hand at a grid: it points before it presses, sees which cell it chose, and sees the field before it types."""

from __future__ import annotations

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TimeoutError_

PATIENCE = 30_000


def drawn(page: Page) -> None:
    """Wait for what a person would see: a grid forgets what comes within the frame of what came before."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def at_rest(page: Page) -> None:
    """Wait until the run of the page has ended."""
    page.wait_for_function(
        "document.querySelector('.stApp')?.dataset.testScriptState === 'notRunning'", timeout=PATIENCE
    )


def follow(page: Page, title: str) -> None:
    """Go to a page by its link, and wait until the run that draws it has ended."""
    page.get_by_role("link", name=title, exact=True).first.click(timeout=PATIENCE)
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for(state="attached", timeout=PATIENCE)
    at_rest(page)


def choose(page: Page, grid: Locator, at: tuple[float, float], cell: str) -> None:
    """Press at a place of a grid until the cell of that name is chosen; a grid being made anew is waited for."""
    chosen = grid.locator(f"[data-testid={cell}][aria-selected=true]")
    grid.evaluate("grid => grid.scrollIntoView({block: 'center'})", timeout=PATIENCE)
    for _ in range(20):
        if (box := grid.bounding_box()) is not None:
            page.mouse.move(box["x"] + at[0], box["y"] + at[1], steps=4)
            drawn(page)
            page.mouse.down()
            drawn(page)
            page.mouse.up()
        try:
            chosen.wait_for(state="attached", timeout=1000)
        except TimeoutError_:
            continue
        return
    raise AssertionError("The grid takes no clicks.")


def cell_field(page: Page) -> Locator:
    """The field that opens over a cell."""
    return page.locator("#portal .gdg-input")
