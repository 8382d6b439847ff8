"""How a reader takes a figure or table away."""

from __future__ import annotations

import contextlib
from pathlib import Path

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as TimeoutError_


def taken(page: Page, block: Locator, kind: str, folder: Path) -> Path:
    """Open the menu of a block, go on to a kind of file, take it and close the menu: with the keyboard alone."""
    menu = block.get_by_role("button", name="Take away")
    menu.focus()
    page.keyboard.press("Enter")
    button = block.get_by_role("button", name=kind)
    button.wait_for(timeout=60_000)
    for _ in range(4):
        if button.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    with page.expect_download(timeout=60_000) as download:
        page.keyboard.press("Enter")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    for _ in range(10):  # a menu that was drawn anew meanwhile is shut already, and the key would open it again
        if not button.count():
            return path
        menu.focus()
        page.keyboard.press("Enter")
        with contextlib.suppress(TimeoutError_):
            button.wait_for(state="detached", timeout=5000)
    raise AssertionError("The menu stays open.")
