"""What a person moved in a business case and has not saved: kept as it is moved, and offered again.

One row a person and case holds the case as it stands on the page beside the one that the moves were made on. The moves
of two windows of one person are put together; where both moved the same, the later move holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, select

from data.access import Actor, Permission
from data.clock import clock
from data.finance.case import Case
from data.finance.case_file import checked, document
from data.finance.case_moves import merged
from data.warehouse.case_rights import require_edit
from data.warehouse.engine import writing
from data.warehouse.tables_cases import business_case, case_draft
from data.warehouse.upsert import insert_or_replace

table = case_draft
Place = tuple[str, int]
"""A version of a case by its id and number; for a shipped case what `shipped` gives."""


@dataclass(frozen=True)
class Draft:
    """A case as it stands on somebody's page, the one that its moves were made on, and since when it differs."""

    base: Case
    case: Case
    since: datetime


def shipped(name: str) -> Place:
    """The place of a shipped case, which has no version."""
    return f"template:{name}", 0


def draft(connection: Connection, actor: Actor, place: Place) -> Draft | None:
    """The actor's own unsaved moves of a case; None where there are none. NotPermitted."""
    _may(connection, actor, place)
    return _draft(connection, actor, place)


def keep(engine: Engine, actor: Actor, place: Place, base: Case, step: tuple[Case, Case]) -> Draft | None:
    """Keep what was moved: `step` is the case before and after, `base` the one that was looked at first.

    What is kept already stays beside it. None where nothing differs any more. BadCase, NotPermitted.
    """
    before, after = step
    with writing(engine) as connection:
        _may(connection, actor, place)
        known = _draft(connection, actor, place)
        if known is None:
            return _put(connection, actor, place, Draft(base, after, clock()))
        return _put(connection, actor, place, Draft(known.base, merged(before, after, known.case), known.since))


def rebase(engine: Engine, actor: Actor, place: Place, base: Case, case: Case) -> Draft | None:
    """Keep a case in the place of what was kept, its moves made on another base: after a conflict was settled.

    None where nothing differs. NotPermitted.
    """
    with writing(engine) as connection:
        _may(connection, actor, place)
        known = _draft(connection, actor, place)
        return _put(connection, actor, place, Draft(base, case, known.since if known else clock()))


def let_go(engine: Engine, actor: Actor, place: Place) -> None:
    """Forget what was moved. NotPermitted."""
    with writing(engine) as connection:
        _may(connection, actor, place)
        connection.execute(delete(table).where(_mine(actor, place)))


def saved(connection: Connection, actor: Actor, place: Place, case: Case, now: Case) -> None:
    """Take a saved case out of what is unsaved, in the transaction that saves it.

    `case` is what was saved of the page at `place`, `now` what that place holds from here on. Moves that the saved case
    does not have, made in another window, stay and stand on `now`.
    """
    known = _draft(connection, actor, place)
    if known is not None:
        left = merged(case, known.case, now)
        _put(connection, actor, place, Draft(now, left, known.since))


def carried(connection: Connection, actor: Actor, place: Place, to: Place) -> None:
    """Take what is unsaved along to the next version."""
    connection.execute(table.update().where(_mine(actor, place)).values(id=to[0], version=to[1]))


def _put(connection: Connection, actor: Actor, place: Place, made: Draft) -> Draft | None:
    if made.case == made.base:
        connection.execute(delete(table).where(_mine(actor, place)))
        return None
    row = {
        "person": actor.person, "id": place[0], "version": place[1], "since": made.since, "at": clock(),
        "base": document(made.base), "document": document(made.case),
    }  # fmt: skip
    insert_or_replace(connection, table, [row])
    return made


def _draft(connection: Connection, actor: Actor, place: Place) -> Draft | None:
    row = connection.execute(select(table).where(_mine(actor, place))).first()
    if row is None:
        return None
    return Draft(checked(thawed(row.base)), checked(thawed(row.document)), row.since)


def _mine(actor: Actor, place: Place) -> Any:
    return (table.c.person == actor.person) & (table.c.id == place[0]) & (table.c.version == place[1])


def _may(connection: Connection, actor: Actor, place: Place) -> None:
    """A version may be edited by who may edit its scope; a shipped case by who may edit any."""
    name, version = place
    query = select(business_case.c.document).where(business_case.c.id == name, business_case.c.version == version)
    kept = connection.execute(query).scalar()
    if kept is None:
        actor.require(Permission.EDIT_CASES, actor.entities)
    else:
        require_edit(connection, actor, checked(thawed(kept)))


def thawed(value: Any) -> Any:
    """Stored JSON with lists for tuples, as a document has them."""
    if isinstance(value, tuple):
        return [thawed(one) for one in value]
    return {name: thawed(one) for name, one in value.items()} if isinstance(value, Mapping) else value
