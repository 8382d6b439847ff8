"""Saving a budget: the difference first, then the save; and where somebody was faster, both values of each cell."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Column, Notice, Table
from app.content.budget_words import cell_said, field_name, month_names, row_name
from app.content.sections.base import row
from app.render import web
from app.screens import budget_desk
from app.screens.budget_desk import Desk
from app.screens.budget_frames import STILL
from data.access import NotPermitted
from data.finance.budget import BadBudget
from data.finance.budget_edits import ADDED, HEAD, REMOVED, Change, cells_of_driver, cells_of_line
from data.warehouse import budget_drafts, budgets
from data.warehouse.budgets import Clash, Conflict, Saving
from data.warehouse.engine import WarehouseError

_SHOWN = 100
_MINE, _THEIRS = "Mine", "Theirs"
_CONFLICT, _SAVE_ID = "budget-conflict", "budget-save-id"


def buttons(made: Desk) -> None:
    """Save and let go; a conflict that waits is shown at once."""
    pending = made.pending
    with st.container(horizontal=True, key="budget-save-row", gap="small"):
        label = f"Save {text.plural(len(pending), 'cell')} …" if pending else "Save …"
        if st.button(label, type="primary", disabled=not pending, key="budget-save"):
            st.session_state[_SAVE_ID] = uuid4().hex
            st.session_state.pop(_CONFLICT, None)
            _dialog(made)
        if st.button("Let go of what is unsaved", disabled=not made.steps, key="budget-drop"):
            st.html(STILL)
            budget_desk.drop(made, load.actor())
            st.rerun(scope="fragment")


@st.dialog("What changes", width="large")
def _dialog(made: Desk) -> None:
    conflict = st.session_state.get(_CONFLICT)
    if isinstance(conflict, Conflict):
        _settle(made, conflict)
        return
    pending = made.pending
    web.draw(_difference(made, pending))
    if made.bad:
        web.draw(Notice("error", f"{text.plural(len(made.bad), 'cell')} cannot be saved: {made.bad[0]}"))
        return
    why = st.text_input("Reason, for the log", max_chars=200, key="budget-why")
    if st.button("Save", type="primary", key="budget-save-do"):
        _save(made, pending, made.edits[1], why)


def _difference(made: Desk, pending: Sequence[Change]) -> Table:
    names = month_names(made.draft)
    columns = (Column("Line"), Column("Cell"), Column("Now", "right"), Column("After saving", "right"))
    both = made.draft, made.stored.scenario
    rows = tuple(
        row(row_name(one.row, *both), field_name(one.field, names), cell_said(one.field, one.old), _new(one))
        for one in pending[:_SHOWN]
    )
    return Table("budget-difference", "", columns, rows, total_rows=len(pending), empty="Nothing changes.")


def _new(one: Change) -> str:
    return "removed" if one.field == REMOVED else "a new line" if one.field == ADDED else cell_said(one.field, one.new)


def _save(made: Desk, pending: Sequence[Change], seen: dict[str, int], why: str) -> None:
    engine, settings = budget_desk.place()
    number = st.session_state.get(_SAVE_ID) or uuid4().hex
    saving = Saving(made.name, number, tuple(pending), seen, why, made.through)
    actor = load.actor()
    try:
        budgets.save(engine, settings, actor, saving)
    except Conflict as error:
        st.session_state[_CONFLICT] = error
        st.session_state[_SAVE_ID] = uuid4().hex
        st.rerun(scope="fragment")
    except (BadBudget, NotPermitted, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
    else:
        st.session_state.pop(_CONFLICT, None)
        st.session_state["budget-said"] = f"Saved {text.plural(len(pending), 'cell')}; the log keeps why."
        budget_desk.renew(made, actor)
        st.rerun()


def _settle(made: Desk, conflict: Conflict) -> None:
    """Both values of each cell that somebody else changed too, and the choice between them."""
    web.draw(Notice("late", f"{conflict}"))
    names, mine = month_names(made.draft), {}
    asked = [one for one in conflict.clashes if one.differs]
    for place, one in enumerate(asked):
        where = f"{row_name(one.row, made.draft, made.stored.scenario)}, {field_name(one.field, names)}"
        labels = {
            _MINE: f"Mine: {cell_said(one.field, one.mine)}",
            _THEIRS: f"Theirs: {cell_said(one.field, one.theirs)}",
        }
        key = f"budget-pick-{place}-{st.session_state[_SAVE_ID]}"
        picked = st.radio(
            f"{where} (it was {cell_said(one.field, one.base)})", [_MINE, _THEIRS], index=None, horizontal=True,
            format_func=labels.__getitem__, key=key,
        )  # fmt: skip
        mine[one.row, one.field] = picked
    same = len(conflict.clashes) - len(asked)
    if same:
        web.draw(
            Notice("info", f"{text.plural(same, 'further cell')} of these rows only you changed: yours will hold.")
        )
    why = st.text_input("Reason, for the log", max_chars=200, key="budget-why")
    open_ones = sum(one is None for one in mine.values())
    if st.button("Save with these choices", type="primary", disabled=open_ones > 0, key="budget-settle"):
        keep = [one for one in conflict.clashes if not one.differs or mine[one.row, one.field] == _MINE]
        _save_settled(made, conflict, keep, why)


def _save_settled(made: Desk, conflict: Conflict, keep: Sequence[Clash], why: str) -> None:
    """What was picked becomes the unsaved edits, made on the rows as they are now; then it is saved."""
    pending, seen = settled(made, conflict, keep)
    engine, settings = budget_desk.place()
    actor = load.actor()
    budget_drafts.replace_all(engine, settings, actor, made.name, "settled a conflict", (pending, seen))
    budget_desk.renew(made, actor)
    if pending:
        _save(made, made.pending or pending, seen, why)
    else:
        st.session_state.pop(_CONFLICT, None)
        st.rerun()


def settled(made: Desk, conflict: Conflict, keep: Sequence[Clash]) -> tuple[tuple[Change, ...], dict[str, int]]:
    """The edits after a conflict: those of rows that only this person changed, and the picked ones of the others."""
    clashing = {one.row for one in conflict.clashes}
    edits = [one for one in made.pending if one.row not in clashing]
    seen = {one: revision for one, revision in made.edits[1].items() if one not in clashing}
    for one in keep:
        if one.theirs == REMOVED:
            edits += _again(made, one.row) if one.row not in {edit.row for edit in edits} else []
        else:
            new = "" if one.field == REMOVED else one.mine
            edits.append(Change(one.row, one.field, one.theirs, new))
            seen[one.row] = conflict.revisions[one.row]
    return tuple(edits), seen


def _again(made: Desk, name: str) -> list[Change]:
    """A row that somebody removed and that is to stay, as it stands on the desk."""
    if name.startswith(HEAD):
        told = cells_of_driver(made.draft.driver(name.removeprefix(HEAD)))
    else:
        told = cells_of_line(made.draft.line(name))
    return [Change(name, ADDED, "", ""), *(Change(name, field, "", said) for field, said in told.items())]
