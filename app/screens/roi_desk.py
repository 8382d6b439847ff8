"""What a person has on the desk: a business case as it was looked at, and as it stands on the page.

Fields read their start once; so the case that they start from stays as it is until something asks for another one (a
line that came, a save, the same person's other window). What is moved is read in the fields' callbacks, which Streamlit
calls before anything else, also where the page is left, and is kept in the warehouse at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from sqlalchemy import Engine

from app import load
from app.content import format as text
from app.content.case_moved import moved as said_of
from app.screens import roi_inputs
from app.screens.arrival import arrived
from data.access import Actor, NotPermitted
from data.finance.case import BadCase, Case
from data.finance.case_file import template
from data.finance.case_moves import moves
from data.sign_in import SignedOut
from data.warehouse import case_drafts
from data.warehouse.case_drafts import Draft, Place
from data.warehouse.cases import Kept
from data.warehouse.engine import WarehouseError, reading

TEMPLATE = "template:"
_KEY, _TURNS, _DONE = "case-desk", "case-turns", "case-done"


@dataclass
class Desk:
    """One case on the desk of a person.

    `base` is the case that the moves are made on, `start` what the fields of this turn start from, `edited` the case
    with all that was moved, `sent` what this session last left in the warehouse. `theirs` is what somebody else saved
    meanwhile. `keeps`: whether the person may keep moves of this case.
    """

    key: str
    person: str
    kept: Kept | None
    base: Case
    start: Case
    edited: Case
    keeps: bool
    turn: int
    sent: Draft | None = None
    theirs: Kept | None = None
    unkept: str = ""

    @property
    def place(self) -> Place:
        """Where its moves are kept."""
        return place_of(self.key, self.kept)

    @property
    def fields(self) -> str:
        """What the keys of the page's fields begin with."""
        return f"case-{self.key}-{self.turn}"

    @property
    def why(self) -> str:
        """The key of the reason, which stays as it was typed until something was done."""
        return f"case-{self.key}-why-{st.session_state.get(_DONE, 0)}"

    @property
    def is_moved(self) -> bool:
        """Whether anything differs from what was looked at."""
        return self.edited != self.base


def place_of(key: str, kept: Kept | None) -> Place:
    """The place of a case that was chosen."""
    return (kept.id, kept.version) if kept else case_drafts.shipped(key.removeprefix(TEMPLATE))


def desk() -> Desk:
    """The desk of this session, which the page has laid."""
    found = st.session_state[_KEY]
    assert isinstance(found, Desk)
    return found


def lay(engine: Engine, actor: Actor, key: str, now: Kept | None) -> Desk:
    """The desk for a case that was chosen, with what is unsaved of it; as it is where nothing else happened to it."""
    stored = now.case if now else template(key.removeprefix(TEMPLATE))
    place, anew = place_of(key, now), arrived()
    keeps, draft = _unsaved(engine, actor, place)
    before = st.session_state.get(_KEY)
    mine = before if isinstance(before, Desk) and (before.key, before.person) == (key, actor.person) else None
    stands = mine if mine is not None and _content(mine.sent) == _content(draft) else None
    base, edited = stored, stored
    if stands is not None:
        base, edited = _standing(stands.base, stands.edited, stored)
    elif draft is not None:
        base, edited = _standing(draft.base, draft.case, stored)
    if draft and edited == stored:
        case_drafts.let_go(engine, actor, place)  # somebody else saved the same
        draft = None
    theirs = now if base != stored else None
    # no save is ever held against revision 0
    kept = replace(now, case=base, revision=0) if now and theirs else now
    sent = stands.sent if stands and draft else draft
    if stands and not anew and _alive(stands) and (stands.kept, stands.base, stands.theirs) == (kept, base, theirs):
        return stands
    made = Desk(key, actor.person, kept, base, edited, edited, keeps, _next_turn(), sent, theirs)
    made.unkept = stands.unkept if stands else ""
    st.session_state[_KEY] = made
    return made


def _standing(base: Case, edited: Case, stored: Case) -> tuple[Case, Case]:
    """What moves are made on and what they make; both as stored where nothing moved or somebody saved the same."""
    return (stored, stored) if edited in (base, stored) else (base, edited)


def _unsaved(engine: Engine, actor: Actor, place: Place) -> tuple[bool, Draft | None]:
    """Whether the person may keep moves of a case, and those that are kept."""
    try:
        with reading(engine) as connection:
            return True, case_drafts.draft(connection, actor, place)
    except NotPermitted:
        return False, None


def _content(draft: Draft | None) -> Case | None:
    return draft.case if draft else None


def _alive(made: Desk) -> bool:
    """Whether the fields of a desk still stand; Streamlit forgets them where the page was left."""
    return f"{made.fields}-view" in st.session_state


def _next_turn() -> int:
    st.session_state[_TURNS] = turn = int(st.session_state.get(_TURNS, 0)) + 1
    return turn


def clear() -> None:
    """Lay the desk anew from what is stored and kept."""
    st.session_state.pop(_KEY, None)


def done() -> None:
    """An act was done: the desk is laid anew, and the next one needs a reason of its own."""
    st.session_state[_DONE] = int(st.session_state.get(_DONE, 0)) + 1
    clear()


def read() -> Case:
    """The case with every field as it stands on the page. BadCase where they cannot be together."""
    made = desk()
    return roi_inputs.read(made.start, made.fields)


def moved() -> None:
    """A field was moved: the callback of all fields."""
    if not isinstance(st.session_state.get(_KEY), Desk):
        return
    try:
        case = read()
    except BadCase:
        return  # the page says why, where the fields are drawn
    keep(case)


def keep(case: Case) -> None:
    """Keep what the case is now; `unkept` says why that cannot be done, and the page goes on with it."""
    made = desk()
    made.edited = case
    before = made.sent.case if made.sent else made.base
    if not made.keeps or case == before:
        return
    try:
        kept = case_drafts.keep(place_engine(), load.actor(), made.place, made.base, (before, case))
    except (BadCase, NotPermitted, SignedOut, WarehouseError) as error:
        made.unkept = f"Not kept: {error}"
    else:
        made.unkept = ""
        made.sent = replace(kept, case=case) if kept else None


def turn(change: Callable[..., Case], *given: Any) -> None:
    """Go on with another case, made by `change` from the one that stands on the page; fields start anew from it.

    What `change` refuses goes on; nothing is changed then.
    """
    made = desk()
    try:
        case = read()
    except BadCase:
        case = made.edited
    keep(change(case, *given))
    made.start, made.turn = made.edited, _next_turn()


def pressed(change: Callable[..., Case], *given: Any) -> None:
    """The callback of buttons that go on with another case; the page says what was refused."""
    try:
        turn(change, *given)
    except (BadCase, NotPermitted, SignedOut, WarehouseError) as error:
        st.session_state["case-refused"] = f"{error}"


def let_go() -> None:
    """Forget what was moved."""
    made = desk()
    try:
        if made.keeps:
            case_drafts.let_go(place_engine(), load.actor(), made.place)
    except (NotPermitted, SignedOut, WarehouseError) as error:
        made.unkept = f"{error}"
    else:
        clear()


def place_engine() -> Engine:
    """The warehouse that is written to."""
    return load.engine(load.settings().warehouse.url)


def unsaved() -> str:
    """What is unsaved, in a sentence; empty where nothing is."""
    made = desk()
    if not made.is_moved:
        return ""
    count = said_of(moves(made.base, made.edited))
    if made.sent is None:
        return f"{count} moved, and not kept."
    since = text.instant(made.sent.since, load.settings().zone)
    return f"{count} unsaved since {since}, kept for you: saved only when you save."
