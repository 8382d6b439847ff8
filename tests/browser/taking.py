"""How a reader takes a figure or table away."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page


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
    menu.focus()
    page.keyboard.press("Enter")
    button.wait_for(state="detached", timeout=60_000)
    return path
