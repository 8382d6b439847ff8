"""Data health: sources, coverage, unmapped names and the form that maps them, what was set aside."""

from __future__ import annotations

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Notice
from app.render import html, web
from app.screens.base import Opened, Screen, opened, show
from data.access import NotPermitted, Permission
from data.settings import ConfigurationError
from data.warehouse.catalog import map_key
from data.warehouse.engine import WarehouseError
from data.warehouse.read_sources import UnmappedKey
from data.warehouse.rollup import rollup

TITLE = "Data health"
FIRST = ("health.summary", "health.sources", "health.coverage")
LAST = ("health.reconciliation", "health.rejected", "health.runs", "health.files")


def draw() -> None:
    """The page; saving a mapping brings the numbers up to date before it is drawn again."""
    if (at := opened(TITLE)) is None:
        return
    if said := st.session_state.pop("mapped", None):
        web.draw(Notice("info", said))
    show(at, FIRST)
    _unmapped(at)
    show(at, LAST)


def _unmapped(at: Opened) -> None:
    keys = load.unmapped(at.actor, at.state)
    stand = "stands" if len(keys) == 1 else "stand"
    waiting = f"{text.plural(len(keys), 'name')} {stand} for no scope yet: charges count for their whole source only, "
    waiting += "other facts are kept and not counted."
    st.html(html.heading("Unmapped names", waiting if keys else "", "unmapped"))
    if not keys:
        web.draw(Notice("info", "Every name that a source uses stands for a scope."))
        return
    if not at.actor.may(Permission.MAP_KEYS):
        web.draw(Notice("info", "Mapping a name needs the role of an analyst."))
        return
    _form(keys, at)


def _form(keys: tuple[UnmappedKey, ...], at: Opened) -> None:
    names = {f"{one.source}\0{one.kind}\0{one.key}": one for one in keys}
    scopes = {one.id: "\u2003" * depth + one.name for depth, one in load.outline(at.state, at.actor).scopes}
    with st.form("map", border=True):
        left, right = st.columns([3, 2])
        chosen = left.selectbox("Name at the source", list(names), format_func=lambda one: _said(names[one]))
        scope = right.selectbox(
            "Stands for", list(scopes), index=None, format_func=lambda one: scopes[one], placeholder="Choose a scope"
        )
        why = st.text_input(
            "Reason", max_chars=200, placeholder="For the log: why does this name stand for that scope?"
        )
        if st.form_submit_button("Save", type="primary"):
            _save(names[chosen], scope, why.strip())


def _said(key: UnmappedKey) -> str:
    kind = key.fact.replace("_", " ")
    return text.joined(f"{key.kind} {key.key}", key.source, text.plural(key.count, f"{kind} fact"))


def _save(key: UnmappedKey, scope: str | None, why: str) -> None:
    if scope is None or not why:
        web.draw(Notice("error", "Nothing was saved: choose the scope and give a reason, which the log keeps."))
        return
    settings = load.settings()
    engine = load.engine(settings.warehouse.url)
    try:
        with st.spinner("Saving, then adding the facts to the numbers …"):
            map_key(engine, settings, load.actor(), (key.source, key.kind, key.key), scope, why)
            done = rollup(engine, settings)
    except (NotPermitted, ConfigurationError, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
        return
    st.session_state["mapped"] = (
        f"{key.key} stands for {scope} now: {text.plural(done.rows, 'daily number')} changed, "
        f"{text.count(done.restated)} of them of closed periods."
    )
    st.rerun()


SCREEN = Screen("health", TITLE, draw)
