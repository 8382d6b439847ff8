"""A company with one budget, and the people who work on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from data.access import Actor, Role
from data.finance.budget import Scenario
from data.finance.budget_edits import ADDED, HEAD, REMOVED, Change, applied
from data.warehouse import budget_rows
from data.warehouse.budget_rows import Stored
from data.warehouse.budgets import Saving, create, save
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading
from tests.data.finance.budgets import BASE
from tests.data.warehouse.world import Company

EDITOR = Actor("web:erin", frozenset({Role.FINANCE_EDITOR}))
OTHER = Actor("web:otto", frozenset({Role.FINANCE_EDITOR}))
APPROVER = Actor("web:ada", frozenset({Role.APPROVER}))
VIEWER = Actor("web:vic", frozenset({Role.VIEWER}))

_ids = count(1)


@dataclass(frozen=True)
class Office:
    """The company and how its people reach the budget."""

    company: Company

    @property
    def world(self) -> tuple[Any, Any]:
        """Engine and settings, as every function of the warehouse takes them."""
        return self.company.engine, self.company.settings

    def make(self, scenario: Scenario = BASE) -> str:
        return create(*self.world, EDITOR, scenario, "first plan")

    def look(self, name: str = "fy2026-base", actor: Actor = EDITOR) -> Stored:
        with reading(self.company.engine) as connection:
            return budget_rows.stored(connection, self.company.settings, actor, name)

    def save(self, seen: Stored, *edits: Change, actor: Actor = EDITOR, **more: Any) -> Stored:
        values = {"id": f"save-{next(_ids)}", "why": "new prices"} | more
        return save(*self.world, actor, Saving(seen.head.id, changes=edits, seen=seen.revisions, **values))

    def log(self) -> list[tuple[str, str, str, Any, Any, str]]:
        with reading(self.company.engine) as connection:
            found = entries(connection)
        assert first_fault(found) is None
        return [
            (one.actor, one.action, one.object, one.old, one.new, one.why) for one in found if "budget" in one.object
        ]

    def replayed(self, name: str) -> Scenario:
        """The scenario as the log alone tells it."""
        return replay(self.log(), name, self.look(name).scenario)


def replay(log: Iterable[tuple[str, str, str, Any, Any, str]], name: str, shell: Scenario) -> Scenario:
    """The scenario that the log tells of; only what never changes (year, currency) comes from the shell."""
    made = replace(shell, lines=(), drivers=(), rates=(), name="", reason="", pool_limit=None)
    for _, action, what, old, new, _ in log:
        if what == f"budget {name}" and action == "made":
            made = applied(made, _all(new["rows"]))
        elif what.startswith(f"budget {name}") and action in ("added", "changed", "removed"):
            made = applied(made, _of_row(what.removeprefix(f"budget {name}").strip(), action, old, new))
    return made


def _all(rows: Mapping[str, Mapping[str, str]]) -> list[Change]:
    # rows were stored as JSON with sorted keys: their order is not part of the entry, so lines are taken as they come
    found: list[Change] = []
    for row, cells in rows.items():
        found += [] if row == HEAD else [Change(row, ADDED, "", "\0")]
        found += [Change(row, field, "", value) for field, value in cells.items()]
    return found


def _of_row(what: str, action: str, old: Any, new: Any) -> list[Change]:
    kind, _, own = what.partition(" ")
    row = HEAD if not kind else f"{HEAD}{own}" if kind == "driver" else own
    if action == "removed":
        return [Change(row, REMOVED, "", "")]
    first = [Change(row, ADDED, "", new.get(ADDED, ""))] if action == "added" else []
    gone = [Change(row, field, "", "") for field in old or () if field not in new]
    return [*first, *gone, *(Change(row, field, "", value) for field, value in new.items() if field != ADDED)]
