"""The content of a warehouse, to compare runs with each other."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from data.warehouse import schema
from data.warehouse.engine import reading

_WHEN_SEEN = {"seen_at", "last_seen", "times_seen", "moved_at", "opened_at", "first_seen", "read_at"}
_WHO_WORKED = {"sync_run", "lease", "schedule_run"}
_COUNTERS = {"data_version", "restatement"}

Content = dict[str, list[tuple[Any, ...]]]


def content(engine: Engine, *, counters: bool = True) -> Content:
    """Every row of every table, without who worked and when things were seen; without counters where asked."""
    left_out = _WHO_WORKED if counters else _WHO_WORKED | _COUNTERS | {"change_log", "benchmark_file"}
    with reading(engine) as connection:
        return {
            table.name: sorted((_told(row) for row in connection.execute(select(table))), key=str)
            for table in schema.metadata.sorted_tables
            if table.name not in left_out
        }


def _told(row: Any) -> tuple[Any, ...]:
    return tuple(value for name, value in row._mapping.items() if name not in _WHEN_SEEN)


def difference(one: Content, other: Content) -> dict[str, tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]]:
    """What is only in the one and what is only in the other, by table; empty where both are the same."""
    found = {}
    for table in one.keys() | other.keys():
        here, there = one.get(table, []), other.get(table, [])
        if here != there:
            keys = {str(row) for row in here} ^ {str(row) for row in there}
            found[table] = ([r for r in here if str(r) in keys][:3], [r for r in there if str(r) in keys][:3])
    return found
