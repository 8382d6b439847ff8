"""A tornado on screen, as plotly's JSON: names stand over their bars, so that it fits a phone."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content.tornado import Tornado
from app.render import bars_web, tornado
from app.render.figures_web import NOTE, Part, escape
from app.render.theme import LIGHT
from app.render.tornado import Bar, Layout

_LINE, _TOP, _OVER = 40, 24, 0.22


def draw(block: Tornado) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Tornado) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid = tornado.layout(block)
    drawn: Part = {
        "shapes": [
            *(*bars_web.grid(laid.ticks), bars_web.upright(laid.base, LIGHT.muted)),
            *(shape for place, bar in enumerate(laid.bars) for shape in _sides(laid, bar, place)),
        ],
        "annotations": [
            _base_words(block, laid),
            *(words for place, bar in enumerate(laid.bars) for words in _words(bar, place)),
            *bars_web.tick_words(laid.ticks),
        ],
    }
    return {
        "data": [bars_web.hover((bar.left, bar.right), at, bar.swing.text) for at, bar in enumerate(laid.bars)],
        "layout": bars_web.figure(len(laid.bars), _LINE, _TOP, drawn),
    }


def _sides(laid: Layout, bar: Bar, place: int) -> list[Part]:
    """What lies below the base in grey, what lies above it in our colour."""
    box, made = bars_web.box(place), []
    if bar.left < laid.base:
        made.append(box | {"x0": bar.left, "x1": min(bar.right, laid.base), "fillcolor": LIGHT.context})
    if bar.right > laid.base:
        made.append(box | {"x0": max(bar.left, laid.base), "x1": bar.right, "fillcolor": LIGHT.accent})
    return made


def _words(bar: Bar, place: int) -> list[Part]:
    return [
        bars_web.name(escape(bar.swing.name), place, _OVER),
        bars_web.beside(escape(bar.left_words), bar.left, place, -4),
        bars_web.beside(escape(bar.right_words), bar.right, place, 4),
    ]


def _base_words(block: Tornado, laid: Layout) -> Part:
    place = {"x": laid.base, "y": 1, "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return place | {"text": escape(block.base_text), "showarrow": False, "yshift": 3, "font": NOTE}
