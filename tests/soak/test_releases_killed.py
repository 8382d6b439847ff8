"""Many packs killed while they are made or released: all or nothing, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from data.clock import fix_clock
from tests.app.killing_releases import check_kills, small_company
from tests.app.world import NOW

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_kill_while_a_pack_is_made_or_released_leaves_all_or_nothing(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    fresh: Callable[[], str] = request.getfixturevalue("new_database") if database == "postgresql" else lambda: ""
    world = small_company(fresh() or f"sqlite:///{tmp_path / 'plumbline.db'}", tmp_path)
    fix_clock(NOW)
    hits = check_kills(world, tmp_path / "packs", points=100, seed=20261109)
    fix_clock(None)
    assert hits.total() >= 70
    assert min(hits.values()) >= 5
