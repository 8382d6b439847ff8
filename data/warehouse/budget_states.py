"""The life of a budget version: draft, submitted, approved, locked, superseded; and experiments of its pool.

Who submitted a version does not approve it. What is approved never changes: the database refuses it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from data.access import Actor, Permission
from data.clock import clock
from data.finance.budget import Purpose, Scenario, converted, fingerprint
from data.finance.budget_edits import text_of
from data.finance.budget_lines import checked
from data.finance.rules import check
from data.settings import Settings
from data.warehouse import budget_rows as rows
from data.warehouse import change_log
from data.warehouse.budget_rows import APPROVED, DRAFT, LOCKED, SUBMITTED, SUPERSEDED, Stored
from data.warehouse.budgets import BudgetRefused
from data.warehouse.engine import writing
from data.warehouse.tables_budgets import budget_experiment, budget_scenario
from data.warehouse.write import bump_version

WAITING, BY_ITSELF, REFUSED = "waiting", "approved by itself", "refused"


@dataclass(frozen=True)
class Experiment:
    """Money asked for out of the pool of an approved budget, in its currency."""

    id: int
    scenario: str
    name: str
    amount: Decimal
    status: str
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None
    decided_by: str | None
    why: str


def submit(engine: Engine, settings: Settings, actor: Actor, name: str, seen: int, why: str = "") -> None:
    """Hand a draft in for approval. `seen` is the count of saves that was looked at. BudgetRefused, NotPermitted."""
    with writing(engine) as connection:
        found = _looked_at(connection, settings, actor, name, seen, Permission.EDIT_BUDGETS)
        _in_state(found, DRAFT)
        _refuse_blocked(connection, settings, actor, found, "submitted")
        when = {"submitted_at": clock(), "submitted_by": actor.name, "returned_because": None}
        _move(connection, actor, found, SUBMITTED, when, why or "ready for approval")


def give_back(engine: Engine, settings: Settings, actor: Actor, name: str, seen: int, why: str) -> None:
    """Return a submitted version to its author with a comment. BudgetRefused, NotPermitted."""
    _reasoned(why)
    with writing(engine) as connection:
        found = _looked_at(connection, settings, actor, name, seen, Permission.APPROVE)
        _in_state(found, SUBMITTED)
        when = {"submitted_at": None, "submitted_by": None, "returned_because": text_of(why)}
        _move(connection, actor, found, DRAFT, when, why)


def approve(engine: Engine, settings: Settings, actor: Actor, name: str, seen: int, why: str) -> None:
    """Approve what another person submitted; from then on it never changes. BudgetRefused, NotPermitted.

    Rules that block keep it from being approved; the version of the series approved before is superseded.
    """
    _reasoned(why)
    with writing(engine) as connection:
        found = _looked_at(connection, settings, actor, name, seen, Permission.APPROVE)
        _in_state(found, SUBMITTED)
        if _person(found.head.submitted_by) == actor.person:
            raise BudgetRefused("You submitted this version yourself: somebody else has to approve it.")
        _refuse_blocked(connection, settings, actor, found, "approved")
        for old in _in_force(connection, settings, actor, found):
            _move(connection, actor, old, SUPERSEDED, {}, f"superseded by {found.head.id}")
        when = {"approved_at": clock(), "approved_by": actor.name, "approved_hash": fingerprint(found.scenario)}
        _move(connection, actor, found, APPROVED, when, why)


def lock(engine: Engine, settings: Settings, actor: Actor, name: str, seen: int, why: str) -> None:
    """Make an approved version the baseline that others are made of and compared with. BudgetRefused, NotPermitted."""
    _reasoned(why)
    with writing(engine) as connection:
        found = _looked_at(connection, settings, actor, name, seen, Permission.APPROVE)
        _in_state(found, APPROVED)
        _move(connection, actor, found, LOCKED, {"locked_at": clock(), "locked_by": actor.name}, why)


def _looked_at(
    connection: Connection, settings: Settings, actor: Actor, name: str, seen: int, needs: Permission
) -> Stored:
    """The version, if the actor may and nobody changed anything in it since."""
    found = rows.stored(connection, settings, actor, name)
    rows.require(connection, settings, actor, needs, found.head.scope)
    if found.head.saves != seen:
        raise BudgetRefused(f"{found.head.name} changed after you opened it: look at it as it is now, then decide.")
    return found


def _in_state(found: Stored, wanted: str) -> None:
    if found.head.status != wanted:
        raise BudgetRefused(f"{found.head.name} is {found.head.status}, not {wanted}: look at it as it is now.")


def _refuse_blocked(connection: Connection, settings: Settings, actor: Actor, found: Stored, what: str) -> None:
    around = rows.around(connection, settings, actor, found)
    blocking = [one for one in check(found.scenario, around) if one.blocks]
    if blocking:
        said = " ".join(f"{one.rule}: {one.sentence}" for one in blocking)
        raise BudgetRefused(f"{found.head.name} cannot be {what}. {said}")


def _reasoned(why: str) -> None:
    if not text_of(why):
        raise BudgetRefused("Give a reason, which the log keeps.")


def _person(name: str | None) -> str:
    return Actor(name or "", frozenset()).person


def _in_force(connection: Connection, settings: Settings, actor: Actor, found: Stored) -> list[Stored]:
    table = budget_scenario
    query = select(table.c.id).where(table.c.series == found.head.series, table.c.status.in_((APPROVED, LOCKED)))
    names = connection.execute(query.where(table.c.id != found.head.id)).scalars().all()
    return [rows.stored(connection, settings, actor, name) for name in names]


def _move(
    connection: Connection, actor: Actor, found: Stored, status: str, values: Mapping[str, Any], why: str
) -> None:
    head, table = found.head, budget_scenario
    more = dict(values) | {"status": status, "saves": head.saves + 1}
    connection.execute(update(table).where(table.c.id == head.id).values(**more))
    logged: dict[str, Any] = {"status": status}
    if "approved_hash" in values:
        logged["approved_hash"] = values["approved_hash"]
    old = {"status": head.status}
    change_log.append(connection, actor, status, f"budget {head.id}", old, logged, text_of(why))
    bump_version(connection, f"budget {head.id} {status} by {actor.name}")


def pool(scenario: Scenario) -> Decimal:
    """What the experiment pool holds for the year, in the scenario's currency."""
    lines = (one for one in scenario.lines if one.purpose is Purpose.EXPERIMENT_POOL)
    return sum((sum(converted(scenario, line) or (), Decimal(0)) for line in lines), Decimal(0))


def experiments(connection: Connection, settings: Settings, actor: Actor, name: str) -> tuple[Experiment, ...]:
    """What was asked for out of a pool, oldest first. BudgetRefused, NotPermitted."""
    found = rows.stored(connection, settings, actor, name)
    return _experiments(connection, found.head.id)


def _experiments(connection: Connection, name: str) -> tuple[Experiment, ...]:
    table = budget_experiment
    query = select(table).where(table.c.scenario == name).order_by(table.c.id)
    return tuple(Experiment(**row._mapping) for row in connection.execute(query))


def left(scenario: Scenario, asked: tuple[Experiment, ...]) -> Decimal:
    """What is left of the pool, less what waits for a decision."""
    return pool(scenario) - sum((one.amount for one in asked if one.status != REFUSED), Decimal(0))


def ask(
    engine: Engine, settings: Settings, actor: Actor, name: str, wanted: tuple[str, Decimal], why: str
) -> Experiment:
    """Ask for (what, amount) of the pool of an approved budget; up to the pool's limit it is approved by itself.

    BudgetRefused where the pool does not hold as much, NotPermitted.
    """
    _reasoned(why)
    what, amount = text_of(wanted[0]), checked(wanted[1])
    with writing(engine) as connection:
        found = rows.stored(connection, settings, actor, name)
        rows.require(connection, settings, actor, Permission.EDIT_BUDGETS, found.head.scope)
        if found.head.status not in (APPROVED, LOCKED):
            raise BudgetRefused(f"{found.head.name} is {found.head.status}: experiments draw on an approved budget.")
        rest, limit = left(found.scenario, _experiments(connection, name)), found.scenario.pool_limit
        if not what or amount <= 0:
            raise BudgetRefused("Give the experiment a name and an amount above zero.")
        if amount > rest:
            raise BudgetRefused(f"The pool holds {rest:,.2f} {found.head.currency} more: ask for at most that.")
        at, by_itself = clock(), limit is not None and amount <= limit
        row: dict[str, Any] = {
            "scenario": name, "name": what, "amount": amount, "status": BY_ITSELF if by_itself else WAITING,
            "asked_at": at, "asked_by": actor.name, "why": text_of(why),
            "decided_at": at if by_itself else None, "decided_by": None,
        }  # fmt: skip
        number = connection.execute(
            insert(budget_experiment).values(**row).returning(budget_experiment.c.id)
        ).scalar_one()
        said = {"name": what, "amount": format(amount, "f"), "status": row["status"]}
        reason = f"{text_of(why)} (within the limit of {limit:,.2f} {found.head.currency})" if by_itself else why
        change_log.append(connection, actor, row["status"], f"budget {name} experiment {number}", None, said, reason)
        return Experiment(**(row | {"id": number}))


def decide(engine: Engine, settings: Settings, actor: Actor, number: int, approved: bool, why: str) -> None:
    """Approve or refuse an experiment that another person asked for. BudgetRefused, NotPermitted."""
    _reasoned(why)
    table = budget_experiment
    with writing(engine) as connection:
        row = connection.execute(select(table).where(table.c.id == number)).first()
        if row is None:
            raise BudgetRefused(f"There is no experiment {number}: choose one that waits.")
        found = rows.stored(connection, settings, actor, row.scenario)
        rows.require(connection, settings, actor, Permission.APPROVE, found.head.scope)
        if row.status != WAITING:
            raise BudgetRefused(f"{row.name} is {row.status} already: nothing is left to decide.")
        if _person(row.asked_by) == actor.person:
            raise BudgetRefused("You asked for this yourself: somebody else has to decide.")
        status = APPROVED if approved else REFUSED
        values = {"status": status, "decided_at": clock(), "decided_by": actor.name}
        connection.execute(update(table).where(table.c.id == number).values(**values))
        about = f"budget {row.scenario} experiment {number}"
        change_log.append(connection, actor, status, about, {"status": WAITING}, {"status": status}, text_of(why))
