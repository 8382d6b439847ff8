"""A timeline on screen, as HTML: lanes with shapes that lead to what they stand for."""

from __future__ import annotations

from app.content.timeline import Lane, Timeline
from app.render import timeline
from app.render.html import Query, escape, link
from app.render.timeline import SHAPES, Placed


def lanes(block: Timeline, query: Query) -> str:
    """The lanes with their axis under them and the key of the shapes."""
    parts = []
    for group in timeline.groups(block):
        head = f'<p class="pl-group">{escape(group.name)}</p>' if group.name else ""
        parts.append(head + "".join(_lane(lane, placed, block, query) for lane, placed in group.lanes))
    return f'<div class="pl-timeline">{"".join(parts)}{_axis(block)}{_key(block)}</div>'


def _lane(lane: Lane, placed: tuple[Placed, ...], block: Timeline, query: Query) -> str:
    grid = "".join(f'<i class="pl-grid" style="left:{at:.2%}"></i>' for at, _ in timeline.ticks(block))
    end = timeline.known(block)
    rest = f'<i class="pl-unknown" style="left:{end:.2%}"></i>' if end is not None else ""
    spans = "".join(_span(one, query) for one in placed)
    return (
        f'<div class="pl-lane"><span class="pl-lane-name">{escape(lane.name)}</span>'
        f'<div class="pl-track">{grid}{rest}{spans}</div></div>'
    )


def _span(one: Placed, query: Query) -> str:
    shape, tone = SHAPES[one.span.weight]
    said = escape(one.span.text)
    place = f'style="left:{one.start:.3%};width:{one.end - one.start:.3%}"'
    inside = f'<b class="pl-bar"></b><b class="pl-shape pl-{shape}"></b>' + (
        '<b class="pl-on"></b>' if one.goes_on else ""
    )
    css = f"pl-span pl-tone-{tone} pl-{one.span.weight}"
    href = link(one.span.href, query)
    if href:
        return f'<a class="{css}" {place} href="{escape(href)}" title="{said}" aria-label="{said}">{inside}</a>'
    return f'<span class="{css}" {place} title="{said}">{inside}</span>'


def _axis(block: Timeline) -> str:
    ticks = "".join(f'<span style="left:{at:.2%}">{escape(words)}</span>' for at, words in timeline.ticks(block))
    return f'<div class="pl-lane pl-axis"><span class="pl-lane-name"></span><div class="pl-track">{ticks}</div></div>'


def _key(block: Timeline) -> str:
    said = "".join(
        f'<span class="pl-tone-{SHAPES[weight][1]}"><b class="pl-shape pl-{SHAPES[weight][0]}"></b>'
        f"<em>{escape(words)}</em></span>"
        for weight, words in timeline.key(block)
    )
    return f'<div class="pl-key">{said}</div>' if said else ""
