"""Figures on screen: plotly, without its toolbar. Drawn in light colours, which the page repaints in the dark.

Built as one plain specification: adding parts to a plotly figure one by one costs ten times as much.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from app.content import format as text
from app.content.blocks import Bars, Series, Trend
from app.render import figure
from app.render.figure import EndLabel, Figure, Scale
from app.render.theme import LIGHT, SCREEN

Part = dict[str, Any]

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}
HEIGHT = 264
_TOP, _BOTTOM, _LEFT = 22, 46, 52
_LETTER, _LINE = 6.7, 15
_LINE_LETTERS = 14
"""Words at the right end are broken into lines of about so many letters, so that a phone has room for the figure."""
_FAMILY = '"Source Sans", "Source Sans Pro", "Source Sans 3", sans-serif'
_SMALL = {"size": 12, "color": LIGHT.muted}
NOTE = {"size": SCREEN.note, "color": LIGHT.muted}


def draw(block: Figure) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    return go.Figure(specification(block))


def specification(block: Figure, scale: Scale | None = None, given: Sequence[EndLabel] | None = None) -> Part:
    """The figure of a block as plotly's JSON: traces and layout, on its own scale and with its own labels at the right
    end where none are given; given ones stand in rising order."""
    scale = scale or figure.scale(block)
    found = figure.end_labels(block, scale, 0) if given is None else given
    labels = figure.apart(found, scale, label_share(found))
    traces = _columns(block) if isinstance(block, Bars) else _lines(block)
    return {
        "data": traces + _events(block, scale),
        "layout": {
            **_frame(block, labels),
            "xaxis": _x_axis(block),
            "yaxis": y_axis(scale),
            "shapes": _bands(block, scale) + _target_lines(block),
            "annotations": [
                *_absent(block),
                *map(_end_label(block), labels),
                *_margins(block),
            ],
        },
    }


def _lines(block: Trend) -> list[Part]:
    hues = figure.series_colours(block, LIGHT)
    ordered = sorted(enumerate(block.series), key=lambda pair: pair[1].role == "subject")
    return [_line(block, one, hues[index]) for index, one in ordered]


def _line(block: Trend, one: Series, colour: str) -> Part:
    subject = one.role == "subject"
    dots = dict.fromkeys(figure.lonely(one.values), 5.0)
    last = figure.last_known(one.values)
    if subject and last is not None:
        dots[last] = 7.0
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"color": colour, "width": 2.5 if subject else 1.5},
        "marker": {"size": [dots.get(at, 0.0) for at in range(len(one.values))], "opacity": 1},
        "connectgaps": False,
        "cliponaxis": False,
    } | _values(block, one)


def _columns(block: Bars) -> list[Part]:
    hues = figure.series_colours(block, LIGHT)
    return [
        {
            "type": "bar",
            "marker": {"color": hue, "line": {"color": LIGHT.paper, "width": 1}},
            "textposition": "none",
        }
        | _values(block, one)
        for one, hue in zip(block.series, hues, strict=True)
    ]


def _values(block: Figure, one: Series) -> Part:
    several = len(block.series) > 1
    words = [
        f"{text.period(period)}{f', {one.name}' if several else ''}: {figure.value_text(one, index, block.unit)}"
        for index, period in enumerate(block.periods)
    ]
    return {
        "name": escape(one.name),
        "x": list(range(len(one.values))),
        "y": list(one.values),
        "text": [escape(line) for line in words],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _events(block: Figure, scale: Scale) -> list[Part]:
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [mark.at],
            "y": [scale.low],
            "cliponaxis": False,
            "marker": {"symbol": "triangle-up", "size": 9, "color": LIGHT.muted},
            "text": [escape(f"{mark.event.name}, {text.day(mark.event.day)}")],
            "hovertemplate": "%{text}<extra></extra>",
        }
        for mark in figure.marks(block)
    ]


def _bands(block: Figure, scale: Scale) -> list[Part]:
    hair = {"width": 1, "color": LIGHT.line}  # ranges that touch stay apart
    spans = [(one.low, one.high, LIGHT.band, hair) for one in figure.shown_references(block, scale)]
    target = block.target
    if target is not None and target.low is not None and target.high is not None:
        spans.append((target.low, target.high, LIGHT.accent_tint, {"width": 0}))
    across = {"type": "rect", "xref": "x domain", "x0": 0, "x1": 1, "layer": "below"}
    return [across | {"y0": low, "y1": high, "fillcolor": colour, "line": line} for low, high, colour, line in spans]


def _target_lines(block: Figure) -> list[Part]:
    dashes = {"color": LIGHT.muted, "width": 1.25, "dash": "4px,3px"}
    across = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "line": dashes}
    return [across | {"y0": edge, "y1": edge} for edge in (block.target.edges if block.target else ())]


def _absent(block: Figure) -> list[Part]:
    places = figure.gaps(block) if isinstance(block, Bars) else ()
    return [_words(text.ABSENT, at, 0, "center", "bottom", font=_SMALL) for at in places]


def _end_label(block: Figure) -> Callable[[EndLabel], Part]:
    hues = figure.series_colours(block, LIGHT)

    def label(one: EndLabel) -> Part:
        colour = LIGHT.muted if one.index is None or hues[one.index] == LIGHT.context else hues[one.index]
        made = _words("", 1, one.at, "left", "middle", font=NOTE | {"color": colour}, xref="paper", xshift=6)
        said = "<br>".join(escape(line) for line in label_lines(one.words))
        return made | {"text": f"<b>{said}</b>" if one.role == "subject" else said, "align": "left"}

    return label


def label_lines(words: str) -> list[str]:
    """Words at the right end in short lines; what is held together by a no-break space stays together."""
    return textwrap.wrap(words, _LINE_LETTERS, break_long_words=False, break_on_hyphens=False) or [words]


def label_share(labels: Sequence[EndLabel]) -> float:
    """The part of the height that a label needs, so that none stands on another and all find room."""
    tallest = max((len(label_lines(label.words)) for label in labels), default=1)
    return min((3 + _LINE * tallest) / (HEIGHT - _TOP - _BOTTOM), 1 / max(1, len(labels) - 1))


def _margins(block: Figure) -> list[Part]:
    """The unit over the y axis, and the years under the x axis, where thinned ticks cannot take them away."""
    years = [
        _words(tick.second, tick.at, 0, "center", "top", font=NOTE, yref="paper", yshift=-19)
        for tick in figure.x_ticks(block.periods)
        if tick.second
    ]
    unit = _words(block.unit, 0, 1, "right", "bottom", font=_SMALL, xref="paper", yref="paper", xshift=-6, yshift=5)
    return [*years, unit]


def _words(words: str, x: float, y: float | None, across: str, along: str, **more: object) -> Part:
    return {"text": escape(words), "x": x, "y": y, "xanchor": across, "yanchor": along, "showarrow": False} | more


def _frame(block: Figure, labels: tuple[EndLabel, ...]) -> Part:
    longest = max((len(line) for label in labels for line in label_lines(label.words)), default=0)
    margin = {"l": _LEFT, "r": min(190, 14 + round(longest * _LETTER)), "t": _TOP, "b": _BOTTOM, "pad": 0}
    stacked = isinstance(block, Bars) and block.stacking == "stacked"
    return frame(HEIGHT, margin) | {"barmode": "stack" if stacked else "group", "bargap": 0.35}


def frame(height: int, margin: Part) -> Part:
    """What every figure has in common: its size in pixels, its type, no legend and no tools."""
    hover = {"color": LIGHT.ink, "size": SCREEN.note, "family": _FAMILY}
    return {
        "height": height,
        "margin": margin,
        "showlegend": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FAMILY} | NOTE,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": LIGHT.panel, "bordercolor": LIGHT.line, "font": hover},
        "dragmode": False,
    }


def _x_axis(block: Figure) -> Part:
    ticks = figure.x_ticks(block.periods)
    pad = 0.6 if isinstance(block, Bars) else 0.35
    return {
        "range": [-pad, len(block.periods) - 1 + pad],
        "tickvals": [tick.at for tick in ticks],
        "ticktext": [tick.label for tick in ticks],
        "tickangle": 0,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "showline": True,
        "linecolor": LIGHT.line,
        "color": LIGHT.muted,
    }


def y_axis(scale: Scale) -> Part:
    """The y axis: its ticks and the lines across."""
    return {
        "range": [scale.low, scale.high],
        "tickvals": list(scale.ticks),
        "ticktext": list(scale.labels),
        "gridcolor": LIGHT.grid,
        "gridwidth": 1,
        "zeroline": False,
        "fixedrange": True,
        "color": LIGHT.muted,
    }


def escape(words: str) -> str:
    """Text for plotly, which reads a subset of HTML."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
