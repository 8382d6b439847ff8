"""Survey waves on screen: a point and its whisker for each, as plotly's JSON."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content import format as text
from app.content.waves import Waves
from app.render import figures_web, waves
from app.render.figures_web import Part
from app.render.theme import LIGHT


def draw(block: Waves) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Waves) -> Part:
    """The figure of a block as plotly's JSON: the frame of a trend, and points with whiskers in it."""
    scale = waves.scale(block)
    made = figures_web.specification(waves.line(block), scale)
    layout = made["layout"]
    layout["annotations"] = [*layout["annotations"], *_counts(block)]
    layout["xaxis"] = layout["xaxis"] | {"range": [-0.6, len(block.waves) - 0.4]}
    return {"data": [_points(block)], "layout": layout}


def _points(block: Waves) -> Part:
    shown = waves.told(block)
    above = [0.0 if one.high is None else one.high - value for _, one, value in shown]
    below = [0.0 if one.low is None else value - one.low for _, one, value in shown]
    words = [f"{text.period(one.period)}: {one.text}, {text.plural(one.answers, 'answer')}" for _, one, _ in shown]
    whiskers = {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": figures_web.escape(block.name),
        "x": [at for at, _, _ in shown],
        "y": [value for _, _, value in shown],
        "line": {"color": LIGHT.context, "width": 1.25, "dash": "1px,3px"},
        "marker": {"size": 8, "color": LIGHT.accent, "opacity": 1},
        "error_y": whiskers | {"color": LIGHT.accent, "thickness": 1.75, "width": 4},
        "cliponaxis": False,
        "text": [figures_web.escape(one) for one in words],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _counts(block: Waves) -> list[Part]:
    """How many answered, small above the axis."""
    small = {"size": 11, "color": LIGHT.muted}
    base = {"yref": "paper", "y": 0, "xanchor": "center", "yanchor": "bottom", "showarrow": False, "font": small}
    return [{"text": figures_web.escape(said), "x": at} | base for at, said in waves.counts(block)]
