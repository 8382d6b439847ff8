"""Budget: scenarios to type in, their rules, how they compare, where the year lands, who approves them."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app import load
from app.content import budget_landing, budget_views
from app.content.blocks import Notice, Section
from app.render import html, web
from app.render.take import Tell
from app.screens import budget_acts, budget_grid
from app.screens.arrival import arrived
from app.screens.base import Opened, Screen, opened
from app.screens.budget_desk import Desk, desk, on_desk, place, renew
from app.screens.budget_frames import STILL, on_screen
from data.access import Actor, NotPermitted, Permission
from data.finance import rules
from data.finance.budget import BadBudget
from data.finance.compare import compare, compare_with_actuals
from data.finance.forecast import Actuals, forecast, run_rate
from data.warehouse import budget_actuals, budget_rows
from data.warehouse.budget_rows import DRAFT, Head, Stored
from data.warehouse.engine import reading
from data.warehouse.readings import Reader

TITLE = "Budget"
_ACTUALS = "actuals"
_YEAR, _MONTHS = "The year, by reason", "Month by month"
NONE_YET = Notice(
    "missing",
    "There is no budget scenario yet that you may read.",
    "Bring one with `python -m app budget import`, or ask an editor of budgets to make one",
)


def draw() -> None:
    """The page: a scenario is chosen, kept in the address, and everything below is about it."""
    with _part():
        still, anew = st.empty(), arrived()
        if (made := on_desk()) is not None:
            made.turn += anew
            if not on_screen(made):
                still.html(STILL)
        at = opened(TITLE)
        for key, kind in (("budget-said", "info"), ("budget-refused", "error")):
            if at is not None and (said := st.session_state.pop(key, None)):
                web.draw(Notice("info" if kind == "info" else "error", said))
    if at is None:
        return
    try:
        _page(at, still)
    except (BadBudget, NotPermitted) as error:
        web.draw(Notice("error", f"{error}"))


def _part(key: str | None = None) -> DeltaGenerator:
    """A part of the page with a place of its own: what comes and goes in it moves nothing below.

    The grid that a person types in would be made anew if it moved.
    """
    return st.container(key=key)


def _page(at: Opened, still: DeltaGenerator) -> None:
    engine, settings = place()
    with reading(engine) as connection:
        heads = budget_rows.scenarios(connection, settings, at.actor)
    if not heads:
        web.draw(NONE_YET)
        return
    tell = partial(load.about, at.actor, at.state, at.choice)
    with _part():
        stored = _fresh(desk(_choose(heads), at.actor), at.actor)
        web.section(budget_views.head(stored, settings.zone))
        budget_acts.states(stored, at.actor)
    with _part("budget-grid"):
        if stored.head.status == DRAFT and budget_acts.may(stored, at.actor, Permission.EDIT_BUDGETS):
            budget_grid.edit(stored.head.id, at.actor)
    still.empty()
    done = load.budget_spent(at.actor, at.state, stored)
    web.sections(_told(stored, at.actor, done), tell)
    _compare(stored, heads, at.actor, done, tell)
    budget_acts.comments(stored, at.actor)
    budget_acts.experiments(stored, at.actor)
    budget_acts.workbook(stored, at.actor)


def _choose(heads: tuple[Head, ...]) -> str:
    names = budget_views.heads(heads)
    asked = st.query_params.get("budget", "")
    chosen = next((one.id for one in heads if asked in (one.id, one.series)), heads[0].id)
    if asked and asked not in (chosen, *(one.series for one in heads)):
        web.draw(Notice("error", f"There is no scenario {asked[:80]!r}. Shown is {names[chosen]}."))
    st.session_state["budget-choice"] = chosen  # the address decides; the select only shows it
    st.selectbox("Scenario", list(names), format_func=names.__getitem__, key="budget-choice", on_change=_take)
    return chosen


def _take() -> None:
    st.query_params["budget"] = str(st.session_state["budget-choice"])


def _fresh(made: Desk, actor: Actor) -> Stored:
    """What is stored now. A grid that somebody may be typing in stays on what they looked at, and the page says so."""
    engine, settings = place()
    with reading(engine) as connection:
        now = budget_rows.stored(connection, settings, actor, made.name)
    if now.head.saves == made.stored.head.saves:
        return now
    if now.head.status != DRAFT or not (made.steps or on_screen(made)):
        renew(made, actor)
        return made.stored
    who, kept = "Somebody saved this scenario since you opened it", "saving shows where the two meet"
    if made.steps:
        web.draw(Notice("late", f"{who}: your edits are kept, and {kept}."))
        return now
    web.draw(Notice("late", f"{who}: the grid below is as you opened it, and {kept}."))
    if st.button("Show it as it is now", key="budget-renew"):
        renew(made, actor)
        st.rerun()
    return now


def _told(stored: Stored, actor: Actor, done: Actuals) -> tuple[Section, ...]:
    """Rules and landing of what is stored."""
    engine, settings = place()
    with reading(engine) as connection:
        found = rules.check(stored.scenario, budget_rows.around(connection, settings, actor, stored))
    of = stored.scenario
    made = budget_views.rules(found, of.currency)
    return made, budget_landing.landing(of, forecast(of, done), done, run_rate(done))


def _compare(stored: Stored, heads: tuple[Head, ...], actor: Actor, done: Actuals, tell: Tell) -> None:
    others = [one for one in heads if one.id != stored.head.id]
    names = {_ACTUALS: "What was spent"} | budget_views.heads(others)
    st.html(html.heading("Compare", "With any other scenario, or with what was spent in the closed months.", "compare"))
    left, right = st.columns([2, 1])
    first = 1 if len(names) > 1 else 0
    other = left.selectbox("With", list(names), first, format_func=names.__getitem__, key="budget-compare-with")
    how = right.radio("Shown as", [_YEAR, _MONTHS], horizontal=True, key="budget-compare-how")
    engine, settings = place()
    try:
        with reading(engine) as connection:
            if other == _ACTUALS:
                counted = budget_actuals.counted(Reader(connection, settings), actor, stored.scenario)
                found = compare_with_actuals(stored.scenario, done, counted)
            else:
                found = compare(stored.scenario, budget_rows.stored(connection, settings, actor, str(other)).scenario)
    except BadBudget as error:
        web.draw(Notice("info", f"{error}"))
        return
    web.sections((budget_views.compared(found, stored.scenario.periods, monthly=how == _MONTHS),), tell)


SCREEN = Screen("budget", TITLE, draw, holds_edits=True)
