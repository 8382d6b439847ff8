"""A page that is left open shows new data by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from app.refresh import LOOK_EVERY
from data.warehouse.migrate import migrate
from tests.app.world import World, build, write_settings
from tests.servers.app import AppServer
from tests.servers.chromium import DESK

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("chromium_page", [DESK], indirect=True, ids=str)
def test_a_page_left_open_shows_what_a_sync_brought(
    chromium_page: Page, app_server: Callable[..., AppServer], tmp_path: Path
) -> None:
    world = World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    engine = world.engine()
    migrate(engine)
    engine.dispose()
    chromium_page.goto(app_server(world.environment).base_url)
    chromium_page.get_by_text("holds no numbers yet").wait_for(timeout=60_000)
    build(world, ())
    patience = LOOK_EVERY.total_seconds() * 1000 + 30_000
    chromium_page.locator(".pl-tiles").first.wait_for(timeout=patience)
    assert chromium_page.get_by_text("holds no numbers yet").count() == 0
