"""The lines of a business case: added and removed, named, spread over the years, promised on a measure."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import streamlit as st

from app import load
from app.content.blocks import Notice
from app.render import web
from app.screens import roi_desk, roi_fields
from app.screens.base import Opened
from app.screens.roi_desk import Desk, pressed
from app.screens.roi_measured import measured
from app.screens.roi_together import together
from data.finance import case_lines
from data.finance.case import Case, Line, Promise
from data.finance.levers import LEVERS, lever_named
from data.finance.levers.base import Side, When
from data.finance.measures import MEASURES

_DATED = {f"dated {side.value}": side for side in Side}


def lines(at: Opened, made: Desk, case: Case) -> None:
    """A line is added, or one of them is chosen and edited; below, which inputs move together."""
    _new(at, made)
    if not case.line:
        return
    titles = {line.id: line.title for line in case.line}
    # what was typed for one line is taken before the fields of another are drawn
    line = st.selectbox(
        "Line", list(titles), format_func=titles.__getitem__, key=f"case-{made.key}-line", on_change=pressed,
        args=(_same,),
    )  # fmt: skip
    _edit(made, made.start.named(line))
    _promise(at, made, case.named(line))
    st.button("Remove this line", key=f"{made.fields}-remove", on_click=pressed, args=(case_lines.without, line))
    together(made, case)


def _same(case: Case) -> Case:
    return case


def _new(at: Opened, made: Desk) -> None:
    names = {one.id: f"{one.name} ({one.side.value})" for one in LEVERS}
    names |= {name: f"Dated amounts ({side.value})" for name, side in _DATED.items()}
    key = made.fields
    chosen = st.selectbox("Lever", list(names), format_func=names.__getitem__, key=f"{key}-lever")
    if chosen in _DATED:
        st.caption("Amounts on days of your own, such as the payments of a contract.")
        st.button("Add this line", key=f"{key}-add", on_click=pressed, args=(_dated, _DATED[chosen]))
        return
    st.caption(f"{lever_named(chosen).meaning} {lever_named(chosen).guard}")
    label = "Add this line from measured values"
    st.button(label, key=f"{key}-add", on_click=pressed, args=(_add, at, chosen))


def _dated(case: Case, side: Side) -> Case:
    return _shown(case_lines.with_new(case, case_lines.dated(case, side)))


def _add(case: Case, at: Opened, lever: str) -> Case:
    (line,) = measured(at, case, (Line(id=lever.replace("_", "-"), lever=lever),))
    return _shown(case_lines.with_new(case, line))


def _shown(case: Case) -> Case:
    """The last line is the chosen one from here on."""
    st.session_state[f"case-{roi_desk.desk().key}-line"] = case.line[-1].id
    return case


def _edit(made: Desk, line: Line) -> None:
    """The fields of one line, which `roi_fields` reads."""
    key = f"{made.fields}-{line.id}"
    left, right = st.columns(2)
    left.text_input("Name of the line", line.title, max_chars=200, key=f"{key}-title", on_change=roi_desk.moved)
    right.text_input("Owner of the line", line.owner, max_chars=80, key=f"{key}-owner", on_change=roi_desk.moved)
    if line.kind is None:
        _flows(made, line, key)
    else:
        _spread(made, line, line.kind.when, key)
    for fault in roi_fields.faults(made.start, line, key):
        web.draw(Notice("error", f"Not taken yet: {fault}"))


def _spread(made: Desk, line: Line, usual: When, key: str) -> None:
    left, right = st.columns(2)
    names: dict[When | None, str] = {None: f"As usual for it: {usual.value}"} | {one: one.value for one in When}
    options = list(names)
    left.selectbox(
        "Falls due", options, options.index(line.when), format_func=names.__getitem__, key=f"{key}-when",
        on_change=roi_desk.moved, disabled=bool(line.ramp),
        help="A ramp says it by itself." if line.ramp else None,
    )  # fmt: skip
    right.text_input(
        "Ramp (%)", case_lines.ramp_said(line.ramp), key=f"{key}-ramp", max_chars=200, on_change=roi_desk.moved,
        placeholder=", ".join(["0", "50", *["100"] * 15][: made.start.years + 1]),
        help="The share of its amount that falls due at the start and in each year; empty: no ramp.",
    )  # fmt: skip


def _flows(made: Desk, line: Line, key: str) -> None:
    """The grid of dated amounts; its frame is that of the turn, so that it stays while it is typed in."""
    frame = pd.DataFrame(
        {"Date": [one.date for one in line.flows], "Amount": [f"{one.amount:,f}" for one in line.flows]},
        index=pd.RangeIndex(len(line.flows)),
    )
    st.data_editor(
        frame, key=f"{key}-flows", num_rows="dynamic", hide_index=True, on_change=roi_desk.moved, height=240,
        column_config={
            "Date": st.column_config.DateColumn(format="YYYY-MM-DD"),
            # text, so that what cannot be read as a number is told instead of becoming nothing
            "Amount": st.column_config.TextColumn(f"Amount ({made.start.currency})", alignment="right", max_chars=40),
        },
        alt=f"Dated amounts of {line.title}",
    )  # fmt: skip


def _promise(at: Opened, made: Desk, line: Line) -> None:
    """On which measure a benefit is promised, for the chosen scope."""
    if line.stands is not Side.BENEFIT:
        return
    own = line.kind.promised if line.kind else None
    first = line.promise.measure if line.promise else own.measure if own else None
    metrics = {one.id: one.name for one in MEASURES} | load.measure_names(at.state)
    options = list(metrics)
    start = options.index(first) if first in options else 0
    key = f"{made.fields}-{line.id}"
    name = st.selectbox("Promised on", options, start, metrics.__getitem__, key=f"{key}-measure")
    baseline = planned = None
    if own is None or own.measure != name:
        left, right = st.columns(2)
        kept = line.promise
        baseline = left.number_input("Before", value=_float(kept.baseline if kept else None), key=f"{key}-before")
        planned = right.number_input("Planned", value=_float(kept.planned if kept else None), key=f"{key}-planned")
    promise = Promise(
        measure=name,
        scope=at.choice.scope,
        baseline=None if baseline is None else Decimal(str(baseline)),
        planned=None if planned is None else Decimal(str(planned)),
    )
    st.button("Promise it on this", key=f"{key}-promise", on_click=pressed, args=(_promised, line.id, promise))


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))


def _promised(case: Case, name: str, promise: Promise) -> Case:
    return case_lines.with_line(case, case.named(name).model_copy(update={"promise": promise}))
