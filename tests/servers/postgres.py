"""A real PostgreSQL, and databases in it that live for one test."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.servers.child import Child, as_user, free_port, running

_UNSAFE_BUT_FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "shared_buffers=64MB",
)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """postgresql+psycopg://… of the maintenance database of an empty PostgreSQL, whose clients are trusted."""
    programs = _programs()
    user = _system_user()
    # not below pytest's folder, which only its owner may enter
    folder = Path(tempfile.mkdtemp(prefix="plumbline-postgres-"))
    if user:
        shutil.chown(folder, user)
    try:
        data, port = folder / "data", free_port()
        subprocess.run(
            [programs / "initdb", "-D", data, "-U", "plumbline", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
            check=True, capture_output=True, cwd=folder, **as_user(user),
        )  # fmt: skip
        options = [part for option in _UNSAFE_BUT_FAST for part in ("-c", option)]
        command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *options]
        # SIGINT: it ends at once, whoever is still connected
        with running("PostgreSQL", command, folder / "log", cwd=folder, user=user, stop_by=signal.SIGINT) as child:
            url = f"postgresql+psycopg://plumbline@127.0.0.1:{port}/postgres"
            _wait_for(child, url)
            yield url
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def new_database(postgres_url: str) -> Iterator[Callable[..., str]]:
    """new_database(template=None) -> URL of a database of this test alone, a copy of the template's if one is named."""
    made: list[str] = []

    def make(template: str | None = None) -> str:
        made.append(_next_name())
        return create_database(postgres_url, made[-1], template)

    yield make
    for name in made:
        drop_database(postgres_url, name)


def create_database(server_url: str, name: str, template: str | None = None) -> str:
    """Make a database; its URL."""
    _execute(server_url, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return server_url.rsplit("/", 1)[0] + f"/{name}"


def drop_database(server_url: str, name: str) -> None:
    """End a database, whoever is still connected."""
    _execute(server_url, f'DROP DATABASE "{name}" WITH (FORCE)')


_numbers = itertools.count(1)


def _next_name() -> str:
    return f"test_{next(_numbers)}"


def _execute(url: str, statement: str) -> None:
    # CREATE and DROP DATABASE refuse to run inside a transaction
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute(statement)


def plain(url: str) -> str:
    """The URL as psycopg takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def _wait_for(child: Child, url: str) -> None:
    def ready() -> bool:
        try:
            psycopg.connect(plain(url), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    child.wait_until(ready)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if elsewhere is None:
        pytest.fail("PostgreSQL is not installed: `apt-get install --no-install-recommends postgresql`.", pytrace=False)
    return Path(elsewhere).parent


def _system_user() -> str | None:
    # PostgreSQL refuses to run as root; its package makes this user
    return "postgres" if os.geteuid() == 0 else None
