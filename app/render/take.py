"""The small menu beside a figure or table by which it is taken away; files are made only once they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app.content.blocks import Block, Section, Table, walk
from app.content.takeaway import About, Takeable, file_name, is_takeable, measures_of, sheet
from app.render.files import CSV_TYPE, PNG_TYPE, XLSX_TYPE, as_csv, as_xlsx

LABEL = "Take away"
Tell = Callable[[tuple[str, ...]], About]
"""What numbers of some measures are about."""


@dataclass(frozen=True)
class Taking:
    """Who tells what the page is about, and what a block stands among."""

    tell: Tell
    section: tuple[Block, ...] = ()


_NOW: ContextVar[Taking | None] = ContextVar("taking", default=None)


@contextmanager
def taking(tell: Tell | None, section: Section) -> Iterator[None]:
    """Within it, figures and tables that are drawn can be taken away; with nobody to tell they cannot."""
    token = _NOW.set(Taking(tell, tuple(walk(section.blocks))) if tell is not None else None)
    try:
        yield
    finally:
        _NOW.reset(token)


def menu(block: Takeable) -> None:
    """The menu, where there is something to take."""
    if (now := _NOW.get()) is not None and is_takeable(block):
        _menu(block, now)


@st.fragment
def _menu(block: Takeable, now: Taking) -> None:
    """A quiet button and, once it was pressed, the files beside it: in reading order, so that a keyboard gets there."""
    flag = f"taking-{block.id}"
    with st.container(key=f"take-{block.id}", horizontal=True, horizontal_alignment="right", gap="small"):
        st.button(LABEL, key=f"menu-{block.id}", type="tertiary", on_click=_turn, args=(flag,))
        if st.session_state.get(flag):
            _files(block, now)


def _turn(flag: str) -> None:
    st.session_state[flag] = not st.session_state.get(flag)


def _files(block: Takeable, now: Taking) -> None:
    """A button for each kind of file."""
    about = now.tell(measures_of(now.section, block))
    kinds: list[tuple[str, str, str, Callable[[], bytes]]] = [
        ("csv", "CSV", CSV_TYPE, partial(_csv, block)),
        ("xlsx", "Excel", XLSX_TYPE, partial(_xlsx, block, about)),
    ]
    if not isinstance(block, Table):
        kinds.append(("png", "Picture", PNG_TYPE, partial(_png, block, about)))
    for ending, label, mime, make in kinds:
        name, key = file_name(block, about, ending), f"{ending}-{block.id}"
        st.download_button(label, make, name, mime, key=key, on_click="ignore", type="tertiary")


def _csv(block: Takeable) -> bytes:
    return as_csv(sheet(block))


def _xlsx(block: Takeable, about: About) -> bytes:
    return as_xlsx(sheet(block), about)


def _png(block: Takeable, about: About) -> bytes:
    # the drawing of paper takes a while to load, and few readers ask for it
    from app.render.picture import as_png

    assert not isinstance(block, Table)
    return as_png(block, about)
