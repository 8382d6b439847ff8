"""What a page is: a name, an address, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from app import filters, load
from app.content.blocks import Marks, Notice
from app.load import Choice, State
from app.refresh import when_data_move
from app.render import web

NO_DATA = Notice(
    "missing",
    "The warehouse is ready and holds no numbers yet.",
    "Run `python -m pipelines sync`; `python -m pipelines check` tells what a source still needs",
)
NO_SCOPE = Notice(
    "missing",
    "No scope is declared, so there is nothing a number could be about.",
    "Add [[scope]] entries to plumbline.toml, then run `python -m pipelines sync`",
)


@dataclass(frozen=True)
class Screen:
    """A page: its address under the root, its title, and what draws it."""

    path: str
    title: str
    draw: Callable[[], None]


@dataclass(frozen=True)
class Opened:
    """What a page stands on once there is something to show."""

    state: State
    choice: Choice


def opened(title: str) -> Opened | None:
    """The head of every page: the marks, the filters, what was wrong in the address. None where there is no data."""
    web.style()
    st.html(f'<h1 class="pl-alt">{title}</h1>')
    state = load.state()
    when_data_move(state)
    if state is None:
        web.draw(NO_DATA)
        return None
    settings, outline = load.settings(), load.outline(state)
    if state.demo:
        web.draw(Marks("Demo data", f"{settings.company.name} is an invented company; its numbers are nobody's."))
    found = filters.choose(state, outline, settings)
    if found is None:
        web.draw(NO_SCOPE)
        return None
    for notice in found.notices:
        web.draw(notice)
    return Opened(state, found.choice)


def show(at: Opened, names: tuple[str, ...]) -> None:
    """Sections by name, each figure and table of which can be taken away."""
    web.sections(load.sections(at.state, names, at.choice), partial(load.about, at.state, at.choice))


def page(title: str, names: tuple[str, ...]) -> Callable[[], None]:
    """A page that is nothing but sections."""

    def draw() -> None:
        if (at := opened(title)) is not None:
            show(at, names)

    return draw
