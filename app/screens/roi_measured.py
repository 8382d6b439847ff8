"""Lines of a business case that start from what the person may read of the chosen period and scope."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import load
from app.screens.base import Opened
from data.finance.case import Case, Line
from data.warehouse.engine import reading
from data.warehouse.measured import Measurer, started
from data.warehouse.reach import may_read, reader_for
from data.warehouse.readings import Reader


def reader_of(at: Opened, reader: Reader) -> Reader:
    """Reads what the person may read. NotPermitted."""
    may_read(reader, at.actor, at.choice.scope, at.choice.period)
    return reader_for(reader, at.actor)


def measured(at: Opened, case: Case, lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines that start from measured values; what could not be measured is said on the page."""
    with reading(load.engine(at.state.url)) as connection:
        measurer = Measurer(reader_of(at, Reader(connection, load.settings())), case.currency)
        found = [started(measurer, line, at.choice.scope, at.choice.period) for line in lines]
    missing = {f"{one.measure.name}: {one.reason}": None for _, read in found for one in read if one.value is None}
    if missing:
        st.session_state["case-said"] = f"Not measured, so left as it was. {'; '.join(missing)}."
    return tuple(line for line, _ in found)
