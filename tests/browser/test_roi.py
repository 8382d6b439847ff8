"""A business case in a real browser: inputs moved by keyboard, figures that follow, a draft that is found again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page, expect

from tests.app.world import World, build, write_settings
from tests.browser.hand import at_rest, cell_field, choose, drawn
from tests.browser.taking import taken
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
    for _ in range(3):
        told = sentence.inner_text()
        page.keyboard.press("ArrowRight")
        expect(sentence).not_to_have_text(told, timeout=30_000)
    assert slider.input_value() != before
    assert_kept_across_a_reload_and_a_page(page, sentence.inner_text())
    worth = sentence.inner_text()

    page.get_by_label("Reason, for the log").fill("what the pilot said")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_text("Delivery improvement v1 is draft; the log keeps why.").wait_for(timeout=30_000)
    expect(sentence).to_have_text(worth, timeout=30_000)

    page.reload()
    expect(page.get_by_text("Version 1, draft")).to_be_visible(timeout=60_000)
    expect(page.locator(".pl-sentence").first).to_have_text(worth, timeout=30_000)
    expect(page.locator(".st-key-case-inputs")).not_to_contain_text("unsaved")
    assert_a_dated_amount_is_kept_and_let_go(page)
    assert_taken(page, tmp_path)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window


def assert_kept_across_a_reload_and_a_page(page: Page, worth: str) -> None:
    """What was moved is there after a reload; a number that is being typed is kept where the page is left."""
    page.reload()
    sentence, inputs = page.locator(".pl-sentence").first, page.locator(".st-key-case-inputs")
    expect(inputs).to_contain_text("1 input unsaved since", timeout=60_000)
    expect(sentence).to_have_text(worth, timeout=30_000)
    at_rest(page)
    rate = page.get_by_role("spinbutton", name="Rate (%)")
    rate.fill("12")
    expect(rate).to_have_value("12")
    page.get_by_role("link", name="Board").first.click()
    expect(page.locator(".pl-tiles").first).to_be_visible(timeout=60_000)
    at_rest(page)
    page.get_by_role("link", name="ROI").first.click()
    expect(inputs).to_contain_text("2 changes unsaved since", timeout=60_000)
    expect(page.get_by_role("spinbutton", name="Rate (%)")).to_have_value("12.00", timeout=30_000)
    expect(page.get_by_text("discounted at 12")).to_be_visible()


def assert_a_dated_amount_is_kept_and_let_go(page: Page) -> None:
    """A line of dated amounts is added, its amount typed in the grid; both are there after a reload, until let go."""
    at_rest(page)
    page.get_by_text("Lines and what moves together").click()
    lever = page.get_by_role("combobox", name="Lever")
    lever.click()
    lever.fill("Dated amounts (benefit)")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add this line", exact=True).click(timeout=30_000)
    lines = page.locator(".st-key-block-case-lines")
    expect(lines).to_contain_text("Dated benefit", timeout=30_000)
    at_rest(page)
    grid = page.locator("[data-testid=stDataFrame]").first
    width = grid.evaluate("grid => grid.clientWidth")
    choose(page, grid, (width * 0.75, 52), "glide-cell-2-0")
    page.keyboard.press("Enter")
    cell_field(page).fill("60000", timeout=30_000)
    drawn(page)
    page.keyboard.press("Enter")
    expect(lines).to_contain_text("$60.0", timeout=30_000)
    page.reload()
    inputs = page.locator(".st-key-case-inputs")
    expect(inputs).to_contain_text("1 change unsaved since", timeout=60_000)
    expect(lines).to_contain_text("$60.0", timeout=30_000)
    page.get_by_role("button", name="Let go of what is unsaved").click()
    expect(inputs).not_to_contain_text("unsaved", timeout=30_000)


def assert_taken(page: Page, folder: Path) -> None:
    """What the case comes to goes along exactly, and says of which case and version it is."""
    lines = taken(page, page.locator(".st-key-block-case-lines"), "CSV", folder)
    assert lines.name == "case-lines-delivery-improvement-v1.csv"
    heads, *rows = csv.reader(io.StringIO(lines.read_text(encoding="utf-8-sig")))
    assert heads[:4] == ["Line", "Start (USD)", "Year 1 (USD)", "Present value (USD)"]
    benefits, costs, net = (
        next(row for row in rows if row[0] == name) for name in ("All benefits", "All costs", "Net")
    )
    assert Decimal(benefits[3]) - Decimal(costs[3]) == Decimal(net[3])
    book = load_workbook(taken(page, page.locator(".st-key-block-case-cash-flow"), "Excel", folder))
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["Business case"] == "Delivery improvement · version 1, draft"
    assert about["Scope"] == "Testmoor Group (group)"
    assert about["Told"] == "as stated, discounted at 12.0\u202f% a year"
    picture = taken(page, page.locator(".st-key-block-case-tornado"), "Picture", folder)
    assert picture.name == "case-tornado-delivery-improvement-v1.png"
    with Image.open(picture) as image:
        assert image.width > 1000
