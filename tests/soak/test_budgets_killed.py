"""Many saves of a budget, and of a business case, killed at random moments: all or nothing, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.clock import fix_clock
from data.warehouse.engine import create_engine_for
from tests.data.warehouse import killing_cases
from tests.data.warehouse.killing_budgets import check_kills
from tests.data.warehouse.world import NOW, Company

pytestmark = pytest.mark.soak


@pytest.fixture(params=["sqlite", "postgresql"])
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    if request.param == "sqlite":
        copy = tmp_path / "plumbline.db"
        shutil.copyfile(request.getfixturevalue("_migrated_file"), copy)
        url = f"sqlite:///{copy}"
    else:
        url = request.getfixturevalue("new_database")(request.getfixturevalue("_migrated_template"))
    engine = create_engine_for(url)
    fix_clock(NOW)
    yield Company(engine)
    fix_clock(None)
    engine.dispose()


def test_a_kill_during_a_save_always_leaves_all_or_nothing(company: Company) -> None:
    check_kills(company, points=100, seed=20261109)


def test_a_kill_during_a_save_of_a_case_always_leaves_all_or_nothing(company: Company) -> None:
    killing_cases.check_kills(company, points=100, seed=20261109)
