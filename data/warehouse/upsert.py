"""Inserts that leave or replace what is there, alike on both databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

CHUNK = 500
"""Rows per statement: far below the limit of bound values on either database."""

T = TypeVar("T")
RowValues = Mapping[str, Any]


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def insert_new(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Insert the rows whose key is not there yet; leave the others as they are."""
    for part in chunks(rows):
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), [dict(row) for row in part])


def insert_new_from(connection: Connection, table: Table, columns: Sequence[str], query: Select[Any]) -> None:
    """Insert what a query finds, but for rows whose key is there; the query must have a WHERE (SQLite needs one)."""
    connection.execute(_insert(connection, table).from_select(list(columns), query).on_conflict_do_nothing())


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Insert the rows; where the primary key is there, replace the other columns."""
    keys = [column.name for column in table.primary_key.columns]
    for part in chunks(rows):
        statement = _insert(connection, table)
        others = {name: statement.excluded[name] for name in part[0] if name not in keys}
        replacing = statement.on_conflict_do_update(index_elements=keys, set_=others)
        connection.execute(replacing if others else statement.on_conflict_do_nothing(), [dict(row) for row in part])


def _insert(connection: Connection, table: Table) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    return dialect.insert(table)
