"""A waterfall on screen, as plotly's JSON: names stand over their bars, so that it fits a phone."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from app.content.waterfall import Waterfall
from app.render import waterfall
from app.render.figures_web import NOTE, Part, escape, frame
from app.render.theme import LIGHT
from app.render.waterfall import Bar, Layout

_LINE, _TOP, _BOTTOM = 38, 6, 26
_UNDER, _WORDS, _HALF = 0.2, 0.24, 0.15
"""How far under and over the middle of a line its bar and its name stand, and half the height of a bar, in lines."""


def draw(block: Waterfall) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Waterfall) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid = waterfall.layout(block)
    count = len(laid.bars)
    return {
        "data": [_hover(bar, place) for place, bar in enumerate(laid.bars)],
        "layout": frame(_TOP + _BOTTOM + count * _LINE, {"l": 2, "r": 2, "t": _TOP, "b": _BOTTOM, "pad": 0})
        | {
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [0.5 - count, 0.5], "visible": False, "fixedrange": True},
            "shapes": [*_grid(laid), *_steps(laid), *(_box(bar, place) for place, bar in enumerate(laid.bars))],
            "annotations": [
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
        "text": [escape(bar.hover)] * 3,
        "hovertemplate": "%{text}<extra></extra>",
    }


def _box(bar: Bar, place: int) -> Part:
    middle = -place - _UNDER
    box = {"type": "rect", "y0": middle - _HALF, "y1": middle + _HALF, "x0": bar.left, "x1": bar.right}
    return box | {"line": {"width": 0}, "layer": "below", "fillcolor": bar.colour}


def _steps(laid: Layout) -> list[Part]:
    """Thin lines from where one bar ends to the next."""
    line = {"type": "line", "layer": "below", "line": {"width": 1, "color": LIGHT.context}}
    return [
        line | {"x0": one.reached, "x1": one.reached, "y0": -at - _UNDER - _HALF, "y1": -at - 1 - _UNDER + _HALF}
        for at, (one, _) in enumerate(pairwise(laid.bars))
    ]


def _words(bar: Bar, place: int) -> list[Part]:
    plain = {"showarrow": False, "yanchor": "middle"}
    name = {"y": _WORDS - place, "x": 0, "xref": "paper", "xanchor": "left", "font": NOTE | {"color": LIGHT.ink}}
    said = escape(f"{bar.name}")
    amount = {"y": -place - _UNDER, "x": bar.right, "xanchor": "left", "xshift": 5, "font": NOTE | {"color": LIGHT.ink}}
    words = f"<b>{escape(bar.words)}</b>" if bar.is_end else escape(bar.words)
    return [plain | name | {"text": f"<b>{said}</b>" if bar.is_end else said}, plain | amount | {"text": words}]


def _grid(laid: Layout) -> list[Part]:
    up = {"type": "line", "layer": "below", "yref": "paper", "y0": 0, "y1": 1}
    return [up | {"x0": at, "x1": at, "line": {"color": LIGHT.grid, "width": 1}} for at, _ in laid.ticks]


def _ticks(laid: Layout) -> list[Part]:
    place = {"y": 0, "yref": "paper", "xanchor": "center", "yanchor": "top", "yshift": -2, "showarrow": False}
    return [{"text": escape(words), "x": at, "font": NOTE} | place for at, words in laid.ticks if 0.05 < at < 0.95]
