"""Unsaved edits of a budget, kept per person and scenario as they are made: offered again, undone one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, insert, select

from data.access import Actor, Permission
from data.clock import clock
from data.finance.budget_edits import Change
from data.settings import Settings
from data.warehouse import budget_rows as rows
from data.warehouse.budgets import BudgetRefused
from data.warehouse.engine import writing
from data.warehouse.tables_budgets import budget_edit

Step = tuple[Sequence[Change], Mapping[str, int]]
"""Cells that change, and the revisions of the rows as they were looked at."""

MOST_EDITS = 2000
"""Steps that are kept; more is a sign that somebody forgot to save."""


@dataclass(frozen=True)
class Edit:
    """One step: what was done, its cells, and the revisions of the rows as they were looked at."""

    seq: int
    at: datetime
    what: str
    changes: tuple[Change, ...]
    seen: Mapping[str, int]


def edits(connection: Connection, actor: Actor, name: str) -> tuple[Edit, ...]:
    """The actor's own unsaved steps, oldest first."""
    table = budget_edit
    query = select(table).where(table.c.person == actor.person, table.c.scenario == name).order_by(table.c.seq)
    return tuple(
        Edit(row.seq, row.at, row.what, tuple(Change(*one) for one in row.cells), dict(row.seen))
        for row in connection.execute(query)
    )


def keep(
    engine: Engine,
    settings: Settings,
    actor: Actor,
    name: str,
    what: str,
    step: tuple[Sequence[Change], Mapping[str, int]],
) -> int:
    """Keep one step, its cells and the revisions looked at; its number. BudgetRefused, NotPermitted."""
    changes, seen = step
    table = budget_edit
    with writing(engine) as connection:
        _may(connection, settings, actor, name)
        mine = (table.c.person == actor.person) & (table.c.scenario == name)
        last, count = connection.execute(select(func.max(table.c.seq), func.count()).where(mine)).one()
        if count >= MOST_EDITS:
            raise BudgetRefused(f"{MOST_EDITS:,} steps are unsaved: save them, then go on.")
        rows_touched = {one.row for one in changes}
        seq = int(last or 0) + 1
        row = {
            "person": actor.person, "scenario": name, "seq": seq, "at": clock(), "what": what,
            "cells": [[one.row, one.field, one.old, one.new] for one in changes],
            "seen": {row: revision for row, revision in seen.items() if row in rows_touched},
        }  # fmt: skip
        connection.execute(insert(table).values(**row))
        return seq


def undo(engine: Engine, settings: Settings, actor: Actor, name: str, steps: int = 1) -> tuple[Edit, ...]:
    """Take the last steps back; what is left. NotPermitted."""
    table = budget_edit
    with writing(engine) as connection:
        _may(connection, settings, actor, name)
        kept = edits(connection, actor, name)
        gone = [one.seq for one in kept[max(0, len(kept) - steps) :]]
        mine = (table.c.person == actor.person) & (table.c.scenario == name)
        connection.execute(delete(table).where(mine, table.c.seq.in_(gone)))
        return kept[: len(kept) - len(gone)]


def replace_all(
    engine: Engine,
    settings: Settings,
    actor: Actor,
    name: str,
    what: str,
    step: tuple[Sequence[Change], Mapping[str, int]],
) -> int:
    """Keep one step in the place of all others: after a conflict was settled, or to drop everything (no changes)."""
    table = budget_edit
    with writing(engine) as connection:
        _may(connection, settings, actor, name)
        mine = (table.c.person == actor.person) & (table.c.scenario == name)
        connection.execute(delete(table).where(mine))
    return keep(engine, settings, actor, name, what, step) if step[0] else 0


def merged(steps: Iterable[Edit]) -> tuple[tuple[Change, ...], dict[str, int]]:
    """All steps as one: the last text of each cell over the first old one, and the revisions first looked at."""
    cells: dict[tuple[str, str], Change] = {}
    seen: dict[str, int] = {}
    for step in steps:
        for row, revision in step.seen.items():
            seen.setdefault(row, revision)
        for one in step.changes:
            first = cells.get((one.row, one.field))
            cells[one.row, one.field] = one if first is None else Change(one.row, one.field, first.old, one.new)
    return tuple(one for one in cells.values() if one.old != one.new or one.field in ("added", "removed")), seen


def _may(connection: Connection, settings: Settings, actor: Actor, name: str) -> None:
    scope = rows.scope_of(connection, name)
    rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, scope)
