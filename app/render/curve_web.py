"""Lines over numbers on screen, as plotly's JSON."""

from __future__ import annotations

import plotly.graph_objects as go

from app.content.curve import Curve
from app.render import curve, figure, figures_web
from app.render.curve import Drawn, Layout
from app.render.figures_web import HEIGHT, NOTE, Part, escape, frame, label_lines, label_share
from app.render.theme import LIGHT

_TOP, _BOTTOM, _LEFT, _LETTER, _ROW = 26, 34, 52, 6.7, 14
_CONTEXT, _SUBJECT = 1.5, 2.5


def draw(block: Curve) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Curve) -> Part:
    """The figure of a block as plotly's JSON: traces and layout."""
    laid, hues = curve.layout(block), curve.colours(block, LIGHT)
    ordered = sorted(laid.drawn, key=lambda one: one.line.role == "subject")
    labels = figure.apart(laid.labels, laid.scale, label_share(laid.labels))
    longest = max((len(line) for label in labels for line in label_lines(label.words)), default=0)
    margin = {
        "l": _LEFT,
        "r": min(190, 14 + round(longest * _LETTER)),
        "t": _TOP + _ROW * max(0, len(laid.uprights) - 1),
        "b": _BOTTOM,
        "pad": 0,
    }
    return {
        "data": [part for one in ordered for part in _traces(one, hues[one.index])],
        "layout": frame(HEIGHT, margin)
        | {
            "xaxis": _x_axis(laid),
            "yaxis": figures_web.y_axis(laid.scale),
            "shapes": _uprights(laid),
            "annotations": [*_upright_words(laid), *(_end_label(one, hues) for one in labels), _unit(block)],
        },
    }


def _traces(one: Drawn, colour: str) -> list[Part]:
    ideal, subject = one.line.form == "ideal", one.line.role == "subject"
    line: Part = {"color": colour, "width": _SUBJECT if subject else _CONTEXT}
    made: list[Part] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [x for x, _ in one.path],
            "y": [y for _, y in one.path],
            "line": line | ({"dash": "4px,3px"} if ideal else {}),
            "connectgaps": False,
            "hoverinfo": "skip",
        }
        | ({"fill": "tozeroy", "fillcolor": LIGHT.accent_tint} if one.line.filled else {})
    ]
    if one.points:
        made.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, _, _ in one.points],
                "y": [y for _, y, _ in one.points],
                "marker": {"size": 8, "color": colour, "opacity": 0},
                "text": [escape(words) for _, _, words in one.points],
                "hovertemplate": "%{text}<extra></extra>",
            }
        )
    if one.ticks:
        stroke = {"symbol": "line-ns", "size": 9, "color": colour, "line": {"color": colour, "width": 1.5}}
        xs, ys = [x for x, _ in one.ticks], [y for _, y in one.ticks]
        made.append(
            {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "marker": stroke, "hoverinfo": "skip"}
            | {"cliponaxis": False}
        )
    return made


def _uprights(laid: Layout) -> list[Part]:
    up = {"type": "line", "layer": "below", "yref": "paper", "y0": 0, "y1": 1}
    return [
        up | {"x0": at, "x1": at, "line": {"color": LIGHT.muted, "width": 1, "dash": "1px,3px"}}
        for at, _ in laid.uprights
    ]


def _upright_words(laid: Layout) -> list[Part]:
    """Words over their lines, each lower than the one before, so that none stands on another where there is no room."""
    up = {"yref": "paper", "y": 1, "yanchor": "bottom", "showarrow": False, "font": NOTE}
    last = len(laid.uprights) - 1
    return [
        up | {"text": escape(words), "x": at, "xanchor": _side(at), "yshift": 2 + _ROW * (last - place)}
        for place, (at, words) in enumerate(laid.uprights)
    ]


def _side(at: float) -> str:
    return "left" if at < 0.08 else "right" if at > 0.92 else "center"


def _end_label(one: figure.EndLabel, hues: tuple[str, ...]) -> Part:
    grey = one.index is None or hues[one.index] == LIGHT.context
    said = "<br>".join(escape(line) for line in label_lines(one.words))
    return {
        "text": f"<b>{said}</b>" if one.role == "subject" else said,
        "x": 1,
        "y": one.at,
        "xref": "paper",
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": 6,
        "align": "left",
        "showarrow": False,
        "font": NOTE | {"color": LIGHT.muted if grey or one.index is None else hues[one.index]},
    }


def _unit(block: Curve) -> Part:
    place = {"x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom"}
    return place | {"text": escape(block.unit), "xshift": -6, "yshift": 5, "showarrow": False, "font": NOTE}


def _x_axis(laid: Layout) -> Part:
    return {
        "range": [-0.005, 1.005],
        "tickvals": [at for at, _ in laid.ticks],
        "ticktext": [escape(words) for _, words in laid.ticks],
        "tickangle": 0,
        "ticklabelstandoff": 4,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "showline": True,
        "linecolor": LIGHT.line,
        "color": LIGHT.muted,
    }
