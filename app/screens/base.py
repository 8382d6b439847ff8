"""What a page is: a name, an address, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from html import escape

import streamlit as st

from app import filters, load
from app.content.blocks import Marks, Notice
from app.load import Choice, State
from app.refresh import when_data_move
from app.render import web
from app.sign_in import sign_out
from data.access import Actor

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
    """A page: its address under the root, its title, and what draws it.

    `holds_edits`: what is typed there is kept as it is typed. Such a page is drawn as a part of the script itself: of
    what belongs to a page alone, the browser tells nothing any more together with the wish for another page, and the
    server drops what it was told an instant before.
    """

    path: str
    title: str
    draw: Callable[[], None]
    holds_edits: bool = False


@dataclass(frozen=True)
class Opened:
    """What a page stands on once there is something to show."""

    state: State
    choice: Choice
    actor: Actor


def entered(title: str) -> tuple[State, Actor] | None:
    """What stands above all else: the title for who cannot see, who reads, the marks. None where there is no data."""
    web.style()
    st.html(f'<h1 class="pl-alt">{title}</h1>')
    actor, state = load.actor(), load.state()
    when_data_move(state)
    with st.container(key="head", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if state is not None and state.demo:
            meant = f"{load.settings().company.name} is an invented company; its numbers are nobody's."
            web.draw(Marks("Demo data", meant))
        _person(actor)
    if state is None:
        web.draw(NO_DATA)
        return None
    return state, actor


def opened(title: str) -> Opened | None:
    """The head of most pages: that, the filters, what was wrong in the address. None where there is no data."""
    if (inside := entered(title)) is None:
        return None
    state, actor = inside
    settings, outline = load.settings(), load.outline(state, actor)
    found = filters.choose(state, outline, settings)
    if found is None:
        web.draw(NO_SCOPE)
        return None
    for notice in found.notices:
        web.draw(notice)
    at = Opened(state, found.choice, actor)
    show(at, ("board.corrected_note",))
    return at


def _person(actor: Actor) -> None:
    """Who reads, and the way out; without sign-in that nobody signs in."""
    settings = load.settings()
    if settings.sign_in is None:
        said = f"Nobody signs in: this machine alone is served, as {actor.name}."
        st.html(f'<p class="pl-note">{escape(said)}</p>', width="content")
        return
    with st.container(key="person", horizontal=True, vertical_alignment="center", gap="small", width="content"):
        held = ", ".join(sorted(actor.roles)) + (f" of {', '.join(sorted(actor.entities))}" if actor.entities else "")
        st.html(f'<p class="pl-note">{escape(actor.person)} · {escape(held)}</p>', width="content")
        args = (settings, load.engine(settings.warehouse.url))
        st.button("Sign out", type="tertiary", on_click=sign_out, args=args, key="sign-out")


def show(at: Opened, names: tuple[str, ...]) -> None:
    """Sections by name, each figure and table of which can be taken away."""
    web.sections(
        load.sections(at.actor, at.state, names, at.choice), partial(load.about, at.actor, at.state, at.choice)
    )


def page(title: str, names: tuple[str, ...]) -> Callable[[], None]:
    """A page that is nothing but sections."""

    def draw() -> None:
        if (at := opened(title)) is not None:
            show(at, names)

    return draw
