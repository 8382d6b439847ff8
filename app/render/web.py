"""Blocks on a Streamlit page."""

from __future__ import annotations

from functools import cache, singledispatch
from pathlib import Path

import streamlit as st

from app.content import format as text
from app.content.among import Among
from app.content.blocks import (
    Bars,
    Beside,
    Block,
    Definitions,
    Facts,
    Headline,
    Marks,
    Notice,
    Section,
    Table,
    Tiles,
    Trend,
    Waves,
)
from app.render import among, among_web, figure, figures_web, html, waves, waves_web
from app.render.theme import figure_rules, variables

_LOGO = str(Path(__file__).with_name("plumbline.svg"))


def style() -> None:
    """Puts the look of the product on the page; called once per run, before anything is drawn."""
    st.logo(_LOGO, size="large")
    st.html(f"<style>{_sheet()}</style>")


def sections(run: tuple[Section, ...]) -> None:
    """Sections one under the other."""
    for one in run:
        section(one)


def section(one: Section) -> None:
    """A section with its title, its summary and its blocks."""
    if one.title:
        st.html(html.heading(one.title, one.summary, one.id))
    for block in one.blocks:
        draw(block)


@singledispatch
def draw(block: Block) -> None:
    """Draws one block where Streamlit stands now. A kind without a function here is a fault of the program."""
    raise TypeError(f"No drawing on screen for {type(block).__name__}.")


@draw.register
def _(block: Headline) -> None:
    st.html(html.headline(block))


@draw.register
def _(block: Tiles) -> None:
    # st.html strips the sparklines' SVG; Markdown lets HTML pass, and every word in it is escaped.
    st.markdown(html.tiles(block, _query()), unsafe_allow_html=True)


@draw.register(Trend)
@draw.register(Bars)
def _(block: Trend | Bars) -> None:
    with st.container(gap=None):
        st.html(html.figure_head(block.title, block.subtitle, block.alt))
        st.plotly_chart(
            figures_web.draw(block),
            width="stretch",
            theme=None,
            key=f"figure-{block.id}",
            config=dict(figures_web.CONFIG),
        )
        events = tuple(text.joined(f"▲ {mark.event.name}, {text.day(mark.event.day)}") for mark in figure.marks(block))
        under = html.figure_notes(figure.notes(block, figure.scale(block)), events)
        if under:
            st.html(under)


@draw.register
def _(block: Waves) -> None:
    with st.container(gap=None):
        st.html(html.figure_head(block.title, block.subtitle, block.alt))
        st.plotly_chart(
            waves_web.draw(block),
            width="stretch",
            theme=None,
            key=f"figure-{block.id}",
            config=dict(figures_web.CONFIG),
        )
        st.html(html.figure_notes(waves.notes(block, waves.scale(block)), ()))


@draw.register
def _(block: Among) -> None:
    with st.container(gap=None):
        st.html(html.figure_head(block.title, block.subtitle, block.alt))
        st.plotly_chart(
            among_web.draw(block),
            width="stretch",
            theme=None,
            key=f"figure-{block.id}",
            config=dict(figures_web.CONFIG),
        )
        if under := html.figure_notes(among.notes(block), ()):
            st.html(under)


@draw.register
def _(block: Table) -> None:
    st.html(html.table(block, _query()))


@draw.register
def _(block: Notice) -> None:
    st.html(html.notice(block, _query()))


@draw.register
def _(block: Definitions) -> None:
    st.html(html.definitions(block))


@draw.register
def _(block: Facts) -> None:
    st.html(html.facts(block))


@draw.register
def _(block: Marks) -> None:
    st.html(html.marks(block))


@draw.register
def _(block: Beside) -> None:
    for column, one in zip(st.columns(len(block.blocks), gap="large"), block.blocks, strict=True):
        with column:
            draw(one)


@cache
def _sheet() -> str:
    return variables() + figure_rules() + Path(__file__).with_name("web.css").read_text(encoding="utf-8")


def _query() -> dict[str, str]:
    return st.query_params.to_dict()
