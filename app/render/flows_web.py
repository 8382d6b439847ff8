"""Money in and out on screen, as plotly's JSON."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content.flows import Amounts, Flows
from app.render import flows
from app.render.figures_web import HEIGHT, NOTE, Part, escape, frame, label_lines, y_axis
from app.render.theme import LIGHT

_TOP, _BOTTOM, _LEFT, _LETTER = 22, 30, 52, 6.7


def draw(block: Flows) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Flows) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    (label,) = flows.labels(block)
    lines = label_lines(label.words)
    right = min(190, 14 + round(max(map(len, lines)) * _LETTER))
    scale = flows.scale(block)
    return {
        "data": [_bars(block.came, LIGHT.accent), _bars(block.went, LIGHT.context), _line(block.so_far)],
        "layout": frame(HEIGHT, {"l": _LEFT, "r": right, "t": _TOP, "b": _BOTTOM, "pad": 0})
        | {
            "barmode": "overlay",
            "xaxis": _x_axis(block),
            "yaxis": y_axis(scale),
            "shapes": [_zero()],
            "annotations": [_label(label.at, lines), _unit(block)],
        },
    }


def _bars(one: Amounts, colour: str) -> Part:
    return {
        "type": "bar",
        "x": list(range(len(one.values))),
        "y": list(one.values),
        "width": flows.BAR,
        "marker": {"color": colour, "line": {"width": 0}},
        "text": [escape(f"{one.name} {words}") for words in one.texts],
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
    }


def _line(one: Amounts) -> Part:
    last = len(one.values) - 1
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": list(range(len(one.values))),
        "y": list(one.values),
        "line": {"color": LIGHT.ink, "width": 2},
        "marker": {"size": [8 if at == last else 5 for at in range(last + 1)], "color": LIGHT.ink, "opacity": 1},
        "text": [escape(f"{one.name} {words}") for words in one.texts],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
    }


def _zero() -> Part:
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": 0, "y1": 0, "layer": "below"}
    return across | {"line": {"color": LIGHT.muted, "width": 1}}


def _label(at: float, lines: list[str]) -> Part:
    return {
        "text": f"<b>{'<br>'.join(map(escape, lines))}</b>",
        "x": 1,
        "y": at,
        "xref": "paper",
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 6,
        "align": "left",
        "showarrow": False,
        "font": NOTE | {"color": LIGHT.ink},
    }


def _unit(block: Flows) -> Part:
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
    return place | {"text": escape(block.unit), "xshift": -6, "yshift": 5, "showarrow": False, "font": NOTE}


def _x_axis(block: Flows) -> Part:
    count = len(block.stages)
    every = max(1, -(-count // 8))
    return {
        "range": [-0.5, count - 0.5],
        "tickvals": list(range(0, count, every)),
        "ticktext": [escape(one) for one in block.stages[::every]],
        "tickangle": 0,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "color": LIGHT.muted,
    }
