"""ROI: business cases, their inputs to move, what they come to at once, and what approved ones promised."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.content.takeaway import About, of_case
from app.render import html, web
from app.screens import roi_acts, roi_inputs, roi_today
from app.screens.base import Opened, Screen, opened, show
from data.access import NotPermitted
from data.finance.case import BadCase, Case
from data.finance.case_file import document, template, templates
from data.warehouse.cases import Kept, Status, kept_cases
from data.warehouse.engine import reading

TITLE = "ROI"
_TEMPLATE = "template:"


@dataclass(frozen=True)
class Looked:
    """The case that a person works on: as it was kept or shipped, and as it stands on the page before inputs moved.

    `turn` counts structural changes, after which fields start anew.
    """

    key: str
    kept: Kept | None
    case: Case
    turn: int = 0

    @property
    def fields(self) -> str:
        """What the keys of the page's fields begin with."""
        seen = self.kept.revision if self.kept else 0
        return f"case-{self.key}-{seen}-{self.turn}"


def draw() -> None:
    """The page."""
    if (at := opened(TITLE)) is None:
        return
    roi_acts.say_what_was_done()
    try:
        looked = _chosen(at)
    except NotPermitted as error:
        web.draw(Notice("error", f"{error}"))
        return
    _desk(at, looked)
    show(at, ("roi.ledger",))
    roi_acts.reviews(at)


def _chosen(at: Opened) -> Looked:
    """The case that is chosen, kept in the session until another is chosen or it was saved."""
    with reading(load.engine(at.state.url)) as connection:
        kept = {f"{one.id}:{one.version}": one for one in kept_cases(connection, at.actor)}
    names = {key: f"{one.case.name} · v{one.version} · {one.status.value}" for key, one in kept.items()}
    names |= {_TEMPLATE + name: f"Template: {template(name).name}" for name in templates()}
    wanted = st.session_state.pop("case-next", None)
    if wanted in names:
        st.session_state["case-chosen"] = wanted
    key = st.selectbox("Case", list(names), format_func=names.__getitem__, key="case-chosen")
    before = st.session_state.get("case-looked")
    now = kept.get(key)
    if isinstance(before, Looked) and before.key == key and before.kept == now:
        return before
    if isinstance(before, Looked) and before.key == key and before.kept is not None and _is_edited(before):
        _meanwhile(now)  # what was typed stays until it is copied or dropped
        return before
    looked = Looked(key, now, now.case if now else template(key.removeprefix(_TEMPLATE)))
    st.session_state["case-looked"] = looked
    return looked


def _meanwhile(now: Kept | None) -> None:
    who = f"{now.edited_by} changed this version meanwhile (it is {now.status.value} now)" if now else "It is gone"
    said = f"{who}. What you moved is still here, and cannot be saved over it."
    web.draw(Notice("late", said, "Keep yours under another name below, or look at theirs"))
    if st.button("Look at theirs", key="case-theirs"):
        st.session_state.pop("case-looked", None)
        st.session_state.pop("case-edited", None)
        st.rerun()


def _is_edited(looked: Looked) -> bool:
    edited = st.session_state.get("case-edited")
    return isinstance(edited, Case) and looked.kept is not None and edited != looked.kept.case


@st.fragment
def _desk(at: Opened, looked: Looked) -> None:
    """Inputs and figures: moving an input draws only these anew."""
    top = st.container(gap=None)
    told, moving = st.columns([5, 3], gap="large")
    case = looked.case
    with moving, st.container(border=True, key="case-inputs"):
        st.html(html.heading("Inputs", _inputs_said(looked), "inputs"))
        try:
            case = roi_inputs.inputs(roi_inputs.terms(case, looked.fields), looked.fields)
        except BadCase as error:
            web.draw(Notice("error", f"{error}"))
    st.session_state["case-edited"] = case
    try:
        first, figures, *rest = load.case_sections(json.dumps(document(case), sort_keys=True))
    except BadCase as error:
        web.draw(Notice("error", f"{error}"))
        return
    tell = partial(_about, at, looked, case)
    with top:
        web.sections((first,), tell)
    with told:
        web.sections((figures,), tell)
        roi_today.today(at, looked, case, tell)
    roi_acts.acts(at, looked, case)
    web.sections(tuple(rest), tell)


def _about(at: Opened, looked: Looked, case: Case, measures: tuple[str, ...]) -> About:
    """What is taken away is about the case as it stands on the page, not about the period that is chosen."""
    outline = load.outline(at.state, at.actor)
    names = {scope.id: scope.name for _, scope in outline.scopes}
    scope = case.scope or outline.home or ""
    kept = looked.kept
    moved = "inputs moved, not kept" if case != (kept.case if kept else looked.case) else ""
    state = text.joined(f"version {kept.version}, {kept.status.value}" if kept else "a shipped case", moved)
    named = f"{kept.id}-v{kept.version}" if kept else looked.key.removeprefix(_TEMPLATE)
    about = load.about(at.actor, at.state, at.choice, measures)
    return of_case(about, case, state, named, (names.get(scope, scope), scope))


def _inputs_said(looked: Looked) -> str:
    if looked.kept is None:
        return "A shipped case: move what you like, then keep it as a case of your own."
    if looked.kept.status is Status.DRAFT:
        return "Moved inputs are kept only when you save."
    return f"This version is {looked.kept.status.value}: what you move here is not kept."


SCREEN = Screen("roi", TITLE, draw)
