"""Every page in a real browser: on an empty, a broken and the demo's warehouse, wide and narrow, light and dark."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, ViewportSize, expect

from app.screens import SCREENS
from data.warehouse.migrate import migrate
from tests.app.world import World, build, write_settings
from tests.browser.hand import follow
from tests.servers.app import AppServer
from tests.servers.chromium import DESK, PHONE_AT_NIGHT
from tests.servers.demo import DemoWarehouse

pytestmark = pytest.mark.browser

WIDE, NARROW = (ViewportSize(width=one.width, height=one.height) for one in (DESK, PHONE_AT_NIGHT))
DRAWN = ".pl-headline, .pl-tiles, .pl-facts, .pl-notice"
# on any page but the first, Streamlit looks for its server under the page's address before it finds it at the root
_ITS_OWN = ("/_stcore/health", "/_stcore/host-config")


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, World]:
    """empty: tables and nothing in them; full; broken: no probes, no exchange rates, a source late."""
    made = {}
    for name, without in (("full", ()), ("broken", ("probe_day", "fx_rate", "change")), ("empty", None)):
        folder = tmp_path_factory.mktemp(name)
        made[name] = World(f"sqlite:///{folder / 'plumbline.db'}", write_settings(folder))
        if without is None:
            engine = made[name].engine()
            migrate(engine)
            engine.dispose()
        else:
            build(made[name], without)
    return made


def _complaints_of(page: Page) -> list[str]:
    """What the browser will complain about while this page is used."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error" and not where.split("?")[0].endswith(_ITS_OWN):
            complaints.append(f"{message.text} {where}")

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def _open(page: Page, url: str) -> None:
    """Goes there and waits until the page is drawn."""
    page.goto(url)
    _settle(page)


def _settle(page: Page) -> None:
    page.wait_for_selector(DRAWN, timeout=60_000)
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton]')")
    page.wait_for_timeout(300)


@pytest.mark.parametrize(
    ("chromium_page", "name"), [(DESK, "empty"), (PHONE_AT_NIGHT, "broken")], indirect=["chromium_page"], ids=str
)
def test_every_page_opens(
    chromium_page: Page, app_server: Callable[..., AppServer], worlds: dict[str, World], name: str
) -> None:
    _check_every_page(chromium_page, app_server(worlds[name].environment), marked=name != "empty")


@pytest.mark.parametrize("chromium_page", [DESK, PHONE_AT_NIGHT], indirect=True, ids=str)
def test_every_page_of_the_demo_company_opens(
    chromium_page: Page, app_server: Callable[..., AppServer], demo_warehouse: DemoWarehouse
) -> None:
    server = app_server(demo_warehouse.environment)
    _check_every_page(chromium_page, server, marked=True)
    _open(chromium_page, server.base_url)
    chromium_page.get_by_text("targets hold in October 2026").first.wait_for(timeout=60_000)


def _check_every_page(page: Page, server: AppServer, *, marked: bool) -> None:
    """Each in one tab, on a desk by its link from the first on, on a phone loaded by its address.

    Then it is seen wide and narrow, light and dark, without being loaded again; the next begins in the other colours.
    """
    complaints, first = _complaints_of(page), page.viewport_size
    other = NARROW if first == WIDE else WIDE
    dark: bool = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    for number, screen in enumerate(SCREENS):
        if number and first == WIDE:
            follow(page, screen.title)
            _settle(page)
        else:
            _open(page, f"{server.base_url}/{screen.path}")
        for size, turned in ((first, False), (other, False), (other, True), (first, True)):
            page.set_viewport_size(size)
            page.emulate_media(color_scheme="light" if turned == dark else "dark")
            page.wait_for_timeout(100)
            wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert wide <= window, screen.title
        dark = not dark
        assert complaints == [], screen.title
        assert page.locator("[data-testid=stException]").count() == 0, screen.title
        assert page.get_by_text("Demo data").count() == int(marked), screen.title
    assert server.faults == []


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_the_choice_goes_along_from_page_to_page(
    chromium_page: Page, app_server: Callable[..., AppServer], worlds: dict[str, World]
) -> None:
    page, server = chromium_page, app_server(worlds["full"].environment)
    _open(page, f"{server.base_url}/?period=2026-09&scope=europe&compare=year")
    page.locator("a.pl-cover").first.click()
    page.wait_for_url("**/reliability?*")
    _settle(page)
    assert "period=2026-09" in page.url
    assert "scope=europe" in page.url
    page.get_by_role("link", name="Spend", exact=True).first.click()
    page.wait_for_url("**/spend?*period=2026-09*")
    _settle(page)
    assert "compare=year" in page.url
    page.get_by_text("The charges of September 2026").wait_for(timeout=60_000)


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_the_period_is_chosen_by_keyboard(
    chromium_page: Page, app_server: Callable[..., AppServer], worlds: dict[str, World]
) -> None:
    page, server = chromium_page, app_server(worlds["full"].environment)
    _open(page, server.base_url)
    page.get_by_role("combobox", name="Period", exact=False).nth(1).focus()
    page.keyboard.type("August 2026")
    page.keyboard.press("Enter")
    page.wait_for_url("**period=2026-08**")
    expect(page.get_by_text("in August 2026").first).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_a_name_is_mapped_on_the_page(
    chromium_page: Page, app_server: Callable[..., AppServer], worlds: dict[str, World], tmp_path: Path
) -> None:
    mine = World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    shutil.copyfile(worlds["full"].url.removeprefix("sqlite:///"), tmp_path / "plumbline.db")
    page, server = chromium_page, app_server(mine.environment)
    _open(page, f"{server.base_url}/health")
    page.get_by_role("combobox", name="Stands for", exact=False).focus()
    page.keyboard.type("Back office")
    page.keyboard.press("Enter")
    page.get_by_label("Reason").fill("moved there")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("legacy stands for admin now")).to_be_visible(timeout=60_000)
