"""ROI: business cases, their inputs to move, what they come to at once, and what approved ones promised."""

from __future__ import annotations

import json
from functools import partial

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.content.takeaway import About, of_case
from app.render import html, web
from app.screens import roi_acts, roi_desk, roi_inputs, roi_meanwhile, roi_today
from app.screens.base import Opened, Screen, opened, show
from app.screens.roi_desk import TEMPLATE, Desk
from data.access import NotPermitted
from data.finance.case import BadCase, Case
from data.finance.case_file import document, template, templates
from data.warehouse.cases import Status, kept_cases
from data.warehouse.engine import reading

TITLE = "ROI"


def draw() -> None:
    """The page."""
    if (at := opened(TITLE)) is None:
        return
    roi_acts.say_what_was_done()
    try:
        made = _chosen(at)
    except NotPermitted as error:
        web.draw(Notice("error", f"{error}"))
        return
    if made.theirs is not None:
        roi_meanwhile.meanwhile(made, made.theirs)
    _desk(at)
    show(at, ("roi.ledger",))
    roi_acts.reviews(at)


def _chosen(at: Opened) -> Desk:
    """The desk with the case that is chosen."""
    engine = load.engine(at.state.url)
    with reading(engine) as connection:
        kept = {f"{one.id}:{one.version}": one for one in kept_cases(connection, at.actor)}
    names = {key: f"{one.case.name} · v{one.version} · {one.status.value}" for key, one in kept.items()}
    names |= {TEMPLATE + name: f"Template: {template(name).name}" for name in templates()}
    wanted = st.session_state.pop("case-next", None)
    if wanted in names:
        st.session_state["case-chosen"] = wanted
    key = st.selectbox("Case", list(names), format_func=names.__getitem__, key="case-chosen")
    return roi_desk.lay(engine, at.actor, key, kept.get(key))


@st.fragment
def _desk(at: Opened) -> None:
    """Inputs and figures: moving an input draws only these anew."""
    made = roi_desk.desk()
    top = st.container(gap=None)
    with top:
        roi_acts.say_what_was_done()
    told, moving = st.columns([5, 3], gap="large")
    with moving, st.container(border=True, key="case-inputs"):
        head = st.container(gap=None)  # told when all that was moved is read
        try:
            roi_inputs.terms(made.start, made.fields, roi_desk.moved)
            case = roi_inputs.inputs(made.start, made.fields, roi_desk.moved)
        except BadCase as error:
            web.draw(Notice("error", f"{error}"))
            case = made.edited
        else:
            roi_desk.keep(case)
        with head:
            _head(made)
    try:
        first, figures, *rest = load.case_sections(json.dumps(document(case), sort_keys=True))
    except BadCase as error:
        web.draw(Notice("error", f"{error}"))
        return
    tell = partial(_about, at, made, case)
    with top:
        web.sections((first,), tell)
    with told:
        with st.container():
            web.sections((figures,), tell)
        roi_today.today(at, made, case, tell)
    roi_acts.acts(at, made, case)
    web.sections(tuple(rest), tell)


def _about(at: Opened, made: Desk, case: Case, measures: tuple[str, ...]) -> About:
    """What is taken away is about the case as it stands on the page, not about the period that is chosen."""
    outline = load.outline(at.state, at.actor)
    names = {scope.id: scope.name for _, scope in outline.scopes}
    scope = case.scope or outline.home or ""
    kept = made.kept
    moved = "inputs moved, not saved" if case != made.base else ""
    state = text.joined(f"version {kept.version}, {kept.status.value}" if kept else "a shipped case", moved)
    named = f"{kept.id}-v{kept.version}" if kept else made.key.removeprefix(TEMPLATE)
    about = load.about(at.actor, at.state, at.choice, measures)
    return of_case(about, case, state, named, (names.get(scope, scope), scope))


def _head(made: Desk) -> None:
    """What is unsaved, and the way to let go of it."""
    unsaved = roi_desk.unsaved()
    st.html(html.heading("Inputs", unsaved or _inputs_said(made), "inputs"))
    if made.unkept:
        web.draw(Notice("error", made.unkept))
    if unsaved and st.button("Let go of what is unsaved", key="case-drop", type="tertiary"):
        roi_desk.let_go()
        st.rerun()


def _inputs_said(made: Desk) -> str:
    if not made.keeps:
        return "Move what you like: it is not kept, as you may not edit this case."
    if made.kept is None:
        return "A shipped case: what you move is kept for you until you keep it as a case of your own, or let it go."
    if made.kept.status is Status.DRAFT:
        return "What you move is kept for you until you save it or let it go."
    return (
        f"This version is {made.kept.status.value}: what you move is kept for you, for a new version or another case."
    )


SCREEN = Screen("roi", TITLE, draw, holds_edits=True)
