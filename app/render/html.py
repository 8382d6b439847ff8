"""Blocks as HTML text, every word escaped. Colours and sizes come from web.css and the theme's variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from app.content import format as text
from app.content.blocks import (
    MARKS,
    Cell,
    Column,
    Definition,
    Definitions,
    Facts,
    Headline,
    Marks,
    Notice,
    Row,
    Table,
    Tile,
    Tiles,
    Verdict,
)
from app.render.figure import decimal_split, spark

Query = Mapping[str, str]

_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_EDGE = 96.0, 34.0, 4.0
# Markdown, maths, emoji codes and colour directives are all spelled with these: as entities they are only characters.
_ENTITIES = {sign: f"&#{ord(sign)};" for sign in "&<>\"':$*_[]`~\\#|{}@!^=+"} | {"\n": " ", "\r": " ", "\0": ""}
_LONG = 7
"""From so many characters on a tile's value is set smaller, so that its sparkline keeps a place beside it."""
_NOTICE_WORDS = {"missing": "Missing", "info": "Note", "late": "Late", "error": "Error"}


def escape(words: str) -> str:
    """Words as text and nothing else, on one line, wherever HTML or Markdown is read."""
    return "".join(_ENTITIES.get(sign, sign) for sign in words)


def link(href: str, query: Query) -> str:
    """The address with the page's own parameters kept, its own winning; empty if it is not a web address."""
    try:
        found = urlsplit(href)
    except ValueError:
        return ""
    if found.scheme not in ("", "http", "https") or not href:
        return ""
    if found.scheme or found.netloc:
        return href
    kept = dict(query) | dict(parse_qsl(found.query, keep_blank_values=True))
    return urlunsplit(("", "", found.path, urlencode(kept), found.fragment))


def headline(block: Headline) -> str:
    """The sentence and its detail."""
    detail = f'<p class="pl-detail">{escape(block.detail)}</p>' if block.detail else ""
    return f'<div class="pl-headline"><p class="pl-sentence">{escape(block.sentence)}</p>{detail}</div>'


def heading(title: str, summary: str = "", anchor: str = "") -> str:
    """The head of a section."""
    under = f'<p class="pl-summary">{escape(summary)}</p>' if summary else ""
    return f'<div class="pl-section"><h2 id="{escape(anchor)}">{escape(title)}</h2>{under}</div>'


def verdict(value: Verdict | None, reason: str = "") -> str:
    """Shape and word; "no target" in muted ink where nothing is judged."""
    if value is None:
        return '<span class="pl-verdict pl-tone-neutral">no target</span>'
    mark = MARKS[value]
    title = f' title="{escape(reason)}"' if reason else ""
    shape = f'<span class="pl-shape pl-{mark.shape}" aria-hidden="true"></span>'
    return f'<span class="pl-verdict pl-tone-{mark.tone}"{title}>{shape}{escape(mark.word)}</span>'


def tiles(block: Tiles, query: Query) -> str:
    """The grid of tiles; each has the same five rows."""
    return f'<div class="pl-tiles" role="list">{"".join(_tile(tile, query) for tile in block.tiles)}</div>'


def _tile(tile: Tile, query: Query) -> str:
    href = link(tile.href, query)
    label = escape(tile.label)
    name = f'<a class="pl-cover" href="{escape(href)}" target="_self">{label}</a>' if href else label
    tone = MARKS[tile.verdict].tone if tile.verdict else "none"
    judged = verdict(tile.verdict, tile.verdict_reason) if tile.judged else ""
    rows = (
        f'<div class="pl-row1"><span class="pl-label">{name}</span>{judged}</div>',
        f'<div class="pl-row2">{_value(tile)}{sparkline(tile.spark, tile.spark_targets, tile.label)}</div>',
        f'<div class="pl-row3"><span>{escape(tile.target)}</span>{_change(tile)}</div>',
        f'<div class="pl-row4">{escape(tile.evidence or tile.verdict_reason)}</div>',
        f'<div class="pl-row5"><span>{escape(tile.freshness)}</span>{_about(tile)}</div>',
    )
    return f'<div class="pl-tile pl-edge-{tone}" role="listitem">{"".join(rows)}</div>'


def _value(tile: Tile) -> str:
    look = " pl-absent" if tile.value == text.ABSENT else " pl-long" if len(tile.value) > _LONG else ""
    unit = f'<span class="pl-unit">{escape(tile.unit)}</span>' if tile.unit else ""
    return f'<span class="pl-value{look}">{escape(tile.value)}{unit}</span>'


def _change(tile: Tile) -> str:
    if not tile.change:
        return ""
    word = f' <b class="pl-{tile.change_word}">{tile.change_word}</b>' if tile.change_word else ""
    return f'<span class="pl-change">{escape(tile.change)}{word}</span>'


def _about(tile: Tile) -> str:
    if tile.definition is None and not tile.provenance:
        return ""
    said = definition_body(tile.definition) if tile.definition else ""
    reason = f"<p>{escape(tile.verdict_reason)}</p>" if tile.verdict_reason else ""
    source = f'<p class="pl-source">{escape(tile.provenance)}</p>' if tile.provenance else ""
    words = f"Definition of {escape(tile.label)}"
    return (
        f'<details class="pl-about"><summary aria-label="{words}" title="{words}">i</summary>'
        f'<div class="pl-pop">{reason}{said}{source}</div></details>'
    )


def sparkline(values: Sequence[float | None], targets: Sequence[float], name: str) -> str:
    """The last periods as a small line with its gaps, the target dashed, the last value marked."""
    drawn = spark(values, targets)
    if drawn is None:
        return '<span class="pl-spark"></span>'
    lines = "".join(map(_spark_run, drawn.runs))
    x, y = _spark_at(*drawn.last)
    heights = [_spark_at(0, aim)[1] for aim in drawn.aims]
    aims = "".join(
        f'<line class="pl-aim" x1="0" x2="{_SPARK_WIDTH:.0f}" y1="{height}" y2="{height}"/>' for height in heights
    )
    return (
        f'<svg class="pl-spark" viewBox="0 0 {_SPARK_WIDTH:.0f} {_SPARK_HEIGHT:.0f}" role="img" '
        f'aria-label="{escape(name)}, last {len(values)} periods">{aims}{lines}<circle cx="{x}" cy="{y}" r="3"/></svg>'
    )


def _spark_run(run: Sequence[tuple[float, float]]) -> str:
    """A line; a dot for a value that stands alone."""
    points = [_spark_at(*point) for point in run]
    if len(set(points)) == 1:
        return f'<circle class="pl-dot" cx="{points[0][0]}" cy="{points[0][1]}" r="2"/>'
    return f'<polyline class="pl-line" points="{" ".join(map(",".join, points))}"/>'


def _spark_at(x: float, y: float) -> tuple[str, str]:
    wide, high = _SPARK_WIDTH - 2 * _SPARK_EDGE, _SPARK_HEIGHT - 2 * _SPARK_EDGE
    return f"{_SPARK_EDGE + x * wide:.1f}", f"{_SPARK_EDGE + (1 - y) * high:.1f}"


def table(block: Table, query: Query) -> str:
    """An accessible table that scrolls sideways on its own; numbers line up at their decimal points."""
    title = f'<p class="pl-title" id="{escape(block.id)}-title">{escape(block.title)}</p>' if block.title else ""
    if not block.rows:
        return f'<div class="pl-figure">{title}<p class="pl-note">{escape(block.empty)}</p></div>'
    heads = "".join(
        f'<th scope="col" class="{_classes(column)}">{escape(column.name)}</th>' for column in block.columns
    )
    widths = [_fraction_width(block, index) for index in range(len(block.columns))]
    rows = "".join(_row(row, block.columns, widths, query) for row in block.rows)
    shown = f"{text.count(len(block.rows))} of {text.count(block.count)}" if block.count > len(block.rows) else ""
    note = text.joined(f"Rows 1–{shown}" if shown else "", block.note)
    under = f'<p class="pl-note">{escape(note)}</p>' if note else ""
    return (
        f'<div class="pl-figure">{title}<div class="pl-scroll" tabindex="0" role="region" '
        f'aria-label="{escape(block.title or block.id)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>{under}</div>"
    )


def _row(row: Row, columns: Sequence[Column], widths: Sequence[int], query: Query) -> str:
    cells = []
    for index, (cell, column) in enumerate(zip(row.cells, columns, strict=True)):
        tag = "th" if index == 0 else "td"
        scope = ' scope="row"' if index == 0 else ""
        inside = _cell(cell, column, widths[index])
        href = link(cell.href or (row.href if index == 0 else ""), query)
        if href:
            inside = f'<a href="{escape(href)}">{inside}</a>'
        cells.append(f'<{tag}{scope} class="{_classes(column)}">{inside}</{tag}>')
    strong = ' class="pl-strong"' if row.strong else ""
    return f"<tr{strong}>{''.join(cells)}</tr>"


def _cell(cell: Cell, column: Column, width: int) -> str:
    mark = verdict(cell.verdict) if cell.verdict or (column.kind == "verdict" and not cell.text) else ""
    if column.kind != "number":
        return f"{mark} {escape(cell.text).replace('/', '/<wbr>')}".strip()  # a path would widen its column
    if not any(map(str.isdigit, cell.text)):
        return f"{mark}{escape(cell.text)}"
    whole, rest = decimal_split(cell.text)
    return f'{mark}{escape(whole)}<span class="pl-rest" style="min-width:{width}ch">{escape(rest)}</span>'


def _fraction_width(block: Table, index: int) -> int:
    if block.columns[index].kind != "number":
        return 0
    return max((len(decimal_split(row.cells[index].text)[1]) for row in block.rows), default=0)


def _classes(column: Column) -> str:
    return f"pl-col-{column.kind}" + (" pl-right" if column.is_right else "")


def notice(block: Notice, query: Query) -> str:
    """One sentence and one action."""
    href = link(block.href, query)
    action = ""
    if block.action:
        words = escape(block.action)
        action = f' <a href="{escape(href)}">{words}</a>' if href else f' <span class="pl-do">{words}</span>'
    role = "alert" if block.kind == "error" else "note"
    word = _NOTICE_WORDS[block.kind]
    return (
        f'<div class="pl-notice pl-notice-{block.kind}" role="{role}"><b>{word}</b>'
        f"<span>{escape(block.sentence)}{action}</span></div>"
    )


def definitions(block: Definitions) -> str:
    """Each definition behind its name, closed until asked for."""
    return "".join(
        f'<details class="pl-definition" id="definition-{escape(entry.id)}"><summary>{escape(entry.name)}</summary>'
        f"{definition_body(entry)}</details>"
        for entry in block.entries
    )


def definition_body(entry: Definition) -> str:
    """Meaning, formula, source, version."""
    formula = f'<p class="pl-formula">{escape(entry.formula)}</p>' if entry.formula else ""
    print_ = f" · {entry.hash}" if entry.hash else ""
    version = f"{entry.id} · definition {entry.version}{print_}"
    source = f'<p class="pl-source">{escape(entry.source)}</p>' if entry.source else ""
    return f'<p>{escape(entry.text)}</p>{formula}{source}<p class="pl-source">{escape(version)}</p>'


def facts(block: Facts) -> str:
    """Names and values in reading order."""
    pairs = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in block.pairs)
    return f'<dl class="pl-facts">{pairs}</dl>'


def marks(block: Marks) -> str:
    """Words that stay in sight on every page."""
    meaning = f"<span>{escape(block.meaning)}</span>" if block.meaning else ""
    return f'<div class="pl-marks" role="note"><b>{escape(block.words)}</b>{meaning}</div>'


def figure_head(title: str, subtitle: str, alt: str) -> str:
    """Title, measure and unit, and the figure in words for those who cannot see it."""
    under = f'<p class="pl-subtitle">{escape(subtitle)}</p>' if subtitle else ""
    return (
        f'<div class="pl-figure"><p class="pl-title">{escape(title)}</p>{under}'
        f'<div class="pl-alt" role="img" aria-label="{escape(alt)}"></div></div>'
    )


def figure_notes(notes: Sequence[str], events: Sequence[str]) -> str:
    """What stands under a figure."""
    said = escape(" ".join(notes))
    key = escape(text.joined(*events))
    lines = "".join(f'<p class="pl-note">{line}</p>' for line in (said, key) if line)
    return f'<div class="pl-under">{lines}</div>' if lines else ""
