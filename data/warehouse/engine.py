"""Connections: many readers beside one writer, who waits for the one before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from data.settings import ConfigurationError
from data.warehouse.exact_sum import teach

_WRITER_WAITS_MS = 30 * 60 * 1000
_TURNS: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_WRITER_LOCK = 0x506C756D  # "Plum": the advisory lock that PostgreSQL's writers queue at


class WarehouseError(Exception):
    """The database refused or is out of reach; the message says what to do."""


def create_engine_for(url: str, *, for_people: bool = False) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`; the folder of an SQLite file is made. ConfigurationError.

    `for_people`: a commit outlives a loss of power too, as nobody can be asked again for what they typed. Sources can.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, "FULL" if for_people else "NORMAL")
    return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(
            "The warehouse URL is not one: write sqlite:///path or postgresql://user@host/name."
        ) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise ConfigurationError(
            f"{parsed.get_backend_name()} is not supported as warehouse: use sqlite or postgresql."
        )
    return parsed


def _sqlite(url: URL, synchronous: str) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ConfigurationError("The warehouse must outlive a process: give SQLite a file, sqlite:///path.")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url.set(drivername="sqlite"), poolclass=QueuePool, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout={_WRITER_WAITS_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        teach(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("plumbline_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One unchanging view of the warehouse for as long as the block runs."""
    with _speaking_plainly(), engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that is kept whole or not at all; writers wait for each other."""
    with _speaking_plainly(), _turn(engine), engine.connect() as connection:
        connection.execution_options(plumbline_writes=True)
        with connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _WRITER_LOCK})
            yield connection


def _turn(engine: Engine) -> AbstractContextManager[Any]:
    """One's turn among the threads of this process: SQLite lets who waits sleep and look again, in no order."""
    return _TURNS.setdefault(engine, Lock()) if engine.dialect.name == "sqlite" else nullcontext()


@contextmanager
def _speaking_plainly() -> Iterator[None]:
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        raise WarehouseError(_plain(str(error.orig))) from error


def _plain(cause: str) -> str:
    first = cause.strip().splitlines()[0] if cause.strip() else "no reason given"
    if "disk is full" in cause or "No space left" in cause:
        return "The disk of the warehouse is full: nothing was changed; free some space and run again."
    if "no such table" in cause or ("does not exist" in cause and "relation" in cause):
        return "The warehouse has no tables of this version yet: run `python -m pipelines init`."
    if "unable to open database file" in cause or "readonly database" in cause:
        return f"The warehouse file cannot be written ({first}): check its folder's permissions."
    if "connection" in cause.lower():
        return f"The warehouse does not answer ({first}): check its URL and that PostgreSQL runs."
    return f"The warehouse refused: {first}."
