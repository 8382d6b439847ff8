"""A migrated, empty warehouse on each database."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.clock import fix_clock
from data.warehouse.engine import create_engine_for
from tests.data.warehouse.world import NOW, Company


@pytest.fixture
def engine(migrated_warehouse_url: str) -> Iterator[Engine]:
    made = create_engine_for(migrated_warehouse_url)
    yield made
    made.dispose()


@pytest.fixture
def company(engine: Engine) -> Iterator[Company]:
    """A small company without facts, on 9 November 2026: October is closed."""
    fix_clock(NOW)
    yield Company(engine)
    fix_clock(None)


@pytest.fixture(params=["sqlite", "postgresql"])
def new_warehouse(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Engine]]:
    """new_warehouse() -> one more migrated, empty warehouse, on each database."""
    made: list[Engine] = []

    def make() -> Engine:
        if request.param == "sqlite":
            copy = tmp_path / f"{len(made)}.db"
            shutil.copyfile(request.getfixturevalue("_migrated_file"), copy)
            url = f"sqlite:///{copy}"
        else:
            url = request.getfixturevalue("new_database")(request.getfixturevalue("_migrated_template"))
        made.append(create_engine_for(url))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()
