"""The frames of a budget's grid, and what is typed into them.

The grid widget forgets or repeats edits when its own data change under it. So a frame is made once and stays as it is
until the person asks for something that needs another one (undo, fill, paste …). What is typed is read at the start of
whatever run comes next, also of one that leaves the page, and from the frames just replaced too: a cell may be left
while the page is already being drawn anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from app import load
from app.screens import budget_desk
from app.screens.budget_desk import Desk
from data.access import NotPermitted
from data.finance.budget import BadBudget
from data.finance.budget_edits import MONTH_FIELDS, number_of
from data.settings import ConfigurationError
from data.sign_in import SignedOut
from data.warehouse.engine import WarehouseError

STILL = '<i class="pl-still"></i>'
"""Stands on a page until it is drawn anew: grids about to be replaced take neither clicks nor keys meanwhile."""

Cells = dict[tuple[str, str], str]

_FRAMES, _NOT_KEPT = "budget-frames", "budget-not-kept"
_LATE = 8
"""Frames that are remembered: those of the lines and of the drivers, a few turns back."""


@dataclass
class Frame:
    """What one grid was made of: its desk and turn, rows, fields by column title, and what was read of it so far."""

    made: Desk
    turn: int
    rows: list[str]
    titles: Mapping[str, str]
    table: pd.DataFrame
    told: Cells = field(default_factory=dict)


def frame(made: Desk, what: str, titles: Mapping[str, str], rows: Sequence[str]) -> tuple[str, Frame]:
    """The widget's key of one of the grids in this turn, and its frame, made where there is none yet."""
    key, frames = f"{made.grid}-{what}", _frames()
    if key not in frames:
        before = {(row, name): made.texts.get(row, {}).get(name, "") for row in rows for name in titles.values()}
        frames[key] = Frame(made, made.turn, list(rows), titles, _table(before, titles, rows))
        for old in list(frames)[:-_LATE]:
            del frames[old]
    return key, frames[key]


def _frames() -> dict[str, Frame]:
    made: dict[str, Frame] = st.session_state.setdefault(_FRAMES, {})
    return made


def _table(before: Cells, titles: Mapping[str, str], rows: Sequence[str]) -> pd.DataFrame:
    columns = {title: [_cell(name, before[row, name]) for row in rows] for title, name in titles.items()}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(rows)))


def _cell(name: str, said: str) -> object:
    if name == "mandatory":
        return said == "yes"
    if name in MONTH_FIELDS or name == "annual":
        try:
            return f"{number_of(said):,.2f}" if said else ""
        except BadBudget:
            return said
    return said


def read(key: str) -> None:
    """Keep what a grid tells beyond what was read of it; what cannot be kept is told when the page is drawn."""
    found, state = _frames().get(key), st.session_state.get(key)
    if found is None or not state:
        return
    told = edited_cells(state, found.rows, found.titles)
    typed = {cell: said for cell, said in told.items() if found.told.get(cell) != said}
    if not typed:
        return
    try:
        budget_desk.take(found.made, load.actor(), typed)
    except SignedOut:
        return
    except (BadBudget, NotPermitted, ConfigurationError, WarehouseError) as error:
        st.session_state[_NOT_KEPT] = f"{error}"
        return
    found.told |= typed
    if found.turn != found.made.turn:
        found.made.turn += 1  # the frame that took its place does not show it


def read_all(made: Desk) -> None:
    """Read every grid before anything is drawn. One that the browser forgot, as the page was left, is made anew."""
    for key, found in list(_frames().items()):
        if found.made is made:
            read(key)
            if found.turn == made.turn and found.told and key not in st.session_state:
                made.turn += 1


def on_screen(made: Desk) -> bool:
    """Whether a grid of this turn stands on the page, where somebody may be typing."""
    return any(
        found.made is made and found.turn == made.turn and key in st.session_state for key, found in _frames().items()
    )


def not_kept() -> str:
    """Why something that was typed could not be kept, once."""
    return str(st.session_state.pop(_NOT_KEPT, ""))


def edited_cells(state: Any, rows: Sequence[str], titles: Mapping[str, str]) -> Cells:
    """What a grid says was edited since its frame was made: row and field to text. `titles` are fields by column."""
    found: Cells = {}
    for place, row in (state.get("edited_rows") or {}).items():
        for column, value in row.items():
            if column in titles and int(place) < len(rows):
                found[rows[int(place)], titles[column]] = _text(value)
    return found


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value).strip()
