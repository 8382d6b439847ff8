"""Our value among published ones on screen, as plotly's JSON: words stand over their line, so that it fits a phone."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content.among import Among
from app.render import among
from app.render.among import Layout, Line
from app.render.figures_web import NOTE, Part, escape, frame
from app.render.theme import LIGHT

_LINE, _TOP, _TOP_OF_TARGET, _BOTTOM = 38, 6, 24, 24
_BAR, _WORDS, _AIM = 0.18, 0.2, 0.13
"""How far under and over the middle of a line its bar and its words stand, and how far a target reaches, in lines."""


def draw(block: Among) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Among) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid = among.layout(block)
    count = len(laid.lines)
    top = _TOP_OF_TARGET if laid.aims else _TOP
    margin = {"l": 2, "r": 2, "t": top, "b": _BOTTOM, "pad": 0}
    return {
        "data": [part for place, line in enumerate(laid.lines) for part in _line(line, place)],
        "layout": frame(top + _BOTTOM + count * _LINE, margin)
        | {
            "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
            "yaxis": {"range": [0.5 - count, 0.5], "visible": False, "fixedrange": True},
            "shapes": [*_band(laid), *(shape for place in range(count) for shape in _scale(laid, place))],
            "annotations": [*_all_words(laid), *_aim_words(block, laid), *_ticks(laid)],
        },
    }


def _line(line: Line, place: int) -> list[Part]:
    if line.start is None or line.end is None:
        return []
    colour, height = (LIGHT.accent, 2) if line.ours else (LIGHT.context, 7)
    said = {"text": [escape(f"{line.name}: {line.text}")] * 2, "hovertemplate": "%{text}<extra></extra>"}
    bar = {
        "type": "scatter",
        "mode": "lines",
        "x": [line.start, line.end],
        "y": [-place - _BAR] * 2,
        "line": {"color": colour, "width": height},
        "cliponaxis": False,
    }
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": list(line.dots),
        "y": [-place - _BAR] * len(line.dots),
        "marker": {"size": 11 if line.ours else 8, "color": colour, "line": {"color": LIGHT.paper, "width": 1.5}},
        "cliponaxis": False,
    }
    return [bar | said, dots | said | {"text": [escape(f"{line.name}: {line.text}")] * len(line.dots)}]


def _all_words(laid: Layout) -> list[Part]:
    return [words for place, line in enumerate(laid.lines) for words in (_side(line, place, 0), _side(line, place, 1))]


def _side(line: Line, place: int, end: int) -> Part:
    """The name at the left, the value at the right, ours in bold."""
    said = escape(line.text if end else line.name)
    colour = LIGHT.accent if line.ours else LIGHT.ink if end else LIGHT.muted
    return {
        "text": f"<b>{said}</b>" if line.ours else said,
        "x": end,
        "y": _WORDS - place,
        "xref": "paper",
        "xanchor": "right" if end else "left",
        "yanchor": "middle",
        "showarrow": False,
        "font": NOTE | {"color": colour},
    }


def _band(laid: Layout) -> list[Part]:
    if len(laid.aims) < 2:
        return []
    ends = {"x0": laid.aims[0], "x1": laid.aims[-1], "yref": "paper", "y0": 0, "y1": 1}
    return [{"type": "rect", "layer": "below", "fillcolor": LIGHT.accent_tint, "line": {"width": 0}} | ends]


def _scale(laid: Layout, place: int) -> list[Part]:
    """The ground of a line and the target across it; both stay clear of the words."""
    at = -place - _BAR
    ground = {"type": "line", "layer": "below", "x0": 0, "x1": 1, "y0": at, "y1": at}
    across = {"type": "line", "layer": "below", "y0": at - _AIM, "y1": at + _AIM}
    dashes = {"color": LIGHT.muted, "width": 1.5, "dash": "4px,3px"}
    made: list[Part] = [ground | {"line": {"color": LIGHT.grid, "width": 1}}]
    return made + [across | {"x0": aim, "x1": aim, "line": dashes} for aim in laid.aims]


def _aim_words(block: Among, laid: Layout) -> list[Part]:
    if block.target is None or not laid.aims:
        return []
    at = sum(laid.aims) / len(laid.aims)
    place = {"x": at, "y": 1, "yref": "paper", "xanchor": "right" if at > 0.5 else "left", "yanchor": "bottom"}
    return [{"text": escape(block.target.label), "showarrow": False, "yshift": 3, "font": NOTE} | place]


def _ticks(laid: Layout) -> list[Part]:
    place = {"y": 0, "yref": "paper", "xanchor": "center", "yanchor": "top", "yshift": -2, "showarrow": False}
    return [{"text": escape(words), "x": at, "font": NOTE} | place for at, words in laid.ticks]
