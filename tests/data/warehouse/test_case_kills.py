"""A save of a business case that is cut off, by a kill or by a full disk, leaves all or nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from data.warehouse.cases import approve, create, save, submit
from data.warehouse.engine import create_engine_for
from data.warehouse.migrate import migrate
from tests.data.warehouse.cut_off import refusals
from tests.data.warehouse.killing_cases import EDITOR, at_round, check_kills, state
from tests.data.warehouse.test_cases import BEN
from tests.data.warehouse.world import Company


def test_a_kill_during_a_save_leaves_all_or_nothing(company: Company) -> None:
    check_kills(company, points=3, seed=4)


def test_a_full_disk_leaves_the_case_and_its_log_as_they_were(tmp_path: Path) -> None:
    """However far the save came before the disk was full."""
    engine = create_engine_for(f"sqlite:///{tmp_path / 'plumbline.db'}")
    migrate(engine)
    Company(engine)
    draft = create(engine, EDITOR, at_round(Decimal(1)), "first plan")
    full = at_round(Decimal(2)).model_copy(update={"limits": ("x" * 400,) * 100})
    assert refusals(engine, lambda: save(engine, EDITOR, draft, full, "more to say"), lambda: state(engine)) >= 3
    kept, log = state(engine)
    assert (kept.case, kept.revision, [one.action for one in log]) == (full, 2, ["created", "changed"])
    engine.dispose()


def test_a_full_disk_approves_nothing(tmp_path: Path) -> None:
    engine = create_engine_for(f"sqlite:///{tmp_path / 'plumbline.db'}")
    migrate(engine)
    Company(engine)
    handed_in = submit(engine, EDITOR, create(engine, EDITOR, at_round(Decimal(1)), "w"), "w")
    assert refusals(engine, lambda: approve(engine, BEN, handed_in, "y" * 9_000), lambda: state(engine)) >= 1
    kept, log = state(engine)
    assert (kept.approved_by, log[-1].action) == (BEN.name, "approved")
    engine.dispose()
