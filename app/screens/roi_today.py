"""A business case on today's numbers, and the lines that can be added to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from app import load
from app.content import format as text
from app.content.blocks import Cell, Column, Notice, Row, Section, Table
from app.content.sections import case_words as words
from app.render import html, web
from app.render.take import Tell
from app.screens.base import Opened
from app.screens.roi_desk import Desk, pressed
from app.screens.roi_notes import notes
from data.finance.case import Case, Line, Promise
from data.finance.case_moves import merged
from data.finance.levers import LEVERS, lever_named
from data.finance.levers.base import Side
from data.finance.measures import MEASURES
from data.finance.moved import moved
from data.finance.roi import valuation
from data.warehouse.engine import reading
from data.warehouse.measured import Again, Measurer, measured_again, started
from data.warehouse.reach import may_read, reader_for
from data.warehouse.readings import Reader


def today(at: Opened, made: Desk, case: Case, tell: Tell) -> None:
    """What the measured inputs say now, and how much of the result each moved."""
    said = f"Measured inputs, read for {text.period(at.choice.period)} and the chosen scope."
    st.html(html.heading("Today’s numbers", said, "today"))
    if any(_can_start(line) for line in case.line):
        key = f"{made.fields}-start"
        st.button("Start inputs from measured values", key=key, on_click=pressed, args=(_start, at))
    if st.toggle("Run it on today’s numbers", key=f"{made.fields}-today"):
        now, read = _again(at, case)
        web.sections((Section("moves", "", (_moves(case, now, read),)),), tell)
        if now != case:
            st.button("Take these over", key=f"{made.fields}-take", on_click=pressed, args=(_taken, case, now))
    with st.expander("Lines and promises"):
        _lines(at, made, case)
    with st.expander("Ranges, sources and owners"):
        notes(case, made.fields)


def _can_start(line: Line) -> bool:
    """Whether an input of the line could be measured and is not yet."""
    inputs = ((given, one) for _, given, one in line.parameters())
    return any(one is not None and one.measure and not one.promised and not given.measured for given, one in inputs)


def _again(at: Opened, case: Case) -> tuple[Case, tuple[Again, ...]]:
    with reading(load.engine(at.state.url)) as connection:
        reader = _reader(at, Reader(connection, load.settings()))
        return measured_again(Measurer(reader, case.currency), case, at.choice.scope, at.choice.period)


def _reader(at: Opened, reader: Reader) -> Reader:
    """Reads what the person may read. NotPermitted."""
    may_read(reader, at.actor, at.choice.scope, at.choice.period)
    return reader_for(reader, at.actor)


def _moves(case: Case, now: Case, read: Sequence[Again]) -> Table | Notice:
    if not read:
        return Notice("info", "No input of this case was measured: add a line that starts from measured values.")
    effects = {(one.line, one.parameter): one.npv for one in moved(case, now)}
    columns = (
        *(Column("Input"), Column("In the case", "right"), Column("Now", "right")),
        *(Column("Moves the value by", "right", "number", case.currency), Column("Read from"), Column("Fresh at")),
    )
    rows = []
    for one in sorted(read, key=lambda each: -abs(effects.get((each.line, each.parameter), Decimal(0)))):
        line = case.named(one.line)
        parameter = line.kind.parameter(one.parameter) if line.kind else None
        effect = effects.get((one.line, one.parameter))
        value = words.value(one.after.value, parameter, case.currency) if one.found.value is not None else "n/a"
        cells = (
            Cell(words.input_name(case, f"{one.line}.{one.parameter}")),
            Cell(words.value(one.before.value, parameter, case.currency)),
            Cell(value),
            Cell(words.money(effect, case.currency, signed=True) if effect else "", exact=effect),
            Cell(one.found.reason or text.joined(", ".join(one.found.sources), one.found.period.label)),
            Cell(text.day(one.found.fresh_at.date()) if one.found.fresh_at else ""),
        )
        rows.append(Row(cells))
    old, new = valuation(case).npv, valuation(now).npv
    change = words.money(new - old, case.currency, signed=True) if new != old else "nothing"
    total = Row((Cell("All inputs"), Cell(), Cell(), Cell(change, exact=new - old), Cell(), Cell()), strong=True)
    note = (
        f"Net present value {words.money(old, case.currency)} → {words.money(new, case.currency)}. "
        "Inputs of one line that moved together share what they did together evenly."
    )
    return Table("case-moves", "", columns, (*rows, total), note)


def _lines(at: Opened, made: Desk, case: Case) -> None:
    names = {one.id: f"{one.name} ({one.side.value})" for one in LEVERS}
    key = made.fields
    lever = st.selectbox("Lever", list(names), format_func=names.__getitem__, key=f"{key}-lever")
    st.caption(f"{lever_named(lever).meaning} {lever_named(lever).guard}")
    st.button("Add this line from measured values", key=f"{key}-add", on_click=pressed, args=(_add, at, lever))
    if not case.line:
        return
    titles = {line.id: line.title for line in case.line}
    line = st.selectbox("Line", list(titles), format_func=titles.__getitem__, key=f"{key}-line")
    _promise(at, made, case.named(line))
    st.button("Remove this line", key=f"{key}-remove", on_click=pressed, args=(_without, line))


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


def _add(case: Case, at: Opened, lever: str) -> Case:
    free = lever.replace("_", "-")
    taken = {line.id for line in case.line}
    names = (free, *(f"{free}-{place}" for place in range(2, len(taken) + 2)))
    name = next(one for one in names if one not in taken)
    made = _measured(at, case, (Line(id=name, lever=lever),))
    return case.model_copy(update={"line": (*case.line, *made)})


def _start(case: Case, at: Opened) -> Case:
    """Every input that can be measured, as it is measured; promised ones and the rest stay as they are."""
    return case.model_copy(update={"line": _measured(at, case, case.line)})


def _taken(case: Case, before: Case, now: Case) -> Case:
    """The case with what today's numbers changed in the one before."""
    return merged(before, now, case)


def _measured(at: Opened, case: Case, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines that start from measured values; what could not be measured is said on the page."""
    with reading(load.engine(at.state.url)) as connection:
        measurer = Measurer(_reader(at, Reader(connection, load.settings())), case.currency)
        found = [started(measurer, line, at.choice.scope, at.choice.period) for line in lines]
    missing = {f"{one.measure.name}: {one.reason}": None for _, read in found for one in read if one.value is None}
    if missing:
        st.session_state["case-said"] = f"Not measured, so left as it was. {'; '.join(missing)}."
    return tuple(line for line, _ in found)


def _without(case: Case, line: str) -> Case:
    kept = tuple(one for one in case.line if one.id != line)
    groups = tuple(one for one in case.together if not any(name.startswith(f"{line}.") for name in one.of))
    return case.model_copy(update={"line": kept, "together": groups})


def _promised(case: Case, name: str, promise: Promise) -> Case:
    line = case.named(name).model_copy(update={"promise": promise})
    return case.model_copy(update={"line": tuple(line if one.id == name else one for one in case.line)})
