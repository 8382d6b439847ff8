"""Five hundred rounds of two people who edit one budget in two browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.app.world import World, build, write_settings
from tests.browser.two_editors import check_rounds
from tests.servers.app import AppServer

pytestmark = [pytest.mark.soak, pytest.mark.browser]


def test_five_hundred_rounds_lose_double_and_leave_nothing_unexplained(
    browser: Browser, app_server: Callable[..., AppServer], tmp_path: Path
) -> None:
    world = World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))
    build(world)
    saves, conflicts = check_rounds(browser, app_server, world, rounds=500, seed=2026)
    assert saves >= 500
    assert conflicts >= 100
