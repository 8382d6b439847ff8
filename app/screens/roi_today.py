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
from app.screens import roi_lines
from app.screens.base import Opened
from app.screens.roi_desk import Desk, pressed
from app.screens.roi_file import files
from app.screens.roi_measured import measured, reader_of
from app.screens.roi_notes import notes
from data.finance.case import Case, Line
from data.finance.case_moves import merged
from data.finance.moved import moved
from data.finance.roi import valuation
from data.warehouse.engine import reading
from data.warehouse.measured import Again, Measurer, measured_again
from data.warehouse.readings import Reader


def today(at: Opened, made: Desk, case: Case, tell: Tell) -> None:
    """What the measured inputs say now, and how much of the result each moved."""
    said = f"Measured inputs, read for {text.period(at.choice.period)} and the chosen scope."
    st.html(html.heading("Today’s numbers", said, "today"))
    # containers keep the place of what stands below: a grid that moves forgets what is being typed in it
    with st.container():
        if any(_can_start(line) for line in case.line):
            key = f"{made.fields}-start"
            st.button("Start inputs from measured values", key=key, on_click=pressed, args=(_start, at))
    with st.container():
        if st.toggle("Run it on today’s numbers", key=f"{made.fields}-today"):
            now, read = _again(at, case)
            web.sections((Section("moves", "", (_moves(case, now, read),)),), tell)
            if now != case:
                key = f"{made.fields}-take"
                st.button("Take these over", key=key, on_click=pressed, args=(_taken, case, now))
    with st.expander("Lines and what moves together"):
        roi_lines.lines(at, made, case)
    with st.expander("Ranges, sources and owners"):
        notes(case, made.fields)
    with st.expander("As a file"):
        files(made, case)


def _can_start(line: Line) -> bool:
    """Whether an input of the line could be measured and is not yet."""
    inputs = ((given, one) for _, given, one in line.parameters())
    return any(one is not None and one.measure and not one.promised and not given.measured for given, one in inputs)


def _again(at: Opened, case: Case) -> tuple[Case, tuple[Again, ...]]:
    with reading(load.engine(at.state.url)) as connection:
        reader = reader_of(at, Reader(connection, load.settings()))
        return measured_again(Measurer(reader, case.currency), case, at.choice.scope, at.choice.period)


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


def _start(case: Case, at: Opened) -> Case:
    """Every input that can be measured, as it is measured; promised ones and the rest stay as they are."""
    return case.model_copy(update={"line": measured(at, case, case.line)})


def _taken(case: Case, before: Case, now: Case) -> Case:
    """The case with what today's numbers changed in the one before."""
    return merged(before, now, case)
