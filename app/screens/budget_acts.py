"""What a person does with a budget version beside typing: hand in, approve, return, lock, copy, comment, ask the pool,
take it to a workbook and back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from uuid import uuid4

import streamlit as st

from app import load
from app.budget_import import read
from app.budget_workbook import Exported, write
from app.content import budget_views
from app.content import format as text
from app.content.blocks import Column, Notice, Table
from app.content.budget_preview import Preview
from app.content.budget_words import cell_said, field_name, month_names, row_name
from app.content.sections.base import row
from app.render import html, web
from app.render.files import XLSX_TYPE
from app.screens.budget_desk import on_desk, place, renew
from data.access import Actor, NotPermitted, Permission
from data.finance.budget import BadBudget, Kind
from data.finance.budget_edits import number_of
from data.warehouse import budget_rows, budget_states, budgets
from data.warehouse.budget_rows import APPROVED, DRAFT, LOCKED, SUBMITTED, Stored
from data.warehouse.budgets import Conflict, Saving
from data.warehouse.engine import WarehouseError, reading

_SHOWN = 200


def may(of: Stored, actor: Actor, permission: Permission) -> bool:
    """Whether the actor may do that with this version."""
    engine, settings = place()
    with reading(engine) as connection:
        return actor.may(permission, budget_rows.path(connection, settings, of.head.scope))


def states(of: Stored, actor: Actor) -> None:
    """The next steps of a version that this person may take."""
    edits, approves = may(of, actor, Permission.EDIT_BUDGETS), may(of, actor, Permission.APPROVE)
    if not (edits or approves):
        return
    name, saves, status = of.head.id, of.head.saves, of.head.status
    with st.container(border=True, key="budget-states"):
        why = st.text_input("Reason, for the log", max_chars=200, key=f"budget-state-why-{name}-{saves}")
        with st.container(horizontal=True, gap="small"):
            for needs, wanted, label, said, act in _STEPS:
                if status in wanted and (edits if needs is Permission.EDIT_BUDGETS else approves):
                    _button(label, f"{of.head.name} {said}.", partial(act, name, saves, why))
            if edits:
                _copy(of, why)


def _submit(name: str, saves: int, why: str) -> None:
    budget_states.submit(*place(), load.actor(), name, saves, why)


def _approve(name: str, saves: int, why: str) -> None:
    budget_states.approve(*place(), load.actor(), name, saves, why)


def _return(name: str, saves: int, why: str) -> None:
    budget_states.give_back(*place(), load.actor(), name, saves, why)


def _lock(name: str, saves: int, why: str) -> None:
    budget_states.lock(*place(), load.actor(), name, saves, why)


def _revise(name: str, _saves: int, why: str) -> None:
    _chosen(budgets.new_version(*place(), load.actor(), name, why))


_STEPS = (
    (Permission.EDIT_BUDGETS, (DRAFT,), "Hand in", "waits for approval", _submit),
    (Permission.APPROVE, (SUBMITTED,), "Approve", "is approved and never changes", _approve),
    (Permission.APPROVE, (SUBMITTED,), "Return", "is its author's again", _return),
    (Permission.APPROVE, (APPROVED,), "Lock", "is locked", _lock),
    (Permission.EDIT_BUDGETS, (APPROVED, LOCKED), "New version", "has a new version, a draft", _revise),
)
"""What takes a version on: who may, from which states, the word on the button, what is said then."""


def _copy(of: Stored, why: str) -> None:
    with st.popover("Copy as a scenario"):
        name = st.text_input("Name", key="budget-copy-name", max_chars=80)
        kind = Kind(st.selectbox("Stands for", [one.value for one in Kind], 3, key="budget-copy-kind"))
        reason = why or "a copy to try something"
        if st.button("Copy", key="budget-copy-do", type="primary"):
            _done(f"{name} is a draft of its own.", lambda: _copied(of, _named(name), kind, reason))


def _copied(of: Stored, name: str, kind: Kind, reason: str) -> None:
    _chosen(budgets.new_version(*place(), load.actor(), of.head.id, reason, name=name, kind=kind))


def _named(name: str) -> str:
    if not name.strip():
        raise BadBudget("Give the copy a name.")
    return name.strip()


def _chosen(name: str) -> None:
    st.query_params["budget"] = name


def _button(label: str, said: str, act: Callable[[], object]) -> None:
    if st.button(label, key=f"budget-do-{label}"):
        _done(said, act)


def _done(said: str, act: Callable[[], object]) -> None:
    """Do it and say so on the page drawn anew, or say why not."""
    try:
        act()
    except (BadBudget, NotPermitted, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
    else:
        st.session_state["budget-said"] = said
        if (made := on_desk()) is not None:
            renew(made, load.actor())
        st.rerun()


def comments(of: Stored, actor: Actor) -> None:
    """What was said of each line, and a way to say more."""
    engine, settings = place()
    with reading(engine) as connection:
        found = budget_rows.comments(connection, settings, actor, of.head.id)
    st.html(html.heading("Comments", "", "comments"))
    web.draw(budget_views.comments(found, of.scenario, settings.zone))
    if not (may(of, actor, Permission.EDIT_BUDGETS) or may(of, actor, Permission.APPROVE)):
        return
    names = {"": "The scenario"} | {one.id: one.name for one in of.scenario.lines}
    with st.form("budget-comment", border=True, clear_on_submit=True):
        left, right = st.columns([1, 2])
        line = left.selectbox("About", list(names), format_func=lambda one: names[one])
        said = right.text_input("Comment", max_chars=500)
        if st.form_submit_button("Keep"):
            _done("The comment is kept.", lambda: budgets.comment(*place(), load.actor(), of.head.id, line or "", said))


def experiments(of: Stored, actor: Actor) -> None:
    """The pool of an approved version: what is left, what was asked for, what waits."""
    if of.head.status not in (APPROVED, LOCKED):
        return
    engine, settings = place()
    with reading(engine) as connection:
        found = budget_states.experiments(connection, settings, actor, of.head.id)
    currency, limit = of.head.currency, of.scenario.pool_limit
    rest = budget_views.short(currency, budget_states.left(of.scenario, found))
    said = f"{rest} of {budget_views.short(currency, budget_states.pool(of.scenario))} are left"
    said += (
        f"; up to {budget_views.short(currency, limit)} an experiment approves itself." if limit is not None else "."
    )
    st.html(html.heading("Experiment pool", f"{said}.", "experiments"))
    web.draw(budget_views.experiments(found, currency, settings.zone))
    if may(of, actor, Permission.EDIT_BUDGETS):
        with st.form("budget-ask", border=True, clear_on_submit=True):
            left, middle, right = st.columns([2, 1, 3])
            what, amount = left.text_input("Experiment", max_chars=120), middle.text_input("Amount", max_chars=20)
            why = right.text_input("Why", max_chars=200)
            if st.form_submit_button("Ask the pool"):
                _done("The pool was asked; what became of it stands below.", lambda: _ask(of, what, amount, why))
    waiting = [one for one in found if one.status == budget_states.WAITING]
    if waiting and may(of, actor, Permission.APPROVE):
        _decide(waiting)


def _ask(of: Stored, what: str, amount: str, why: str) -> None:
    asked: tuple[str, Decimal] = what, number_of(amount)
    budget_states.ask(*place(), load.actor(), of.head.id, asked, why)


def _decide(waiting: list[budget_states.Experiment]) -> None:
    with st.container(border=True, key="budget-decide"):
        left, right = st.columns([2, 3])
        names = {one.id: one.name for one in waiting}
        number = left.selectbox("Waits", list(names), format_func=names.__getitem__, key="budget-decide-which")
        why = right.text_input("Reason, for the log", max_chars=200, key="budget-decide-why")
        with st.container(horizontal=True):
            for label, yes in (("Approve it", True), ("Refuse it", False)):
                _button(label, "Decided.", partial(_decided, number, yes, why))


def _decided(number: int, approved: bool, why: str) -> None:
    budget_states.decide(*place(), load.actor(), number, approved, why)


def workbook(of: Stored, actor: Actor) -> None:
    """The version as a workbook to take away, and one to bring back."""
    summary = "Change it in a spreadsheet and bring it back: every change is shown before it is taken, all or nothing."
    st.html(html.heading("Excel", summary, "excel"))
    left, right = st.columns([1, 2])
    with left:
        st.download_button(
            "Take it away as a workbook", lambda: write(Exported(of.scenario, of.revisions)), f"{of.head.id}.xlsx",
            XLSX_TYPE, key="budget-export", on_click="ignore",
        )  # fmt: skip
    if of.head.status != DRAFT or not may(of, actor, Permission.EDIT_BUDGETS):
        return
    with right:
        file = st.file_uploader("Bring a workbook back", type="xlsx", key="budget-import", max_upload_size=20)
    if file is not None:
        _bring(of, file.getvalue(), file.name)


def _bring(of: Stored, content: bytes, name: str) -> None:
    try:
        preview = read(content, of.scenario, of.revisions)
    except BadBudget as error:
        web.draw(Notice("error", f"{error}"))
        return
    if preview.errors:
        rows = tuple(row(f"{one.sheet}!{one.cell}", one.sentence) for one in preview.errors[:_SHOWN])
        columns = (Column("Cell"), Column("What is wrong"))
        web.draw(Notice("error", f"Nothing is taken: {text.plural(len(preview.errors), 'cell')} cannot be taken."))
        web.draw(Table("budget-import-errors", "", columns, rows, total_rows=len(preview.errors)))
        return
    web.draw(_preview(of, preview))
    for note in preview.notes[:5]:
        web.draw(Notice("info", note))
    if not preview.changes:
        return
    why = st.text_input("Reason, for the log", f"imported from {name}", max_chars=200, key="budget-import-why")
    if st.button(f"Take {text.plural(len(preview.changes), 'change')}", type="primary", key="budget-import-do"):
        saving = Saving(of.head.id, uuid4().hex, preview.changes, preview.seen, why)
        _done("The workbook is taken; the log keeps why.", lambda: _imported(saving))


def _imported(saving: Saving) -> None:
    try:
        budgets.save(*place(), load.actor(), saving)
    except Conflict as error:
        raise BadBudget(
            f"{error.who} saved lines of this workbook at this moment: nothing is taken. Take the workbook away anew."
        ) from None


def _preview(of: Stored, preview: Preview) -> Table:
    names = month_names(of.scenario)
    columns = (Column("Cell"), Column("Line"), Column("Field"), Column("Now", "right"), Column("After", "right"))
    rows = tuple(
        row(
            preview.places.get((one.row, one.field), ""),
            row_name(one.row, of.scenario),
            field_name(one.field, names),
            cell_said(one.field, one.old),
            cell_said(one.field, one.new),
        )
        for one in preview.changes[:_SHOWN]
    )
    empty = "The workbook changes nothing."
    return Table("budget-import", "", columns, rows, total_rows=len(preview.changes), empty=empty)
