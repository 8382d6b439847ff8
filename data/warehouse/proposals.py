"""What needs two people: one proposes, another approves or declines; both acts stand in the log.

A proposal keeps what its maker saw, so that nothing is approved that has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.access import Actor, NotPermitted
from data.clock import clock
from data.settings import ConfigurationError
from data.warehouse import change_log
from data.warehouse.tables_people import proposal as table


class Kind(StrEnum):
    """What is proposed."""

    TARGET = "target"
    CORRECTION = "correction"
    PACK = "pack"


class State(StrEnum):
    """How far a proposal has come."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NotPossible(ConfigurationError):
    """A proposal that is not there, is decided already, or has no reason; the message says which."""


@dataclass(frozen=True)
class Draft:
    """What somebody proposes: `object` names it in words, `seen` is the fingerprint of what they looked at."""

    kind: Kind
    object: str
    scope: str | None
    content: Mapping[str, Any]
    seen: str


@dataclass(frozen=True)
class Proposal:
    """A draft with who made it, when and why, and how it ended."""

    id: int
    kind: Kind
    object: str
    scope: str | None
    content: Mapping[str, Any]
    seen: str
    why: str
    proposed_by: str
    proposed_at: datetime
    state: State
    decided_by: str | None
    decided_at: datetime | None
    said: str | None

    @property
    def named(self) -> str:
        """How the log names it."""
        return f"proposal {self.id}: {self.object}"


def propose(connection: Connection, actor: Actor, draft: Draft, why: str) -> int:
    """Keep a proposal in the caller's writing transaction; its number. NotPossible: no reason, or proposed already."""
    if not why.strip():
        raise NotPossible("Give a reason, which the log keeps.")
    for one in listed(connection):
        if (one.kind, one.object, one.seen) == (draft.kind, draft.object, draft.seen) and one.content == draft.content:
            raise NotPossible(f"That is proposed already and waits: it is proposal {one.id}.")
    row = {
        "kind": draft.kind.value, "object": draft.object, "scope": draft.scope, "content": dict(draft.content),
        "seen": draft.seen, "why": why.strip(), "proposed_by": actor.name, "proposed_at": clock(),
        "state": State.WAITING.value,
    }  # fmt: skip
    made = connection.execute(insert(table).values(**row)).inserted_primary_key
    assert made is not None
    number = int(made[0])
    what = f"proposal {number}: {draft.object}"
    change_log.append(connection, actor, "proposed", what, None, dict(draft.content), why.strip())
    return number


def listed(connection: Connection, state: State | None = State.WAITING) -> tuple[Proposal, ...]:
    """The proposals of a state, or all of them, the oldest first."""
    query = select(table).order_by(table.c.id)
    rows = connection.execute(query if state is None else query.where(table.c.state == state.value))
    return tuple(_proposal(row._mapping) for row in rows)


def waiting(connection: Connection, number: int) -> Proposal:
    """A proposal that nobody has decided yet. NotPossible."""
    row = connection.execute(select(table).where(table.c.id == number)).first()
    if row is None:
        raise NotPossible(f"There is no proposal {number}: `python -m app proposals list` names those that wait.")
    found = _proposal(row._mapping)
    if found.state is not State.WAITING:
        raise NotPossible(f"Proposal {number} was {found.state} by {found.decided_by}: nothing was changed.")
    return found


def decide(connection: Connection, actor: Actor, found: Proposal, state: State, said: str) -> None:
    """Keep how a waiting proposal ended, in the caller's writing transaction."""
    ended = {"state": state.value, "decided_by": actor.name, "decided_at": clock(), "said": said.strip()}
    connection.execute(update(table).where(table.c.id == found.id).values(**ended))
    change_log.append(connection, actor, state.value, found.named, None, dict(found.content), said.strip() or found.why)


def by_another(actor: Actor, found: Proposal) -> None:
    """Refuse the person who proposed it. NotPermitted."""
    if same_person(actor, found):
        how = f"pack release {found.id} --out DIR" if found.kind is Kind.PACK else f"proposals approve {found.id}"
        raise NotPermitted(
            f"{actor.name} proposed this, and it needs two people: another person decides it in the app, or another "
            f"system user at the command line with `python -m app {how}`."
        )


def same_person(actor: Actor, found: Proposal) -> bool:
    """Whether the actor made the proposal, however they came in."""
    return actor.person == Actor(found.proposed_by, frozenset()).person


def _proposal(row: Mapping[Any, Any]) -> Proposal:
    fields = {name: row[name] for name in Proposal.__dataclass_fields__}
    return Proposal(**(fields | {"kind": Kind(row["kind"]), "state": State(row["state"])}))
