"""Business cases that a company keeps: versions that are drafted, submitted by one person and approved by another.

An approved version never changes: another one is drafted from it. Every act is held against the revision that the
person looked at, and is logged in the transaction that keeps it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from data.access import Actor, NotPermitted, Permission
from data.clock import clock
from data.finance.case import BadCase, Case, double_counts
from data.finance.case_file import checked, document
from data.finance.ledger import missing_promises
from data.warehouse import case_drafts, change_log
from data.warehouse.case_drafts import thawed
from data.warehouse.case_rights import path_of, require_edit
from data.warehouse.catalog import load_tree
from data.warehouse.engine import writing
from data.warehouse.tables_cases import business_case as table
from data.warehouse.write import bump_version


class Status(StrEnum):
    """How far a version has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"


class ChangedMeanwhile(BadCase):
    """Somebody else changed the version after it was looked at; nothing was saved."""


@dataclass(frozen=True)
class Kept:
    """A version of a case with how far it has come. `revision` counts its changes: an act is held against it."""

    id: str
    version: int
    status: Status
    revision: int
    case: Case
    based_on: str | None
    edited_by: str
    edited_at: datetime
    submitted_by: str | None
    submitted_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None

    @property
    def label(self) -> str:
        """What the log calls it."""
        return f"business case {self.id} v{self.version}"


def kept_cases(connection: Connection, actor: Actor) -> tuple[Kept, ...]:
    """Every version that the actor may read, by name, the latest version first. NotPermitted where none may be."""
    tree = load_tree(connection)
    return tuple(one for one in all_cases(connection) if actor.may(Permission.READ, path_of(tree, one.case)))


def all_cases(connection: Connection) -> tuple[Kept, ...]:
    """Every version there is, for those who look no further than they may: by name, the latest version first."""
    rows = connection.execute(select(table).order_by(table.c.name, table.c.id, table.c.version.desc()))
    return tuple(_kept(row._mapping) for row in rows)


def kept_case(connection: Connection, actor: Actor, name: str, version: int) -> Kept:
    """One version. BadCase, NotPermitted."""
    found = _one(connection, name, version)
    actor.require(Permission.READ, path_of(load_tree(connection), found.case))
    return found


@dataclass(frozen=True)
class Page:
    """Where a new case was made: the case that one began with there, and how it stood when it was kept."""

    place: case_drafts.Place
    base: Case
    case: Case


def create(
    engine: Engine, actor: Actor, case: Case, why: str, based_on: str | None = None, page: Page | None = None
) -> Kept:
    """Keep a new case as its first draft; what is unsaved on its page is then saved. BadCase, NotPermitted."""
    with writing(engine) as connection:
        require_edit(connection, actor, case)
        if page is not None:
            case_drafts.saved(connection, actor, page.place, page.case, page.base)
        name = _free_id(connection, case.name)
        return _add(connection, actor, (name, 1), case, ("created", why), based_on)


def revise(engine: Engine, actor: Actor, name: str, version: int, why: str) -> Kept:
    """Draft the next version of a case from one of its versions; what is unsaved goes along. BadCase, NotPermitted."""
    with writing(engine) as connection:
        old = _one(connection, name, version)
        require_edit(connection, actor, old.case)
        query = select(func.max(table.c.version)).where(table.c.id == name)
        newest = int(connection.execute(query).scalar_one())
        case_drafts.carried(connection, actor, (name, version), (name, newest + 1))
        return _add(connection, actor, (name, newest + 1), old.case, ("revised", why), f"{name} v{version}")


def copy(engine: Engine, actor: Actor, name: str, version: int, new_name: str, why: str) -> Kept:
    """Keep a case of another name that says the same. BadCase, NotPermitted."""
    with writing(engine) as connection:
        old = _one(connection, name, version)
        actor.require(Permission.READ, path_of(load_tree(connection), old.case))
        case = checked(document(old.case) | {"name": new_name})
        require_edit(connection, actor, case)
        case_drafts.saved(connection, actor, (name, version), case, old.case)
        free = _free_id(connection, new_name)
        return _add(connection, actor, (free, 1), case, ("copied", why), f"{name} v{version}")


def save(engine: Engine, actor: Actor, seen: Kept, case: Case, why: str) -> Kept:
    """Keep another content of a draft that was looked at; it is then no longer unsaved.

    BadCase; ChangedMeanwhile; NotPermitted: what is unsaved stays as it was.
    """
    with writing(engine) as connection:
        now = _unchanged(connection, seen, Status.DRAFT)
        require_edit(connection, actor, now.case)
        require_edit(connection, actor, case)
        if case == now.case:
            raise BadCase("Nothing was changed, so there is nothing to save.")
        values = {"document": document(case), "name": case.name, "scope": case.scope} | _edited(actor)
        case_drafts.saved(connection, actor, (now.id, now.version), case, case)
        old, new = differences(document(now.case), document(case))
        return _turn(connection, actor, now, values, ("changed", why), (old, new))


def submit(engine: Engine, actor: Actor, seen: Kept, why: str) -> Kept:
    """Hand a draft in for approval. BadCase says what is missing; ChangedMeanwhile; NotPermitted."""
    with writing(engine) as connection:
        now = _unchanged(connection, seen, Status.DRAFT)
        require_edit(connection, actor, now.case)
        if faults := (*double_counts(now.case), *missing_promises(now.case)):
            raise BadCase(" ".join(faults))
        values = {"status": Status.SUBMITTED.value, "submitted_by": actor.name, "submitted_at": clock()}
        return _turn(connection, actor, now, values, ("submitted", why))


def give_back(engine: Engine, actor: Actor, seen: Kept, comment: str) -> Kept:
    """Make a submitted version a draft again, with a comment. BadCase, ChangedMeanwhile, NotPermitted."""
    with writing(engine) as connection:
        now = _unchanged(connection, seen, Status.SUBMITTED)
        actor.require(Permission.APPROVE, path_of(load_tree(connection), now.case))
        values = {"status": Status.DRAFT.value, "submitted_by": None, "submitted_at": None}
        return _turn(connection, actor, now, values, ("given back", comment))


def approve(engine: Engine, actor: Actor, seen: Kept, why: str) -> Kept:
    """Approve a submitted version, which is then never changed. Who submitted it cannot. As give_back."""
    with writing(engine) as connection:
        now = _unchanged(connection, seen, Status.SUBMITTED)
        actor.require(Permission.APPROVE, path_of(load_tree(connection), now.case))
        others = {who.partition(":")[2] or who for who in (now.submitted_by, now.edited_by) if who}
        if actor.person in others:
            raise NotPermitted(f"{actor.name} has edited or submitted this case: somebody else has to approve it.")
        values = {"status": Status.APPROVED.value, "approved_by": actor.name, "approved_at": clock()}
        return _turn(connection, actor, now, values, ("approved", why))


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two documents, by path: the old and the new values."""
    before, after = dict(_leaves(old)), dict(_leaves(new))
    paths = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return {path: before.get(path) for path in paths}, {path: after.get(path) for path in paths}


def _leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [leaf for name, one in value.items() for leaf in _leaves(one, f"{path}.{name}" if path else name)]
    if isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
        named = [(one.get("id", str(place)), one) for place, one in enumerate(value)]
        return [leaf for name, one in named for leaf in _leaves(one, f"{path}.{name}")]
    return [(path, list(value) if isinstance(value, tuple) else value)]


def _one(connection: Connection, name: str, version: int) -> Kept:
    row = connection.execute(select(table).where(table.c.id == name, table.c.version == version)).first()
    if row is None:
        raise BadCase(f"There is no business case {name!r} in version {version}: choose one that exists.")
    return _kept(row._mapping)


def _kept(row: Mapping[Any, Any]) -> Kept:
    told = {name: value for name, value in row.items() if name not in ("name", "scope", "document", "status")}
    return Kept(**told, status=Status(row["status"]), case=checked(thawed(row["document"])))


def _unchanged(connection: Connection, seen: Kept, wanted: Status) -> Kept:
    now = _one(connection, seen.id, seen.version)
    if now.revision != seen.revision:
        who = now.approved_by or now.submitted_by or now.edited_by
        raise ChangedMeanwhile(
            f"{who} changed it after you opened it (it is {now.status.value} now): nothing was saved. "
            "Look at it as it is now, then try again."
        )
    if now.status is not wanted:
        raise BadCase(f"This version is {now.status.value}, not {wanted.value}: draft a new version to change it.")
    return now


def _edited(actor: Actor) -> dict[str, Any]:
    return {"edited_by": actor.name, "edited_at": clock()}


def _add(
    connection: Connection, actor: Actor, key: tuple[str, int], case: Case, act: tuple[str, str], based_on: str | None
) -> Kept:
    action, why = act
    _reasoned(why)
    said = document(case)
    values = {"id": key[0], "version": key[1], "status": Status.DRAFT.value, "revision": 1, "based_on": based_on}
    more = {"name": case.name, "scope": case.scope, "document": said} | _edited(actor)
    connection.execute(insert(table).values(**values, **more))
    made = _one(connection, *key)
    change_log.append(connection, actor, action, made.label, based_on, said, why)
    bump_version(connection, f"{made.label} {action} by {actor.name}")
    return made


def _turn(
    connection: Connection,
    actor: Actor,
    now: Kept,
    values: Mapping[str, Any],
    act: tuple[str, str],
    told: tuple[Any, Any] | None = None,
) -> Kept:
    """Change one row if it is still the revision that was looked at, and log it."""
    action, why = act
    _reasoned(why)
    same = (table.c.id == now.id) & (table.c.version == now.version) & (table.c.revision == now.revision)
    same &= table.c.status != Status.APPROVED.value
    done = connection.execute(update(table).where(same).values(**values, revision=now.revision + 1))
    if done.rowcount != 1:
        raise ChangedMeanwhile("It was changed after you opened it: nothing was saved.")
    made = _one(connection, now.id, now.version)
    old, new = told or (now.status.value, made.status.value)
    change_log.append(connection, actor, action, now.label, old, new, why)
    bump_version(connection, f"{now.label} {action} by {actor.name}")
    return made


def _reasoned(why: str) -> None:
    if not why.strip():
        raise BadCase("Give a reason, which the log keeps.")


def _free_id(connection: Connection, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "case"
    taken = set(connection.execute(select(table.c.id).where(table.c.id.like(f"{slug}%"))).scalars())
    if slug not in taken:
        return slug
    return next(free for place in range(2, len(taken) + 3) if (free := f"{slug}-{place}") not in taken)
