"""Where an input of a business case comes from: its range, its source, its owner and its day, to be noted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import streamlit as st

from app import load
from app.content.blocks import Notice
from app.content.sections import case_words as words
from app.render import web
from app.screens import roi_desk
from data.clock import today
from data.finance.case import Assumption, BadCase, Case
from data.finance.case_file import checked, document
from data.finance.levers.base import Unit


def notes(case: Case, key: str) -> None:
    """The form for one input; the page goes on with the case that it makes."""
    names = {
        f"{line.id}.{name}": words.input_name(case, f"{line.id}.{name}")
        for line in case.line
        for name, _, _ in line.parameters()
    }
    if not names:
        return
    chosen = st.selectbox("Input", list(names), format_func=names.__getitem__, key=f"{key}-note")
    line, _, name = chosen.partition(".")
    given = case.named(line).assumption(name)
    kind = case.named(line).kind
    factor = 100 if kind and kind.parameter(name).unit is Unit.SHARE else 1
    said = _fields(given, factor, f"{key}-{chosen}", load.actor().person)
    if st.button("Note this", key=f"{key}-note-save"):
        try:
            roi_desk.turn(_noted, (line, name), said)
        except BadCase as error:
            web.draw(Notice("error", f"{error}"))
        else:
            st.rerun()


def _fields(given: Assumption, factor: int, key: str, person: str) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    unit = " (%)" if factor == 100 else ""
    low = left.number_input(f"Lowest{unit}", value=_shown(given.low, factor), key=f"{key}-low")
    high = middle.number_input(f"Highest{unit}", value=_shown(given.high, factor), key=f"{key}-high")
    shapes = ["pert", "triangular"]
    shape = right.selectbox("Shape", shapes, shapes.index(given.shape), key=f"{key}-shape")
    left, middle, right = st.columns([2, 1, 1])
    source = left.text_input("Where from", given.source, max_chars=400, key=f"{key}-source")
    owner = middle.text_input("Owner", given.owner or person, max_chars=80, key=f"{key}-owner")
    day = right.date_input("Noted", given.date or today(load.settings().zone), format="YYYY-MM-DD", key=f"{key}-date")
    ends = {name: None if one is None else Decimal(str(one)) / factor for name, one in (("low", low), ("high", high))}
    return ends | {"shape": shape, "source": source, "owner": owner, "date": day}


def _shown(end: Decimal | None, factor: int) -> float | None:
    return None if end is None else float(end * factor)


def _noted(case: Case, place: tuple[str, str], said: dict[str, Any]) -> Case:
    """The case with an assumption noted anew; an input whose value it does not hold is refused. BadCase."""
    line = case.named(place[0])
    given = line.assumption(place[1]).model_copy(update=said)
    values = {**line.values, place[1]: given}
    lines = tuple(line.model_copy(update={"values": values}) if one.id == line.id else one for one in case.line)
    return checked(document(case.model_copy(update={"line": lines})))
