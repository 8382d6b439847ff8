"""What a person has on the desk: a scenario as it is stored, and their unsaved edits over it, each kept at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st
from sqlalchemy import Engine

from app import load
from data.access import Actor
from data.finance.budget import BadBudget, Scenario
from data.finance.budget_edits import MONTH_FIELDS, BadCell, Change, applied, cells, changes, number_of
from data.finance.budget_edits import said as said_of
from data.settings import Settings
from data.warehouse import budget_drafts, budget_rows
from data.warehouse.budget_rows import Stored
from data.warehouse.engine import reading

NUMBERS = frozenset({*MONTH_FIELDS, "annual", "unit_price", "inflation", "per"})
_KEY = "budget-desk"


@dataclass
class Desk:
    """One scenario on the desk of a person. `turn` counts the frames of the grid, which has a new one when it turns.

    `draft` is the scenario with all edits that can be, `texts` what every cell of it says; what cannot be says there
    what was typed.
    """

    stored: Stored
    draft: Scenario
    steps: tuple[budget_drafts.Edit, ...]
    person: str = ""
    bad: tuple[BadCell, ...] = ()
    turn: int = 0
    texts: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The scenario's id."""
        return self.stored.head.id

    @property
    def grid(self) -> str:
        """The key of the grid of this turn."""
        return f"budget-grid-{self.name}-{self.turn}"

    @property
    def edits(self) -> tuple[tuple[Change, ...], dict[str, int]]:
        """All unsaved cells, and the revisions that they were made on."""
        return budget_drafts.merged(self.steps)

    @property
    def pending(self) -> tuple[Change, ...]:
        """The unsaved cells that differ from what is stored, each with what it was when it was first edited."""
        differ = {(one.row, one.field) for one in changes(self.stored.scenario, self.draft)}
        differ |= {(one.row, one.field) for one in self.bad}
        return tuple(one for one in self.edits[0] if (one.row, one.field) in differ)

    @property
    def through(self) -> int | None:
        """The last step."""
        return self.steps[-1].seq if self.steps else None


def place() -> tuple[Engine, Settings]:
    """The warehouse and the settings, as every function that writes takes them."""
    known = load.settings()
    return load.engine(known.warehouse.url), known


def desk(name: str, actor: Actor) -> Desk:
    """The desk of this session for a scenario; laid again when another is chosen. BadBudget, NotPermitted."""
    kept = on_desk()
    if kept is not None and (kept.name, kept.person) == (name, actor.person):
        return kept
    stored, steps = _read(name, actor)
    made = Desk(stored, stored.scenario, steps, actor.person, turn=0 if kept is None else kept.turn + 1)
    _lay(made)
    st.session_state[_KEY] = made
    return made


def on_desk() -> Desk | None:
    """The desk of this session, if one was laid."""
    kept = st.session_state.get(_KEY)
    return kept if isinstance(kept, Desk) else None


def renew(made: Desk, actor: Actor) -> None:
    """Take what is stored now. The grid turns only where it says something else: what stands as it was typed stays.

    BadBudget, NotPermitted.
    """
    said = made.texts
    made.stored, made.steps = _read(made.name, actor)
    _lay(made)
    if made.texts != said:
        made.turn += 1


def _read(name: str, actor: Actor) -> tuple[Stored, tuple[budget_drafts.Edit, ...]]:
    engine, settings = place()
    with reading(engine) as connection:
        stored = budget_rows.stored(connection, settings, actor, name)
        return stored, budget_drafts.edits(connection, actor, stored.head.id)


def _lay(made: Desk) -> None:
    """Work the edits out: what cannot be stands there as it was typed."""
    edits, _ = made.edits
    made.draft, made.bad = drafted(made.stored.scenario, edits)
    made.texts = cells(made.draft)
    for one in made.bad:
        typed = next((edit.new for edit in edits if (edit.row, edit.field) == (one.row, one.field)), "")
        made.texts.setdefault(one.row, {})[one.field] = typed


def drafted(scenario: Scenario, edits: Sequence[Change]) -> tuple[Scenario, tuple[BadCell, ...]]:
    """The scenario with all edits that can be, and what is wrong with the others."""
    left = list(edits)
    bad: list[BadCell] = []
    for _ in range(len(edits) + 1):
        try:
            return applied(scenario, left), tuple(bad)
        except BadCell as error:
            bad.append(error)
            kept = [one for one in left if (one.row, one.field) != (error.row, error.field)]
            left = kept if len(kept) < len(left) else [one for one in left if one.row != error.row]
    return scenario, tuple(bad)


def take(made: Desk, actor: Actor, typed: Mapping[tuple[str, str], str]) -> None:
    """Keep what was typed: texts by row and field. BudgetRefused, NotPermitted, WarehouseError where it cannot be."""
    now = {cell: made.texts.get(cell[0], {}).get(cell[1], "") for cell in typed}
    after = {cell: plainly(cell[1], said) for cell, said in typed.items()}
    step = tuple(Change(*cell, now[cell], said) for cell, said in after.items() if now[cell] != said)
    if step:
        _keep(made, actor, "typed" if len(step) == 1 else f"typed {len(step)} cells", step)
        _lay(made)


def plainly(name: str, typed: str) -> str:
    """A number as cells hold it, however it was written; what is none stays as it was typed."""
    if name in MONTH_FIELDS and not typed:
        return "0"
    if name not in NUMBERS or not typed:
        return typed
    try:
        return said_of(number_of(typed))
    except BadBudget:
        return typed


def _keep(made: Desk, actor: Actor, what: str, step: tuple[Change, ...]) -> None:
    engine, settings = place()
    seen = {row: made.stored.revisions.get(row, 0) for row in {one.row for one in step}}
    budget_drafts.keep(engine, settings, actor, made.name, what, (step, seen))
    with reading(engine) as connection:
        made.steps = budget_drafts.edits(connection, actor, made.name)


def act(made: Desk, actor: Actor, what: str, after: Scenario) -> int:
    """Keep what makes the draft into another scenario as one step, and lay the grid again; how many cells changed."""
    step = changes(made.draft, after)
    if step:
        _keep(made, actor, what, step)
        turn(made)
    return len(step)


def undo(made: Desk, actor: Actor) -> None:
    """Take the last step back."""
    engine, settings = place()
    made.steps = budget_drafts.undo(engine, settings, actor, made.name)
    turn(made)


def drop(made: Desk, actor: Actor) -> None:
    """Let all unsaved edits go."""
    engine, settings = place()
    budget_drafts.replace_all(engine, settings, actor, made.name, "dropped", ((), {}))
    made.steps = ()
    turn(made)


def turn(made: Desk) -> None:
    """Give the grid a new frame with all edits in it."""
    made.turn += 1
    _lay(made)
