"""Inserts of many rows that leave or replace what is there, alike on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Select, Table

CHUNK = 500
"""Values asked for in one statement: far below the limit of bound values on either database."""
_MANY = 5000
"""Rows handed to the driver at once."""

T = TypeVar("T")
RowValues = Mapping[str, Any]


class _Where(Enum):
    """What an insert does where the key of a row is there."""

    FAIL = "fail"
    LEAVE = "leave"
    REPLACE = "replace"


@dataclass(frozen=True)
class _Prepared:
    """A statement as the driver takes it, and how each column's value is made ready for it."""

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    positional: bool


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    source = iter(items)
    while part := list(islice(source, size)):
        yield part


def insert_all(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Insert rows none of whose keys is there."""
    _insert_many(connection, table, rows, _Where.FAIL)


def insert_new(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Insert the rows whose key is not there yet; leave the others as they are."""
    _insert_many(connection, table, rows, _Where.LEAVE)


def insert_or_replace(connection: Connection, table: Table, rows: Sequence[RowValues]) -> None:
    """Insert the rows; where the primary key is there, replace the other columns."""
    _insert_many(connection, table, rows, _Where.REPLACE)


def insert_new_from(connection: Connection, table: Table, columns: Sequence[str], query: Select[Any]) -> None:
    """Insert what a query finds, but for rows whose key is there; the query must have a WHERE (SQLite needs one)."""
    statement = _insert(connection.dialect, table).from_select(list(columns), query).on_conflict_do_nothing()
    connection.execute(statement)


def _insert_many(connection: Connection, table: Table, rows: Sequence[RowValues], where: _Where) -> None:
    """All rows have the columns of the first. The driver is asked directly: SQLAlchemy looks up each value of each row
    by its name, which takes longer than SQLite takes to store it."""
    if not rows:
        return
    prepared = _prepared(connection.dialect, table, tuple(rows[0]), where)
    for part in chunks(rows, _MANY):
        values = (
            [row[name] if ready is None else ready(row[name]) for name, ready in prepared.columns] for row in part
        )
        if prepared.positional:
            connection.exec_driver_sql(prepared.sql, [tuple(row) for row in values])
        else:
            names = [name for name, _ in prepared.columns]
            connection.exec_driver_sql(prepared.sql, [dict(zip(names, row, strict=True)) for row in values])


@lru_cache(maxsize=256)
def _prepared(dialect: Dialect, table: Table, columns: tuple[str, ...], where: _Where) -> _Prepared:
    statement = _insert(dialect, table)
    if where is not _Where.FAIL:
        keys = [column.name for column in table.primary_key.columns]
        others = {name: statement.excluded[name] for name in columns if name not in keys}
        replaces = where is _Where.REPLACE and others
        statement = (
            statement.on_conflict_do_update(index_elements=keys, set_=others)
            if replaces
            else statement.on_conflict_do_nothing()
        )
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    order = tuple(compiled.positiontup) if compiled.positional else columns
    types = {name: table.c[name].type.dialect_impl(dialect) for name in order}
    ready = tuple((name, types[name].bind_processor(dialect)) for name in order)
    return _Prepared(str(compiled), ready, compiled.positional)


def _insert(dialect: Dialect, table: Table) -> Any:
    # who only reads needs neither, and of the two a writer needs one
    if dialect.name == "sqlite":
        from sqlalchemy.dialects.sqlite import insert
    else:
        from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
    return insert(table)
