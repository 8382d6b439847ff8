"""What figures of lying bars share on screen: a line for each, its name over its bar, so that it fits a phone."""

from __future__ import annotations

from collections.abc import Iterable

from app.render.figures_web import NOTE, Part, escape, frame
from app.render.theme import LIGHT

UNDER, HALF = 0.2, 0.15
"""How far under the middle of a line its bar lies, and half the height of a bar, in lines."""

_BOTTOM = 26
_PLAIN: Part = {"showarrow": False, "yanchor": "middle"}

Ticks = Iterable[tuple[float, str]]
"""Places from 0 on the left to 1 on the right, and what they are called."""


def figure(count: int, line: int, top: int, drawn: Part) -> Part:
    """Plotly's layout of `count` lines, each `line` pixels high, under `top` pixels for words."""
    return frame(top + _BOTTOM + count * line, {"l": 2, "r": 2, "t": top, "b": _BOTTOM, "pad": 0}) | {
        "xaxis": {"range": [0, 1], "visible": False, "fixedrange": True},
        "yaxis": {"range": [0.5 - count, 0.5], "visible": False, "fixedrange": True},
        **drawn,
    }


def hover(ends: tuple[float, float], place: int, said: str) -> Part:
    """What the bar between two ends says to who points at it."""
    left, right = ends
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [left, (left + right) / 2, right],
        "y": [-place - UNDER] * 3,
        "marker": {"size": 12, "color": LIGHT.accent, "opacity": 0},
        "text": [escape(said)] * 3,
        "hovertemplate": "%{text}<extra></extra>",
    }


def box(place: int) -> Part:
    """A bar that still wants its ends and its colour."""
    middle = -place - UNDER
    return {"type": "rect", "y0": middle - HALF, "y1": middle + HALF, "line": {"width": 0}, "layer": "below"}


def name(text: str, place: int, over: float) -> Part:
    """The name of a line, so far over its middle."""
    where = {"y": over - place, "x": 0, "xref": "paper", "xanchor": "left", "font": NOTE | {"color": LIGHT.ink}}
    return _PLAIN | where | {"text": text}


def beside(text: str, at: float, place: int, shift: int, ink: Part = NOTE) -> Part:
    """Words beside the end of a bar, `shift` pixels to its right, or to its left where that is negative."""
    where = {"x": at, "y": -place - UNDER, "xanchor": "left" if shift > 0 else "right", "xshift": shift, "font": ink}
    return _PLAIN | where | {"text": text}


def upright(at: float, colour: str) -> Part:
    """A line from top to bottom."""
    line = {"type": "line", "layer": "below", "yref": "paper", "y0": 0, "y1": 1}
    return line | {"x0": at, "x1": at, "line": {"color": colour, "width": 1}}


def grid(ticks: Ticks) -> list[Part]:
    """The lines of the scale."""
    return [upright(at, LIGHT.grid) for at, _ in ticks]


def tick_words(ticks: Ticks) -> list[Part]:
    """The words under the scale."""
    place = {"y": 0, "yref": "paper", "xanchor": "center", "yanchor": "top", "yshift": -2, "showarrow": False}
    return [{"text": escape(words), "x": at, "font": NOTE} | place for at, words in ticks]
