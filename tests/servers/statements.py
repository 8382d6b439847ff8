"""Statements, compiled once a process: a test's engine lives for a moment, and compiling was a third of its time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from data.warehouse import engine


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """All engines of the warehouse share what they compiled: to SQLAlchemy, all dialects of one class are one."""
    compiled = {"compiled_cache": LRUCache(5000)}
    with pytest.MonkeyPatch.context() as patched:
        for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
            patched.setattr(dialect, "__eq__", lambda self, other: type(self) is type(other))
            patched.setattr(dialect, "__hash__", lambda self: hash(type(self)))
        patched.setattr(engine, "create_engine", partial(create_engine, execution_options=compiled))
        yield
