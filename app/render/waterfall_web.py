"""A waterfall on screen, as plotly's JSON: names stand over their bars, so that it fits a phone."""

from __future__ import annotations

from itertools import pairwise

import plotly.graph_objects as go

from app.content.waterfall import Waterfall
from app.render import bars_web, waterfall
from app.render.bars_web import HALF, UNDER
from app.render.figures_web import NOTE, Part, escape
from app.render.theme import LIGHT
from app.render.waterfall import Bar, Layout

_LINE, _TOP, _OVER = 38, 6, 0.24


def draw(block: Waterfall) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Waterfall) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid = waterfall.layout(block)
    drawn: Part = {
        "shapes": [
            *bars_web.grid(laid.ticks),
            *_steps(laid),
            *(_box(bar, place) for place, bar in enumerate(laid.bars)),
        ],
        "annotations": [
            *(words for place, bar in enumerate(laid.bars) for words in _words(bar, place)),
            *bars_web.tick_words(tick for tick in laid.ticks if 0.05 < tick[0] < 0.95),
        ],
    }
    return {
        "data": [bars_web.hover((bar.left, bar.right), at, bar.hover) for at, bar in enumerate(laid.bars)],
        "layout": bars_web.figure(len(laid.bars), _LINE, _TOP, drawn),
    }


def _box(bar: Bar, place: int) -> Part:
    return bars_web.box(place) | {"x0": bar.left, "x1": bar.right, "fillcolor": bar.colour}


def _steps(laid: Layout) -> list[Part]:
    """Thin lines from where one bar ends to the next."""
    line = {"type": "line", "layer": "below", "line": {"width": 1, "color": LIGHT.context}}
    return [
        line | {"x0": one.reached, "x1": one.reached, "y0": -at - UNDER - HALF, "y1": -at - 1 - UNDER + HALF}
        for at, (one, _) in enumerate(pairwise(laid.bars))
    ]


def _words(bar: Bar, place: int) -> list[Part]:
    name, words = escape(bar.name), escape(bar.words)
    if bar.is_end:
        name, words = f"<b>{name}</b>", f"<b>{words}</b>"
    ink = NOTE | {"color": LIGHT.ink}
    return [bars_web.name(name, place, _OVER), bars_web.beside(words, bar.right, place, 5, ink)]
