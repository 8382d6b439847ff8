"""Chromium, as a reader has it, which reaches nothing but this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.servers.child import program

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@dataclass(frozen=True)
class View:
    """What a reader looks through."""

    width: int = 1440
    height: int = 900
    colours: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.width}x{self.height}-{self.colours}"


DESK, DESK_AT_NIGHT = View(), View(colours="dark")
PHONE, PHONE_AT_NIGHT = View(390, 844), View(390, 844, "dark")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium a worker. While it runs, this thread has an event loop: asyncio.run() belongs in another thread."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program("chromium", "chromium"), args=list(_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def chromium_page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page without history or cookies, on a desk.

    For another view: `parametrize("chromium_page", [PHONE], indirect=True, ids=str)`.
    """
    view: View = getattr(request, "param", DESK)
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme=view.colours,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    yield context.new_page()
    context.close()
