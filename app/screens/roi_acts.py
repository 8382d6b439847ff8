"""What a person does with a business case: keep, save, submit, approve, give back, copy, review."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

import streamlit as st
from sqlalchemy import Engine

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.content.sections.roi import in_unit
from app.render import html, web
from app.screens import roi_desk
from app.screens.base import Opened
from app.screens.roi_desk import Desk
from data.access import NotPermitted, Permission
from data.finance.case import BadCase, Case
from data.finance.ledger import Attribution
from data.warehouse import cases, ledger
from data.warehouse.cases import Kept, Page, Status
from data.warehouse.engine import WarehouseError, reading
from data.warehouse.measured import Found
from data.warehouse.readings import Reader


def say_what_was_done() -> None:
    """What the last act did, or why it did nothing, once."""
    if said := st.session_state.pop("case-said", None):
        web.draw(Notice("info", said))
    if said := st.session_state.pop("case-refused", None):
        web.draw(Notice("error", said))


def acts(at: Opened, made: Desk, case: Case) -> None:
    """What may be done with the case by this person now."""
    kept = made.kept
    edits = at.actor.may(Permission.EDIT_CASES, at.actor.entities)
    approves = at.actor.may(Permission.APPROVE, at.actor.entities)
    if not (edits or approves):
        return
    st.html(html.heading("Keep and decide", _state(kept), "keep"))
    with st.container(border=True, key="case-acts"):
        left, right = st.columns([1, 2])
        left.text_input("Name", made.start.name, max_chars=120, key=f"{made.fields}-name", on_change=roi_desk.moved)
        why = right.text_input("Reason, for the log", max_chars=200, key=made.why)
        with st.container(horizontal=True, key="case-buttons"):
            if edits:
                _edits(at, made, case, why)
            if approves and kept is not None and kept.status is Status.SUBMITTED:
                _button("Approve", "approve", lambda: cases.approve(_engine(at), load.actor(), kept, why), primary=True)
                _button("Give back", "return", lambda: cases.give_back(_engine(at), load.actor(), kept, why))


def _edits(at: Opened, made: Desk, case: Case, why: str) -> None:
    kept, page = made.kept, Page(made.place, made.base, case)
    if kept is None:
        own = case.model_copy(update={"owner": load.actor().person, "scope": at.choice.scope})
        act = partial(_create, at, own, why, None, page)
        _button("Keep as a draft", "keep", act, primary=True)
        return
    if kept.status is not Status.DRAFT:
        _button("New version", "revise", lambda: cases.revise(_engine(at), load.actor(), kept.id, kept.version, why))
    else:
        _button("Save", "save", lambda: cases.save(_engine(at), load.actor(), kept, case, why), primary=True)
        if case == kept.case:
            _button("Submit", "submit", lambda: cases.submit(_engine(at), load.actor(), kept, why))
    if case.name != kept.case.name:
        _copies(at, kept, page, why)


def _create(at: Opened, case: Case, why: str, origin: str | None, page: Page) -> Kept:
    return cases.create(_engine(at), load.actor(), case, why, origin, page)


def _copies(at: Opened, kept: Kept, page: Page, why: str) -> None:
    """Under another name: the same once more, or what was moved as a case of its own."""
    case = page.case
    if case.model_copy(update={"name": kept.case.name}) == kept.case:
        copied = (kept.id, kept.version, case.name, why)
        _button("Copy under this name", "copy", lambda: cases.copy(_engine(at), load.actor(), *copied))
    else:
        act = partial(_create, at, case, why, f"{kept.id} v{kept.version}", page)
        _button("Keep as a new case", "own", act)


def _state(kept: Kept | None) -> str:
    if kept is None:
        return "Not kept yet."
    who = {
        Status.DRAFT: f"changed by {kept.edited_by} on {text.day(kept.edited_at.date())}",
        Status.SUBMITTED: f"submitted by {kept.submitted_by}: somebody else approves it",
        Status.APPROVED: f"approved by {kept.approved_by}: it never changes, a new version can",
    }
    based = f"from {kept.based_on}" if kept.based_on else ""
    return text.joined(f"Version {kept.version}, {kept.status.value}", who[kept.status], based)


def _engine(at: Opened) -> Engine:
    return load.engine(at.state.url)


def _button(label: str, name: str, act: Callable[[], Kept], *, primary: bool = False) -> None:
    if not st.button(label, key=f"case-act-{name}", type="primary" if primary else "secondary"):
        return
    try:
        made = act()
    except (BadCase, NotPermitted, WarehouseError) as error:
        st.session_state["case-refused"] = f"{error}"
    else:
        st.session_state["case-said"] = f"{made.case.name} v{made.version} is {made.status.value}; the log keeps why."
        st.session_state["case-next"] = f"{made.id}:{made.version}"
        roi_desk.done()
    st.rerun()


def reviews(at: Opened) -> None:
    """The form by which an overdue review is made."""
    if not at.actor.may(Permission.EDIT_CASES, at.actor.entities):
        return
    with reading(_engine(at)) as connection:
        today = Reader(connection, load.settings()).today
        late = [one for one in ledger.entries(connection, at.actor) if one.overdue(today)]
    if not late:
        return
    labels = [f"{one.kept.case.name}: {one.promised.title}, {one.due.month} months" for one in late]
    summary = "The measure is read when you save; you say what is known of why."
    st.html(html.heading("Make a review", summary, "review"))
    with st.container(border=True, key="review-form"):
        place = st.selectbox("Review", range(len(late)), format_func=labels.__getitem__, key="review-which")
        entry = late[place or 0]
        _review_form(at, entry, load.review_found(at.actor, at.state, entry.key))


def _review_form(at: Opened, entry: ledger.Entry, found: Found) -> None:
    said = found.reason
    if found.value is not None:
        value = in_unit(found.value, found.measure.unit, entry.kept.case.currency)
        said = f"{found.measure.name} is {value} in {text.period(entry.due.period)}"
    st.html(f'<p class="pl-note">{escape(said)}</p>')
    left, right = st.columns([2, 3])
    kinds = list(Attribution)
    why = left.selectbox("What is known of why", kinds, format_func=lambda one: one.value, key="review-why")
    reason = right.text_input("In a sentence, for the log", max_chars=300, key="review-said")
    if st.button("Keep the review", type="primary", key="review-save"):
        _review(at, entry, why, reason)


def _review(at: Opened, entry: ledger.Entry, why: Attribution, said: str) -> None:
    try:
        ledger.review(_engine(at), load.settings(), load.actor(), entry.key, why, said)
    except (BadCase, NotPermitted, WarehouseError) as error:
        st.session_state["case-refused"] = f"{error}"
    else:
        st.session_state["case-said"] = "The review is kept, with what was measured beside the plan."
    st.rerun()
