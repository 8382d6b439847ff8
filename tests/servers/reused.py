"""PostgreSQL databases that tests use one after another: emptying one takes a fraction of making and dropping it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection
from psycopg.sql import SQL, Identifier, Placeholder

from tests.servers.postgres import create_database, drop_database, plain

_Connection = Connection[tuple[Any, ...]]
_TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname"
_SHAPE = """
SELECT string_agg(told, ' ' ORDER BY told) FROM (
    SELECT concat_ws(':', relname, relkind, relchecks, relnatts, relhastriggers, relhasindex) AS told
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(':', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(':', attrelid::regclass, attname, atttypid, attnotnull)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
    UNION ALL SELECT concat_ws(':', conrelid::regclass, conname) FROM pg_constraint
    UNION ALL SELECT concat_ws(':', proname, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
) AS parts
"""
_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_COUNTERS = "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"


class Reused:
    """Copies of one template, lent to one test at a time."""

    def __init__(self, server_url: str, template: str) -> None:
        self._server_url, self._template = server_url, template
        self._free: list[_Lent] = []
        self._made = 0
        with _connected(server_url, template) as connection:
            self._shape = _one(connection, _SHAPE)
            self._tables = [name for (name,) in connection.execute(_TABLES)]
            self._counters = connection.execute(_COUNTERS).fetchall()
            self._rows = {table: rows for table in self._tables if (rows := _rows(connection, table))}

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of a database as the template is; one that cannot be brought back to that is dropped afterwards."""
        one = self._free.pop() if self._free else self._new()
        yield f"{self._server_url.rsplit('/', 1)[0]}/{one.name}"
        if self._emptied(one.inside):
            self._free.append(one)
        else:
            one.inside.close()
            drop_database(self._server_url, one.name)

    def close(self) -> None:
        """Drop all of them."""
        for one in self._free:
            one.inside.close()
            drop_database(self._server_url, one.name)

    def _new(self) -> _Lent:
        self._made += 1
        name = f"{self._template}_{self._made}"
        create_database(self._server_url, name, self._template)
        return _Lent(name, _connected(self._server_url, name))

    def _emptied(self, inside: _Connection) -> bool:
        with inside.transaction():
            inside.execute(_OTHERS)
            if _one(inside, _SHAPE) != self._shape:
                return False
            inside.execute("SET LOCAL session_replication_role = replica")  # the append-only log too is emptied
            for table in self._tables:
                inside.execute(SQL("DELETE FROM {}").format(Identifier(table)))
            inside.cursor().executemany("SELECT setval(%s, %s, %s)", self._counters)
            for table, rows in self._rows.items():
                places = SQL(", ").join([Placeholder()] * len(rows[0]))
                insert = SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE VALUES ({})").format(Identifier(table), places)
                inside.cursor().executemany(insert, rows)
        return True


@dataclass(frozen=True)
class _Lent:
    """A database, and the connection that empties it: kept, as a new one would have to learn all tables anew."""

    name: str
    inside: _Connection


def _connected(server_url: str, name: str) -> _Connection:
    return psycopg.connect(f"{plain(server_url).rsplit('/', 1)[0]}/{name}", autocommit=True)


def _one(connection: _Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def _rows(connection: _Connection, table: str) -> list[tuple[Any, ...]]:
    return connection.execute(SQL("SELECT * FROM {}").format(Identifier(table))).fetchall()
