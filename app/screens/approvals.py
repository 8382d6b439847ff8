"""Approvals: what waits for a second person, corrections of numbers, and the release of final packs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Facts, Notice
from app.load import Choice
from app.render import html, web
from app.screens.base import Opened, Screen, opened, show
from app.screens.packs import packs
from app.screens.waiting import needs_another, waiting
from data.access import NotPermitted, Permission
from data.metrics import metrics_of
from data.metrics.base import Metric
from data.period import Kind, Period
from data.settings import ConfigurationError
from data.warehouse.corrected import Correction
from data.warehouse.corrections import BadCorrection, Wanted, needs, plain, propose_correction, propose_lifting
from data.warehouse.engine import WarehouseError
from data.warehouse.proposals import Kind as Proposed

TITLE = "Approvals"


def draw() -> None:
    """The page."""
    if (at := opened(TITLE)) is None:
        return
    if said := st.session_state.pop("correct-saved", None):
        web.draw(Notice("info", said))
    held = load.corrections_in_force(at.actor, at.choice.scope)
    pairs = (("Waiting", text.count(len(load.proposals(at.actor)))), ("Corrections in force", text.count(len(held))))
    web.draw(Facts(pairs))
    waiting(at, "What waits for a second person", Proposed.TARGET, Proposed.CORRECTION, always=True)
    packs(at)
    show(at, ("board.corrected",))
    if at.actor.may(Permission.CORRECT, at.actor.entities):
        _correction(at)
        _lifting(held)


def _correction(at: Opened) -> None:
    summary = "What was counted stays beside it; every scope and period that holds the number takes the difference up."
    st.html(html.heading("Correct a number", summary, "correct"))
    with st.container(border=True, key="correct"):
        metrics = {one.id: one for one in metrics_of(load.settings()) if _can_be(one)}
        left, right = st.columns(2)
        name = left.selectbox("Measure", list(metrics), format_func=lambda one: metrics[one].name, key="correct-metric")
        period = _time(at.choice, right)
        try:
            now = load.counted(at.actor, name, at.choice.scope, period)
        except (BadCorrection, NotPermitted) as error:
            web.draw(Notice("info", f"{error}"))
            return
        fields = needs(metrics[name])
        key = f"{name}-{at.choice.scope}-{period.label}-{now.seen[:12]}"
        typed = {
            field: column.text_input(
                f"{field.capitalize()}, counted {plain(getattr(now, field))}",
                key=f"correct-{field}-{key}",
                max_chars=40,
            )
            for field, column in zip(fields, st.columns(len(fields)), strict=True)
        }
        why = st.text_input(
            "Reason", max_chars=200, placeholder="For the log: what was wrong?", key=f"correct-why-{key}"
        )
        if st.button("Propose", type="primary", key="correct-save"):
            _propose(at, (metrics[name], period, now.seen), typed, why)


def _can_be(metric: Metric) -> bool:
    try:
        needs(metric)
    except BadCorrection:
        return False
    return True


def _time(choice: Choice, column: st.delta_generator.DeltaGenerator) -> Period:
    """The shown period, or one day of it."""
    last = choice.period.end.toordinal() - 1
    day = column.date_input(
        f"Day, or none for the whole of {choice.period.label}",
        None,
        min_value=choice.period.start,
        max_value=date.fromordinal(last),
        format="YYYY-MM-DD",
        key=f"correct-day-{choice.period.label}",
    )
    if not isinstance(day, date):
        return choice.period
    return Period(day, date.fromordinal(day.toordinal() + 1), Kind.DAY)


def _propose(at: Opened, what: tuple[Metric, Period, str], typed: dict[str, str], why: str) -> None:
    (metric, period, seen), settings = what, load.settings()
    try:
        numbers = {field: Decimal(said.replace(",", "").strip()) for field, said in typed.items()}
        new = Wanted(metric.id, at.choice.scope, period, **numbers)
        engine = load.engine(settings.warehouse.url)
        number = propose_correction(engine, settings, load.actor(), new, seen, why)
    except InvalidOperation:
        web.draw(Notice("error", "Nothing was saved: write each number plainly, for example 86340 or 12.5."))
        return
    except (NotPermitted, ConfigurationError, WarehouseError) as error:
        web.draw(Notice("error", f"{error}"))
        return
    st.session_state["correct-saved"] = f"The correction of {metric.name} is proposed. {needs_another(number)}"
    st.rerun()


def _lifting(held: tuple[Correction, ...]) -> None:
    if not held:
        return
    known = {one.id: one.name for one in metrics_of(load.settings())}
    names = {
        one.proposal: f"{one.proposal} · {known.get(one.metric, one.metric)} of {one.scope}, {text.period(one.period)}"
        for one in held
    }
    st.html(html.heading("End a correction", "What is counted shows again.", "lift"))
    with st.form("lift", border=True):
        chosen = st.selectbox("Correction", list(names), format_func=names.__getitem__)
        why = st.text_input("Reason", max_chars=200, key="lift-why")
        if st.form_submit_button("Propose"):
            settings = load.settings()
            try:
                number = propose_lifting(load.engine(settings.warehouse.url), settings, load.actor(), chosen, why)
            except (NotPermitted, ConfigurationError, WarehouseError) as error:
                web.draw(Notice("error", f"{error}"))
                return
            st.session_state["correct-saved"] = f"The end of correction {chosen} is proposed. {needs_another(number)}"
            st.rerun()


SCREEN = Screen("approvals", TITLE, draw)
