"""A business case in a real browser: inputs moved by keyboard, figures that follow, a draft that is found again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.world import World, build, write_settings
from tests.servers.app import AppServer
from tests.servers.chromium import DESK

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_an_input_is_moved_and_the_case_is_kept_and_found_again(
    chromium_page: Page, app_server: Callable[..., AppServer], tmp_path: Path
) -> None:
    world = World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    build(world)
    page = chromium_page
    page.goto(f"{app_server(world.environment).base_url}/roi?period=2026-10")
    sentence = page.locator(".pl-sentence").first
    expect(sentence).to_contain_text("is worth $3.28", timeout=60_000)
    for name in ("case-cash-flow", "case-rates", "case-tornado", "case-distribution"):
        expect(page.locator(f".st-key-figure-{name} svg.main-svg").first).to_be_visible(timeout=30_000)

    slider = page.get_by_role("slider", name=re.compile("Time saved"))
    before = slider.input_value()
    slider.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(sentence).not_to_contain_text("$3.28", timeout=20_000)
    assert slider.input_value() != before
    worth = sentence.inner_text()

    page.get_by_label("Reason, for the log").fill("what the pilot said")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_text("Delivery improvement v1 is draft; the log keeps why.").wait_for(timeout=30_000)
    expect(sentence).to_have_text(worth)

    page.reload()
    expect(page.get_by_text("Version 1, draft")).to_be_visible(timeout=60_000)
    expect(page.locator(".pl-sentence").first).to_have_text(worth, timeout=30_000)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window
