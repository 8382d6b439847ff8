"""A reader takes a table and a figure away by keyboard alone, and the files hold what the page shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import Page

from tests.app import world_incidents
from tests.browser.taking import taken
from tests.servers.app import AppServer
from tests.servers.chromium import DESK, PHONE_AT_NIGHT

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chromium_page", [DESK, PHONE_AT_NIGHT], indirect=True, ids=str)
def test_tables_and_figures_are_taken_away_by_keyboard(
    chromium_page: Page, app_server: Callable[..., AppServer], tmp_path: Path
) -> None:
    page, server = chromium_page, app_server(world_incidents.make(tmp_path).environment)
    page.goto(f"{server.base_url}/reliability?period=2026-10")
    table = page.locator(".st-key-block-services")
    table.wait_for(timeout=60_000)
    shown = table.locator("tbody th").all_inner_texts()
    found = taken(page, table, "CSV", tmp_path)
    assert found.name == "services-group-2026-10.csv"
    rows = list(csv.reader(io.StringIO(found.read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == shown
    wallet = next(row for row in rows if row[0] == "Wallet")
    # 720 of 2,682,000 s were down: the page says 99.97 %, the file says all of it
    assert float(wallet[2]) == pytest.approx(100 - 72_000 / 2_682_000, abs=1e-12)
    book = load_workbook(taken(page, table, "Excel", tmp_path))
    assert book.worksheets[0]["A1"].value == "Service"
    about = {row[0].value: row[1].value for row in book.worksheets[1].iter_rows()}
    assert about["Scope"] == "Testmoor Group (group)"
    assert about["Source of Uptime"] == "prometheus"
    picture = taken(page, page.locator(".st-key-block-budget-left"), "Picture", tmp_path)
    assert picture.name == "budget-left-group-2026-10.png"
    with Image.open(picture) as image:
        assert image.width == 2132
    assert server.faults == []
