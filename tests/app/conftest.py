"""The small company of tests/app/world.py, filled once a run and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from app.content.sections.base import Comparison, Context
from data.clock import fix_clock
from data.period import parse
from data.warehouse.engine import reading
from data.warehouse.readings import Reader
from tests.app.world import NOW, World, build, write_settings


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    world = World(f"sqlite:///{folder / 'plumbline.db'}", write_settings(folder))
    build(world)
    return world


@pytest.fixture
def world(_filled: World, tmp_path: Path) -> World:
    """A company of one's own."""
    shutil.copyfile(_filled.url.removeprefix("sqlite:///"), tmp_path / "plumbline.db")
    return World(f"sqlite:///{tmp_path / 'plumbline.db'}", write_settings(tmp_path))


@pytest.fixture
def empty_world(tmp_path: Path) -> World:
    """The same company before anything ran: no tables."""
    return World(f"sqlite:///{tmp_path / 'empty.db'}", write_settings(tmp_path))


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[World], None]]:
    """inside(world): this process sees that world, and its clock stands still."""

    def enter(chosen: World) -> None:
        for name, value in chosen.environment.items():
            monkeypatch.setenv(name, value)
        fix_clock(NOW)

    yield enter
    fix_clock(None)


@pytest.fixture
def connection(_filled: World) -> Iterator[Connection]:
    engine = _filled.engine()
    with reading(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def context(_filled: World, connection: Connection) -> Callable[..., Context]:
    """context("2026-10", "group") -> what sections are built from."""

    def make(period: str = "2026-10", scope: str = "group", compare: str = "previous") -> Context:
        reader = Reader(connection, _filled.settings)
        return Context(reader, scope, parse(period), Comparison(compare), NOW)

    return make
