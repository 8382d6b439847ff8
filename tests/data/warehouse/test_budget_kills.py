"""A save that is cut off, by a kill or by a full disk, leaves all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from data.finance.budget_edits import Change
from data.warehouse.engine import WarehouseError, create_engine_for
from data.warehouse.migrate import migrate
from tests.data.warehouse.budget_world import Office
from tests.data.warehouse.cut_off import refusals
from tests.data.warehouse.killing_budgets import check_kills
from tests.data.warehouse.world import Company


def test_a_kill_during_a_save_leaves_all_or_nothing(company: Company) -> None:
    check_kills(company, points=3, seed=4)


def test_a_full_disk_leaves_the_budget_and_its_log_as_they_were(tmp_path: Path) -> None:
    """However far the save came before the disk was full."""
    engine = create_engine_for(f"sqlite:///{tmp_path / 'plumbline.db'}")
    migrate(engine)
    office = Office(Company(engine))
    office.make()
    before = office.look()
    edits = [Change(line.id, "note", "", "x" * 1900) for line in before.scenario.lines]
    assert refusals(engine, lambda: office.save(before, *edits), lambda: (office.look(), office.log())) >= 3
    assert office.look().scenario.lines[0].note == "x" * 1900
    engine.dispose()


@pytest.mark.parametrize("migrated_warehouse_url", ["postgresql"], indirect=True)
def test_a_server_that_ends_the_connection_in_the_middle_leaves_nothing_half_done(company: Company) -> None:
    office = Office(company)
    office.make()
    before, log = office.look(), office.log()

    def cut(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO change_log"):
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    event.listen(company.engine, "before_cursor_execute", cut)
    with pytest.raises(WarehouseError):
        office.save(before, Change("cloud", "m01", "700", "1"))
    event.remove(company.engine, "before_cursor_execute", cut)
    assert (office.look(), office.log()) == (before, log)
