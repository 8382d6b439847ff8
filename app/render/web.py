"""Blocks on a Streamlit page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, singledispatch
from pathlib import Path

import plotly.graph_objects as go
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
)
from app.content.curve import Curve
from app.content.flows import Flows
from app.content.scatter import Scatter
from app.content.timeline import Timeline
from app.content.tornado import Tornado
from app.content.waterfall import Waterfall
from app.content.waves import Waves
from app.render import (
    among,
    among_web,
    curve,
    curve_web,
    figure,
    figures_web,
    flows,
    flows_web,
    html,
    scatter,
    scatter_web,
    timeline,
    timeline_web,
    tornado,
    tornado_web,
    waterfall,
    waterfall_web,
    waves,
    waves_web,
)
from app.render.take import Tell, menu, taking
from app.render.theme import figure_rules, variables

Plotted = Trend | Bars | Waves | Among | Scatter | Curve | Flows | Tornado | Waterfall

_LOGO = str(Path(__file__).with_name("plumbline.svg"))


def style() -> None:
    """Puts the look of the product on the page; called once per run, before anything is drawn."""
    st.logo(_LOGO, size="large")
    st.html(f"<style>{_sheet()}</style>")


def sections(run: tuple[Section, ...], tell: Tell | None = None) -> None:
    """Sections one under the other. With `tell`, their figures and tables can be taken away."""
    for one in run:
        with taking(tell, one):
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
    events = tuple(text.joined(f"▲ {mark.event.name}, {text.day(mark.event.day)}") for mark in figure.marks(block))
    _plotted(block, figures_web.draw(block), figure.notes(block, figure.scale(block)), events)


@draw.register
def _(block: Waves) -> None:
    _plotted(block, waves_web.draw(block), waves.notes(block, waves.scale(block)))


@draw.register
def _(block: Among) -> None:
    _plotted(block, among_web.draw(block), among.notes(block))


@draw.register
def _(block: Scatter) -> None:
    _plotted(block, scatter_web.draw(block), scatter.notes(block))


@draw.register
def _(block: Curve) -> None:
    _plotted(block, curve_web.draw(block), curve.notes(block))


@draw.register
def _(block: Flows) -> None:
    _plotted(block, flows_web.draw(block), flows.notes(block))


@draw.register
def _(block: Tornado) -> None:
    _plotted(block, tornado_web.draw(block), tornado.notes(block))


@draw.register
def _(block: Waterfall) -> None:
    _plotted(block, waterfall_web.draw(block), waterfall.notes(block))


@draw.register
def _(block: Timeline) -> None:
    with st.container(gap=None, key=f"block-{block.id}"):
        st.html(html.figure_head(block.title, block.subtitle, block.alt))
        menu(block)
        st.html(timeline_web.lanes(block, _query()))
        if under := html.figure_notes(timeline.notes(block), ()):
            st.html(under)


@draw.register
def _(block: Table) -> None:
    with st.container(gap=None, key=f"block-{block.id}"):
        menu(block)
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


def _plotted(block: Plotted, made: go.Figure, notes: Sequence[str], events: Sequence[str] = ()) -> None:
    """Title, drawing and what stands under it."""
    with st.container(gap=None, key=f"block-{block.id}"):
        st.html(html.figure_head(block.title, block.subtitle, block.alt))
        menu(block)
        config = dict(figures_web.CONFIG)
        st.plotly_chart(made, width="stretch", theme=None, key=f"figure-{block.id}", config=config)
        if under := html.figure_notes(notes, events):
            st.html(under)


@cache
def _sheet() -> str:
    rules = variables() + figure_rules() + Path(__file__).with_name("web.css").read_text(encoding="utf-8")
    return rules.replace(".stApp", ":is(.stApp,[data-testid=stDialog])")  # a dialog lies outside of the page


def _query() -> dict[str, str]:
    return st.query_params.to_dict()
