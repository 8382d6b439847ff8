"""Single things at their days on screen, as plotly's JSON: a trace for those in front, one for the background."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from app.content import format as text
from app.content.scatter import Dot, Scatter
from app.render import figures_web, scatter
from app.render.figures_web import Part
from app.render.theme import LIGHT


def draw(block: Scatter) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Scatter) -> Part:
    """The figure of a block as plotly's JSON: the frame of a trend, and dots in it."""
    scale = scatter.scale(block)
    made = figures_web.specification(scatter.frame(block), scale, scatter.labels(block, scale))
    layout, placed = made["layout"], scatter.placed(block)
    layout["xaxis"] = layout["xaxis"] | {"range": [-0.55, len(block.periods) - 0.45]}
    layout["shapes"] = [*layout["shapes"], *_levels(block)]
    roles = ("context", "subject")
    return {
        "data": [_dots([pair for pair in placed if pair[1].role == role], role == "subject") for role in roles],
        "layout": layout,
    }


def _dots(placed: Sequence[tuple[float, Dot]], subject: bool) -> Part:
    colour = LIGHT.accent if subject else LIGHT.context
    words = [text.joined(one.name, text.day(one.day), one.text) for _, one in placed]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [at for at, _ in placed],
        "y": [one.value for _, one in placed],
        "marker": {"size": 8 if subject else 6, "color": colour, "opacity": 0.8 if subject else 0.45},
        "cliponaxis": False,
        "text": [figures_web.escape(one) for one in words],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _levels(block: Scatter) -> list[Part]:
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1}
    return [
        across
        | {
            "y0": one.value,
            "y1": one.value,
            "line": {"color": LIGHT.accent if one.role == "subject" else LIGHT.context, "width": 1.5},
        }
        for one in block.levels
    ]
