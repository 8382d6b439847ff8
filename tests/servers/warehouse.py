"""Addresses of warehouses: the same test on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from data.warehouse.engine import create_engine_for
from data.warehouse.migrate import migrate
from tests.servers.postgres import create_database
from tests.servers.reused import Reused

_DATABASES = ("sqlite", "postgresql")
_TEMPLATE = "migrated"


@pytest.fixture(params=_DATABASES)
def warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database without tables, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'plumbline.db'}"
    return request.getfixturevalue("new_database")()


@pytest.fixture(params=_DATABASES)
def migrated_warehouse_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty warehouse with this version's tables, on SQLite and on PostgreSQL, there at once."""
    if request.param == "sqlite":
        copy = tmp_path / "plumbline.db"
        shutil.copyfile(request.getfixturevalue("_migrated_file"), copy)
        yield f"sqlite:///{copy}"
    else:
        with request.getfixturevalue("_reused").lent() as url:
            yield url


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("warehouse") / "migrated.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def _migrated_template(postgres_url: str) -> str:
    _migrate(create_database(postgres_url, _TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def _reused(postgres_url: str, _migrated_template: str) -> Iterator[Reused]:
    with closing(Reused(postgres_url, _migrated_template)) as made:
        yield made


def _migrate(url: str) -> None:
    engine = create_engine_for(url)
    migrate(engine)
    engine.dispose()  # a template and a file are copied only when nobody is connected
