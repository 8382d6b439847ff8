"""Addresses of warehouses: the same test on both databases."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from data.warehouse.engine import create_engine_for
from data.warehouse.migrate import migrate
from tests.servers.postgres import create_database

_DATABASES = ("sqlite", "postgresql")
_TEMPLATE = "migrated"


@pytest.fixture(params=_DATABASES)
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'plumbline.db'}"
    return request.getfixturevalue("new_database")()


@pytest.fixture(params=_DATABASES)
def migrated_warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh warehouse with this version's tables, on SQLite and on PostgreSQL: a copy, hence there at once."""
    if request.param == "sqlite":
        copy = tmp_path / "plumbline.db"
        shutil.copyfile(request.getfixturevalue("_migrated_file"), copy)
        return f"sqlite:///{copy}"
    return request.getfixturevalue("new_database")(request.getfixturevalue("_migrated_template"))


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("warehouse") / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _migrated_template(postgres_url: str) -> str:
    _migrate(create_database(postgres_url, _TEMPLATE))
    return _TEMPLATE


def _migrate(url: str) -> None:
    engine = create_engine_for(url)
    migrate(engine)
    engine.dispose()  # a template and a file are copied only when nobody is connected
