"""A tornado on screen, as plotly's JSON: names stand over their bars, so that it fits a phone."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content.tornado import Tornado
from app.render import tornado
from app.render.figures_web import NOTE, Part, escape, frame
from app.render.theme import LIGHT
from app.render.tornado import Bar, Layout

_LINE, _TOP, _BOTTOM = 40, 24, 26
_UNDER, _WORDS, _HALF = 0.2, 0.22, 0.15
"""How far under and over the middle of a line its bar and its name stand, and half the height of a bar, in lines."""


def draw(block: Tornado) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Tornado) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid = tornado.layout(block)
    count = len(laid.bars)
    return {
        "data": [_hover(bar, place) for place, bar in enumerate(laid.bars)],
        "layout": frame(_TOP + _BOTTOM + count * _LINE, {"l": 2, "r": 2, "t": _TOP, "b": _BOTTOM, "pad": 0})
        | {
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [0.5 - count, 0.5], "visible": False, "fixedrange": True},
            "shapes": [
                *_grid(laid),
                *(shape for place, bar in enumerate(laid.bars) for shape in _sides(laid, bar, place)),
            ],
            "annotations": [
                _base_words(block, laid),
                *(words for place, bar in enumerate(laid.bars) for words in _words(bar, place)),
                *_ticks(laid),
            ],
        },
    }


def _hover(bar: Bar, place: int) -> Part:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [bar.left, (bar.left + bar.right) / 2, bar.right],
        "y": [-place - _UNDER] * 3,
        "marker": {"size": 12, "color": LIGHT.accent, "opacity": 0},
        "text": [escape(bar.swing.text)] * 3,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _sides(laid: Layout, bar: Bar, place: int) -> list[Part]:
    """What lies below the base in grey, what lies above it in our colour."""
    middle = -place - _UNDER
    box = {"type": "rect", "y0": middle - _HALF, "y1": middle + _HALF, "line": {"width": 0}, "layer": "below"}
    made = []
    if bar.left < laid.base:
        made.append(box | {"x0": bar.left, "x1": min(bar.right, laid.base), "fillcolor": LIGHT.context})
    if bar.right > laid.base:
        made.append(box | {"x0": max(bar.left, laid.base), "x1": bar.right, "fillcolor": LIGHT.accent})
    return made


def _words(bar: Bar, place: int) -> list[Part]:
    plain = {"showarrow": False, "yanchor": "middle"}
    ends = {"y": -place - _UNDER, "font": NOTE}
    name = {"y": _WORDS - place, "x": 0, "xref": "paper", "xanchor": "left", "font": NOTE | {"color": LIGHT.ink}}
    return [
        plain | name | {"text": escape(bar.swing.name)},
        plain | ends | {"text": escape(bar.left_words), "x": bar.left, "xanchor": "right", "xshift": -4},
        plain | ends | {"text": escape(bar.right_words), "x": bar.right, "xanchor": "left", "xshift": 4},
    ]


def _grid(laid: Layout) -> list[Part]:
    up = {"type": "line", "layer": "below", "yref": "paper", "y0": 0, "y1": 1}
    lines = [up | {"x0": at, "x1": at, "line": {"color": LIGHT.grid, "width": 1}} for at, _ in laid.ticks]
    return [*lines, up | {"x0": laid.base, "x1": laid.base, "line": {"color": LIGHT.muted, "width": 1}}]


def _base_words(block: Tornado, laid: Layout) -> Part:
    place = {"x": laid.base, "y": 1, "yref": "paper", "xanchor": "center", "yanchor": "bottom"}
    return place | {"text": escape(block.base_text), "showarrow": False, "yshift": 3, "font": NOTE}


def _ticks(laid: Layout) -> list[Part]:
    place = {"y": 0, "yref": "paper", "xanchor": "center", "yanchor": "top", "yshift": -2, "showarrow": False}
    return [{"text": escape(words), "x": at, "font": NOTE} | place for at, words in laid.ticks]
