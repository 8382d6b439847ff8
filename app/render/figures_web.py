"""Figures on screen: plotly, without its toolbar, in the colours of the theme."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go

from app.content import format as text
from app.content.blocks import Bars, Series, Trend
from app.content.format import THOUSANDS
from app.render import figure
from app.render.figure import EndLabel, Figure, Scale
from app.render.theme import PALETTES, SCREEN, Palette, ThemeName

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showAxisDragHandles": False}
HEIGHT = 264
_TOP, _BOTTOM, _LEFT = 22, 46, 52
_LETTER = 6.7
_LABEL_SHARE = 18 / (HEIGHT - _TOP - _BOTTOM)
_FAMILY = '"Source Sans", "Source Sans Pro", "Source Sans 3", sans-serif'

Adder = Callable[[go.Figure, Figure, Scale, Palette], None]


def draw(block: Figure, theme: ThemeName) -> go.Figure:
    """The figure of a block, ready for st.plotly_chart."""
    palette, scale = PALETTES[theme], figure.scale(block)
    labels = figure.end_labels(block, scale, _LABEL_SHARE)
    drawn = go.Figure()
    _background(drawn, block, scale, palette)
    if isinstance(block, Bars):
        _bars(drawn, block, palette)
    else:
        _lines(drawn, block, palette)
    _foreground(drawn, block, scale, palette, labels)
    _axes(drawn, block, scale, palette, labels)
    return drawn


def _background(drawn: go.Figure, block: Figure, scale: Scale, palette: Palette) -> None:
    for one in figure.shown_references(block, scale):
        drawn.add_hrect(y0=one.low, y1=one.high, fillcolor=palette.band, line_width=0, layer="below")
        drawn.add_annotation(
            x=0,
            xref="paper",
            y=one.high,
            text=escape(one.name),
            showarrow=False,
            xanchor="left",
            yanchor="top",
            yshift=1,
            font={"size": 12, "color": palette.muted},
        )
    target = block.target
    if target is not None and target.low is not None and target.high is not None:
        drawn.add_hrect(y0=target.low, y1=target.high, fillcolor=palette.accent_tint, line_width=0, layer="below")


def _lines(drawn: go.Figure, block: Trend, palette: Palette) -> None:
    hues = figure.series_colours(block, palette)
    for index, one in sorted(enumerate(block.series), key=lambda pair: pair[1].role == "subject"):
        subject = one.role == "subject"
        lonely, last = set(figure.lonely(one.values)), figure.last_known(one.values)
        drawn.add_scatter(
            x=list(range(len(one.values))),
            y=list(one.values),
            mode="lines+markers",
            name=one.name,
            line={"color": hues[index], "width": 2.5 if subject else 1.5},
            marker={
                "size": [
                    7.0 if at == last and subject else 5.0 if at in lonely else 0.0 for at in range(len(one.values))
                ],
                "opacity": 1,
            },
            connectgaps=False,
            cliponaxis=False,
            text=_hover(one, block),
            hovertemplate="%{text}<extra></extra>",
        )


def _bars(drawn: go.Figure, block: Bars, palette: Palette) -> None:
    hues = figure.series_colours(block, palette)
    for index, one in enumerate(block.series):
        drawn.add_bar(
            x=list(range(len(one.values))),
            y=list(one.values),
            name=one.name,
            marker={"color": hues[index], "line": {"color": palette.paper, "width": 1}},
            text=_hover(one, block),
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    for at in figure.gaps(block):
        drawn.add_annotation(
            x=at, y=0, text="n/a", showarrow=False, yanchor="bottom", font={"size": 12, "color": palette.muted}
        )


def _foreground(drawn: go.Figure, block: Figure, scale: Scale, palette: Palette, labels: tuple[EndLabel, ...]) -> None:
    for edge in block.target.edges if block.target else ():
        drawn.add_hline(y=edge, line={"color": palette.muted, "width": 1.25, "dash": "4px,3px"})
    hues = figure.series_colours(block, palette)
    for label in labels:
        colour = palette.muted if label.index is None else _readable(hues[label.index], palette)
        words = escape(label.words)
        drawn.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=6,
            y=label.at,
            text=f"<b>{words}</b>" if label.role == "subject" else words,
            showarrow=False,
            align="left",
            font={"size": SCREEN.note, "color": colour},
        )
    for mark in figure.marks(block):
        drawn.add_scatter(
            x=[mark.at],
            y=[scale.low],
            mode="markers",
            showlegend=False,
            cliponaxis=False,
            marker={"symbol": "triangle-up", "size": 9, "color": palette.muted},
            hovertemplate=escape(f"{mark.event.name}, {text.day(mark.event.day)}") + "<extra></extra>",
        )


def _axes(drawn: go.Figure, block: Figure, scale: Scale, palette: Palette, labels: tuple[EndLabel, ...]) -> None:
    ticks = figure.x_ticks(block.periods)
    pad = 0.6 if isinstance(block, Bars) else 0.35
    longest = max((len(label.words) for label in labels), default=0)
    drawn.update_layout(
        height=HEIGHT,
        margin={"l": _LEFT, "r": min(190, 14 + round(longest * _LETTER)), "t": _TOP, "b": _BOTTOM, "pad": 0},
        barmode="stack" if isinstance(block, Bars) and block.stacking == "stacked" else "group",
        bargap=0.35,
        showlegend=False,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": _FAMILY, "size": SCREEN.note, "color": palette.muted},
        hovermode="x unified" if len(block.series) > 1 else "closest",
        hoverlabel={
            "bgcolor": palette.panel,
            "bordercolor": palette.line,
            "font": {"color": palette.ink, "size": SCREEN.note, "family": _FAMILY},
        },
        separators="." + THOUSANDS,
        dragmode=False,
    )
    drawn.update_xaxes(
        range=[-pad, len(block.periods) - 1 + pad],
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        showline=True,
        linecolor=palette.line,
        tickvals=[tick.at for tick in ticks],
        ticktext=[tick.label for tick in ticks],
        tickangle=0,
        unifiedhovertitle={"text": "%{x}"},
        color=palette.muted,
    )
    for tick in ticks:
        if tick.second:
            drawn.add_annotation(
                x=tick.at,
                y=0,
                yref="paper",
                yanchor="top",
                yshift=-19,
                text=tick.second,
                showarrow=False,
                font={"size": SCREEN.note, "color": palette.muted},
            )
    drawn.update_yaxes(
        range=[scale.low, scale.high],
        tickvals=list(scale.ticks),
        ticktext=list(scale.labels),
        gridcolor=palette.grid,
        gridwidth=1,
        zeroline=False,
        fixedrange=True,
        color=palette.muted,
    )
    drawn.add_annotation(
        x=0,
        xref="paper",
        xanchor="right",
        xshift=-6,
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=5,
        text=escape(block.unit),
        showarrow=False,
        font={"size": 12, "color": palette.muted},
    )


def escape(words: str) -> str:
    """Text for plotly, which reads a subset of HTML."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _readable(colour: str, palette: Palette) -> str:
    return palette.muted if colour == palette.context else colour


def _hover(one: Series, block: Figure) -> list[str]:
    name = f"{one.name} " if len(block.series) > 1 else ""
    texts = [figure.value_text(one, index, block.unit) for index in range(len(one.values))]
    return [
        escape(f"{name}{words}" if len(block.series) > 1 else f"{text.period(period)}: {words}")
        for period, words in zip(block.periods, texts, strict=True)
    ]
