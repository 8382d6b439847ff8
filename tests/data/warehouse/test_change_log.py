"""The change log cannot be altered unseen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from data.access import command_line_actor
from data.warehouse.change_log import GENESIS, append, entries, first_fault
from data.warehouse.engine import WarehouseError, reading, writing

MARIA = command_line_actor("maria")


@pytest.fixture
def filled(engine: Engine) -> Engine:
    for number in range(4):
        with writing(engine) as connection:
            append(connection, MARIA, "set", f"target {number}", None, {"low": "0.9999"}, "policy")
    return engine


def test_each_entry_carries_the_hash_of_the_one_before(filled: Engine) -> None:
    with reading(filled) as connection:
        rows = entries(connection)
    assert [row.seq for row in rows] == [1, 2, 3, 4]
    assert [row.previous_hash for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    assert rows[0].actor == "cli:maria"
    assert first_fault(rows) is None


def test_altered_missing_reordered_and_cut_off_entries_are_found(filled: Engine) -> None:
    with reading(filled) as connection:
        rows = entries(connection)
    assert "Entry 2 was altered" in str(first_fault([rows[0], replace(rows[1], why="other"), *rows[2:]]))
    assert "Entry 2 is missing" in str(first_fault([rows[0], rows[2], rows[3]]))
    assert "Entry 1 is missing" in str(first_fault([rows[1], rows[0], *rows[2:]]))
    assert "Entry 1 is missing" in str(first_fault(rows[1:]))


@pytest.mark.parametrize("act", ["UPDATE change_log SET why = 'other'", "DELETE FROM change_log"])
def test_the_database_itself_refuses_to_change_an_entry(filled: Engine, act: str) -> None:
    with pytest.raises(WarehouseError, match="append-only"), writing(filled) as connection:
        connection.exec_driver_sql(act)
    with reading(filled) as connection:
        assert len(entries(connection)) == 4
