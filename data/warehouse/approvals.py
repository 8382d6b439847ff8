"""The second person: approves or declines what the first proposed; what is approved takes effect at once."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from data.access import Actor, Permission
from data.clock import clock
from data.period import day_of
from data.settings import Settings
from data.warehouse import corrections, target_edits
from data.warehouse.catalog import load_tree
from data.warehouse.engine import writing
from data.warehouse.proposals import (
    Kind,
    NotPossible,
    Proposal,
    State,
    by_another,
    decide,
    listed,
    same_person,
    waiting,
)

_TAKES_EFFECT: dict[Kind, Callable[[Connection, Settings, Actor, Proposal], None]] = {
    Kind.TARGET: target_edits.apply_target,
    Kind.CORRECTION: corrections.apply_correction,
}


def approve(engine: Engine, settings: Settings, actor: Actor, number: int, said: str = "") -> Proposal:
    """Let a proposal take effect. NotPermitted: the same person, or no approver; NotPossible; ChangedMeanwhile."""
    with writing(engine) as connection:
        found = waiting(connection, number)
        if found.kind not in _TAKES_EFFECT:
            raise NotPossible(f"A pack is released: `python -m app pack release {number} --out DIR`.")
        actor.require(Permission.APPROVE, path_of(connection, settings, found.scope))
        by_another(actor, found)
        decide(connection, actor, found, State.APPROVED, said)
        _TAKES_EFFECT[found.kind](connection, settings, actor, found)
    return found


def decline(engine: Engine, settings: Settings, actor: Actor, number: int, said: str) -> Proposal:
    """End a proposal without effect; whoever made it may take it back. NotPermitted, NotPossible."""
    if not said.strip():
        raise NotPossible("Give a reason, which the log keeps.")
    with writing(engine) as connection:
        found = waiting(connection, number)
        own = same_person(actor, found)
        if not own:
            needed = Permission.RELEASE if found.kind is Kind.PACK else Permission.APPROVE
            actor.require(needed, path_of(connection, settings, found.scope))
        decide(connection, actor, found, State.WITHDRAWN if own else State.DECLINED, said)
    return found


def waiting_for(connection: Connection, settings: Settings, actor: Actor) -> tuple[Proposal, ...]:
    """What waits, of the scopes that the actor may read."""
    found = listed(connection)
    return tuple(one for one in found if actor.may(Permission.READ, path_of(connection, settings, one.scope)))


def path_of(connection: Connection, settings: Settings, scope: str | None) -> tuple[str, ...] | None:
    """The scope and those above it today, as permissions are asked for; None for the whole company."""
    tree = load_tree(connection)
    if scope is None:
        return None
    return tree.path(scope, day_of(clock(), settings.zone)) if scope in tree else (scope,)
