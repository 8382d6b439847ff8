"""Killing a save of a business case at random moments, for a few times or for many."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine

from data.access import Actor, Role
from data.finance.case import MOST_LINES, Assumption, Case, Line
from data.finance.case_file import document
from data.warehouse.case_drafts import draft
from data.warehouse.cases import Kept, create, differences, kept_case
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.engine import reading
from tests.data.warehouse.cut_off import last_told
from tests.data.warehouse.world import Company

EDITOR = Actor("web:erin", frozenset({Role.FINANCE_EDITOR}))
NAME = "many-lines"


def at_round(cost: Decimal) -> Case:
    """The case of as many lines as there may be, each of the same cost."""
    lines = tuple(
        Line(id=f"line-{place}", lever="run", values={"cost": Assumption(value=cost)}) for place in range(MOST_LINES)
    )
    return Case(
        name="Many lines", owner="Erin", currency="EUR", start=date(2027, 1, 1), years=2, discount_rate=Decimal(0),
        scope="group", line=lines,
    )  # fmt: skip


def state(engine: Engine) -> tuple[Kept, list[Change]]:
    """The case and what the log tells of it."""
    with reading(engine) as connection:
        kept, log = kept_case(connection, EDITOR, NAME, 1), entries(connection)
    assert first_fault(log) is None
    return kept, [one for one in log if one.object == kept.label]


def check_kills(company: Company, points: int, seed: int) -> None:
    """After each kill all lines are of one round, the log tells the same, and what was told to be saved is there.

    What was kept as unsaved is unsaved still, or it is saved.
    """
    engine, chance = company.engine, random.Random(seed)
    create(engine, EDITOR, at_round(Decimal(0)), "first plan")
    url = engine.url.render_as_string(hide_password=False)
    for _ in range(points):
        last = last_told("tests.data.warehouse.case_saver", url, chance)
        kept, log = state(engine)
        costs = {line.values["cost"].value for line in kept.case.line}
        assert len(costs) == 1, f"A part of a save was kept: {sorted(costs)[:3]}"
        found = int(costs.pop())
        assert found in (last, last + 1)  # the last one may have been kept and not told any more
        assert (kept.revision, len(log), log[-1].why) == (found + 1, found + 1, f"round {found}")
        assert replayed(log) == told(document(kept.case))
        with reading(engine) as connection:
            unsaved = draft(connection, EDITOR, (NAME, 1))
        assert unsaved is None or (unsaved.base, unsaved.case) == (kept.case, at_round(Decimal(found + 1)))


def told(said: dict[str, Any]) -> dict[str, Any]:
    """Every value of a document by its path."""
    return differences({}, said)[1]


def replayed(log: list[Change]) -> dict[str, Any]:
    """The case as the log alone tells it."""
    made = told(log[0].new)
    for one in log[1:]:
        assert {path: made.get(path) for path in one.old} == one.old
        made |= one.new
    return made
