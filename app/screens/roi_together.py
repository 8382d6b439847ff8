"""Which inputs of a business case move together, and how much."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from app.content import format as text
from app.content.blocks import Column, Table
from app.content.sections import case_words as words
from app.content.sections.base import row
from app.render import html, web
from app.screens.roi_desk import Desk, pressed
from data.finance import case_lines
from data.finance.case import Case


def together(made: Desk, case: Case) -> None:
    """The pairs there are, and the fields to tie two inputs or to let them go."""
    said = "In the draws: 1 moves as one, −1 against each other, 0 by themselves."
    st.html(html.heading("What moves together", said, "together"))
    known = [f"{line.id}.{name}" for line in case.line for name, given, _ in line.parameters() if given.is_uncertain]
    tied = case_lines.pairs(case)
    columns = (Column("Input"), Column("With"), Column("Correlation", "right"))
    rows = tuple(row(_named(case, one), _named(case, other), text.plain(how, 2)) for one, other, how in tied)
    web.draw(Table("case-together", "", columns, rows, empty="Inputs are drawn by themselves."))
    options = list(dict.fromkeys([*known, *(name for one, other, _ in tied for name in (one, other))]))
    if len(options) < 2:
        st.caption("Two inputs need a range first: give it under “Ranges, sources and owners”.")
        return
    names = {name: _named(case, name) for name in options}
    key = f"{made.fields}-tie"
    one = st.selectbox("Input that moves", options, 0, names.__getitem__, key=f"{key}-one")
    other = st.selectbox("With", options, 1, names.__getitem__, key=f"{key}-other")
    how = st.number_input("Correlation", -1.0, 1.0, 0.5, 0.1, key=f"{key}-how")
    with st.container(horizontal=True, key="case-tie", gap="small"):
        args = (case_lines.tied, (one, other), Decimal(str(round(how, 4))))
        st.button("Let them move together", key=f"{key}-do", on_click=pressed, args=args)
        there = any({one, other} == {a, b} for a, b, _ in tied)
        args_untied = (case_lines.untied, (one, other))
        st.button(
            "Let them move by themselves", key=f"{key}-undo", on_click=pressed, args=args_untied, disabled=not there
        )


def _named(case: Case, name: str) -> str:
    return words.input_name(case, name)
