"""What people do to budget scenarios: make them, change cells of them all or nothing, comment on lines.

A save names the revision of each row that it changes. If somebody else changed one of these rows meanwhile, nothing is
saved and both values of each cell are given back, so that the person can choose. A save happens once: its id is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, select

from data.access import Actor, Permission
from data.clock import clock
from data.finance.budget import BadBudget, Scenario
from data.finance.budget_edits import (
    ADDED,
    HEAD,
    REMOVED,
    Change,
    applied,
    cells,
    cells_of_driver,
    cells_of_head,
    cells_of_line,
    text_of,
)
from data.finance.budget_lines import free_id
from data.settings import Settings
from data.warehouse import budget_rows as rows
from data.warehouse import budget_writing as writing_rows
from data.warehouse import change_log, schema
from data.warehouse.budget_rows import Stored
from data.warehouse.catalog import load_tree
from data.warehouse.engine import writing
from data.warehouse.tables_budgets import (
    budget_comment,
    budget_driver,
    budget_edit,
    budget_line,
    budget_save,
    budget_scenario,
)
from data.warehouse.write import bump_version


class BudgetRefused(BadBudget):
    """A change of a budget that cannot be made; nothing was changed, and the message says what to do."""


class Replayed(BudgetRefused):
    """The same save came a second time."""


@dataclass(frozen=True)
class Clash:
    """A cell that one person wants to change while another changed its row: what it was, is and is to be."""

    row: str
    field: str
    base: str
    theirs: str
    mine: str

    @property
    def differs(self) -> bool:
        """Whether the other changed this very cell to something else."""
        return self.theirs not in (self.base, self.mine)


class Conflict(BudgetRefused):
    """Somebody else saved rows that this save was to change. Nothing was saved, nothing is lost."""

    def __init__(self, clashes: Sequence[Clash], revisions: Mapping[str, int], who: str, at: datetime | None) -> None:
        lines = len({one.row for one in clashes})
        super().__init__(
            f"{who} saved {'a row' if lines == 1 else f'{lines} rows'} that you changed too: nothing of yours was "
            "saved, and nothing is lost. Choose for each cell which value holds, then save again."
        )
        self.clashes, self.revisions, self.who, self.at = tuple(clashes), dict(revisions), who, at


@dataclass(frozen=True)
class Saving:
    """What a person saves: cells of a scenario, the revisions they looked at, an id used once, and why.

    `through` is the last kept edit that is part of it: those up to it are no longer unsaved afterwards.
    """

    scenario: str
    id: str
    changes: tuple[Change, ...]
    seen: Mapping[str, int] = field(default_factory=dict)
    why: str = ""
    through: int | None = None


def create(engine: Engine, settings: Settings, actor: Actor, new: Scenario, why: str) -> str:
    """Store a scenario as a new draft, the first of its series; its id. BudgetRefused, NotPermitted."""
    with writing(engine) as connection:
        rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, new.scope)
        series = new.series or free_id(new.name, ())
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", series):
            raise BudgetRefused(f"{series!r} is no id: write small letters, digits and hyphens.")
        taken = connection.execute(select(budget_scenario.c.id).where(budget_scenario.c.series == series)).first()
        if taken is not None:
            raise BudgetRefused(f"There is a scenario {series!r} already: choose another name.")
        tree = load_tree(connection)
        if tree.roots() and new.scope not in tree:
            raise BudgetRefused(f"There is no scope {new.scope!r}: choose one that exists.")
        made = replace(new, id=f"{series}-1", series=series, version=1, fiscal_start=_fiscal_start(settings))
        _store(connection, actor, made, why or "a new scenario")
        return made.id


def new_version(engine: Engine, settings: Settings, actor: Actor, source: str, reason: str, **other: Any) -> str:
    """Copy a scenario as a draft: the next version of its series, or with `name` (and `kind`) a series of its own.

    The copy equals its source in all but name and origin. BudgetRefused, NotPermitted.
    """
    if not text_of(reason):
        raise BudgetRefused("Give a reason, which the version keeps.")
    with writing(engine) as connection:
        found = rows.stored(connection, settings, actor, source)
        rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, found.head.scope)
        table, old = budget_scenario, found.scenario
        series = free_id(other["name"], _series(connection)) if other.get("name") else old.series
        versions = connection.execute(select(table.c.version, table.c.status).where(table.c.series == series)).all()
        if any(one.status in (rows.DRAFT, rows.SUBMITTED) for one in versions):
            raise BudgetRefused(f"{series} has a version that is not approved yet: change that one.")
        version = max((one.version for one in versions), default=0) + 1
        made = replace(old, id=f"{series}-{version}", series=series, version=version, parent=old.id, **other)
        _store(connection, actor, replace(made, reason=text_of(reason)), reason)
        return made.id


def _series(connection: Connection) -> list[str]:
    return list(connection.execute(select(budget_scenario.c.series).distinct()).scalars())


def _fiscal_start(settings: Settings) -> int:
    return settings.company.fiscal_year_start_month


def _store(connection: Connection, actor: Actor, new: Scenario, why: str) -> None:
    applied(new, ())
    head = {
        "kind": new.kind.value, "rates": rows.rates_value(new), "status": rows.DRAFT, "revision": 1, "saves": 1,
        "created_at": clock(), "created_by": actor.name,
    }  # fmt: skip
    names = ("id", "series", "version", "name", "fiscal_year", "fiscal_start", "currency", "scope", "pool_limit")
    values = {name: getattr(new, name) for name in (*names, "parent", "reason")} | head
    connection.execute(insert(budget_scenario).values(**values))
    writing_rows.insert_rows(connection, budget_line, new.id, [rows.line_values(one) for one in new.lines])
    writing_rows.insert_rows(connection, budget_driver, new.id, [rows.driver_values(one) for one in new.drivers])
    logged = {name: values[name] for name in ("name", "kind", "fiscal_year", "currency", "scope", "parent")}
    change_log.append(connection, actor, "made", f"budget {new.id}", None, logged | {"rows": cells(new)}, why)
    bump_version(connection, f"budget {new.id} made by {actor.name}")


def save(engine: Engine, settings: Settings, actor: Actor, saving: Saving) -> Stored:
    """Change cells of a draft, all of them or none; the scenario as it is then.

    Conflict where somebody else saved one of the rows meanwhile, Replayed for an id that was used, BudgetRefused where
    the scenario is no draft or no reason is given, BadCell for a cell that cannot be, NotPermitted.
    """
    with writing(engine) as connection:
        found = rows.stored(connection, settings, actor, saving.scenario)
        rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, found.head.scope)
        _once(connection, actor, saving)
        _is_draft(found)
        if not text_of(saving.why):
            raise BudgetRefused("Give a reason, which the log keeps.")
        if not saving.changes:
            raise BudgetRefused("Nothing is changed, so nothing was saved.")
        edits = _renamed(found, saving)
        _refuse_clashes(connection, found, edits, saving.seen)
        after = applied(found.scenario, edits)
        written = writing_rows.write(connection, found, after, {one.row for one in edits})
        writing_rows.log(connection, actor, found.scenario, after, [one.row for one in edits], saving.why)
        if saving.through is not None:
            mine = (budget_edit.c.person == actor.person) & (budget_edit.c.scenario == saving.scenario)
            connection.execute(delete(budget_edit).where(mine, budget_edit.c.seq <= saving.through))
        head = replace(found.head, revision=written[HEAD], saves=found.head.saves + 1, name=after.name)
        return Stored(replace(head, reason=after.reason), after, written)


def _once(connection: Connection, actor: Actor, saving: Saving) -> None:
    if not saving.id or len(saving.id) > 80:
        raise BudgetRefused("A save needs an id of its own: open the scenario again.")
    table = budget_save
    if connection.execute(select(table.c.id).where(table.c.id == saving.id)).first() is not None:
        raise Replayed("This was saved already: look at the scenario as it is now.")
    row = {"id": saving.id, "scenario": saving.scenario, "actor": actor.name, "at": clock()}
    connection.execute(insert(table).values(**row))


def _is_draft(found: Stored) -> None:
    if found.head.status != rows.DRAFT:
        then = "return it first" if found.head.status == rows.SUBMITTED else "make a new version of it"
        raise BudgetRefused(f"{found.head.name} is {found.head.status} and cannot be changed: {then}.")


def _renamed(found: Stored, saving: Saving) -> tuple[Change, ...]:
    """Added rows whose id was taken meanwhile get another one, so that two people may add a line at once."""
    added = {one.row for one in saving.changes if one.field == ADDED}
    taken = [*found.revisions, *added]
    names = {row: free_id(row, taken) for row in added if row in found.revisions and not row.startswith(HEAD)}
    if not names:
        return saving.changes
    renamed = (replace(one, row=names.get(one.row, one.row)) for one in saving.changes)
    return tuple(replace(one, new=names.get(one.new, one.new)) if one.field == ADDED else one for one in renamed)


def _refuse_clashes(connection: Connection, found: Stored, edits: Sequence[Change], seen: Mapping[str, int]) -> None:
    added = {one.row for one in edits if one.field == ADDED}
    moved = {one.row for one in edits if one.row not in added and seen.get(one.row) != found.revisions.get(one.row)}
    if not moved:
        return
    there = {HEAD: cells_of_head(found.scenario)}
    there |= {one.id: cells_of_line(one) for one in found.scenario.lines if one.id in moved}
    there |= {f"{HEAD}{one.id}": cells_of_driver(one) for one in found.scenario.drivers}
    clashes = [_clash(one, there.get(one.row)) for one in edits if one.row in moved]
    who, at = _last(connection, found.head.id, moved)
    raise Conflict(clashes, found.revisions, who, at)


def _clash(one: Change, there: Mapping[str, str] | None) -> Clash:
    if there is None:
        return Clash(one.row, one.field, one.old, REMOVED, one.new)
    if one.field == REMOVED:
        return Clash(one.row, one.field, one.old, "changed", REMOVED)
    return Clash(one.row, one.field, one.old, there.get(one.field, ""), one.new)


def _last(connection: Connection, scenario: str, moved: Iterable[str]) -> tuple[str, datetime | None]:
    """Who changed one of the rows last, and when."""
    table = schema.change_log
    objects = [writing_rows.about(scenario, row) for row in moved]
    query = select(table.c.actor, table.c.at).where(table.c.object.in_(objects)).order_by(table.c.seq.desc()).limit(1)
    last = connection.execute(query).first()
    return (last.actor, last.at) if last else ("Somebody", None)


def comment(engine: Engine, settings: Settings, actor: Actor, scenario: str, line: str, said: str) -> None:
    """Say something about a line, or with an empty one about the scenario; it stays. BudgetRefused, NotPermitted."""
    if not (words := text_of(said)):
        raise BudgetRefused("Write something to be kept.")
    with writing(engine) as connection:
        found = rows.stored(connection, settings, actor, scenario)
        if not actor.may(Permission.APPROVE, rows.path(connection, settings, found.head.scope)):
            rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, found.head.scope)
        if line:
            found.scenario.line(line)
        row = {"scenario": found.head.id, "line": line, "at": clock(), "actor": actor.name, "text": words}
        connection.execute(insert(budget_comment).values(**row))
        what = writing_rows.about(found.head.id, line or HEAD)
        change_log.append(connection, actor, "commented", what, None, words, "a comment")
