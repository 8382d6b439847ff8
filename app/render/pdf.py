"""Board packs as PDF: blocks become data for pack.typ, set by Typst. No browser, no system font, no text as markup."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, singledispatch
from pathlib import Path
from typing import Literal, TypeAlias

import typst

from app.content import format as text
from app.content.among import Among
from app.content.blocks import (
    MARKS,
    Bars,
    Beside,
    Block,
    Cell,
    Column,
    Definitions,
    Facts,
    Figure,
    Headline,
    Marks,
    Notice,
    Row,
    Section,
    Table,
    Tile,
    Tiles,
    Trend,
    Verdict,
)
from app.content.curve import Curve
from app.content.flows import Flows
from app.content.pack import Pack, PackPage, kpi_table
from app.content.scatter import Scatter
from app.content.timeline import Timeline
from app.content.tornado import Tornado
from app.content.waterfall import Waterfall
from app.content.waves import Waves
from app.render import (
    among,
    among_pdf,
    curve,
    curve_pdf,
    figure,
    figures_pdf,
    flows,
    flows_pdf,
    scatter,
    scatter_pdf,
    timeline,
    timeline_pdf,
    tornado,
    tornado_pdf,
    waterfall,
    waterfall_pdf,
    waves,
    waves_pdf,
)
from app.render.fonts import clean, described, faces_in, folder
from app.render.plot import POINTS_PER_MM
from app.render.theme import FONT, LIGHT, PAPER, colours

Json: TypeAlias = Mapping[str, object]

STANDARDS: tuple[Literal["ua-1"], Literal["a-3a"]] = ("ua-1", "a-3a")
_DESIGN = Path(__file__).with_name("pack.typ")
_STATE_WORDS = {"draft": "Draft", "flash": "Flash, not final", "unreleased": "Final, not released", "final": "Final"}
_NOTICES = {
    "missing": ("Missing", "neutral"),
    "info": ("Note", "accent"),
    "late": ("Late", "at_risk"),
    "error": ("Error", "missed"),
}
# Millimetres between the margins: A4 and Letter, upright and on their side.
_WIDTHS = {("a4", False): 174.0, ("a4", True): 261.0, ("us-letter", False): 179.9, ("us-letter", True): 243.4}
# A figure is a whole number of points high, so that it falls on whole pixels where it becomes a picture.
_GUTTER, _FIGURE_HEIGHT = 5.0, 147 / POINTS_PER_MM


def compile_pack(pack: Pack, *, as_of: datetime, fonts: Path | None = None) -> bytes:
    """The pack as a tagged PDF (PDF/UA-1 and PDF/A-3a), dated `as_of`; the same bytes for the same pack.

    `fonts` is a folder of further faces. A character that no face has is shown as a box and listed at the end.
    Raises typst.TypstError if the design cannot be set.
    """
    faces = faces_in(fonts)
    shown, missing = clean(pack, faces)
    said = {**_pack(shown, as_of.astimezone(UTC), described(missing)), "fonts": [FONT, *_families(faces)]}
    made = typst.compile(
        _DESIGN,
        font_paths=_faces(fonts if faces else None),
        format="pdf",
        sys_inputs={"pack": json.dumps(said, ensure_ascii=False)},
        pdf_standards=list(STANDARDS),
        timestamp=int(as_of.timestamp()),
    )
    return bytes(made)


@cache
def _faces(more: Path | None) -> typst.Fonts:
    """Source Sans and the faces of one more folder; nothing of the machine, nothing of Typst's own."""
    paths = [str(path) for path in (folder(), more) if path is not None]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def product_fonts() -> typst.Fonts:
    """Source Sans alone."""
    return _faces(None)


def _families(faces: tuple[Path, ...]) -> list[str]:
    if not faces:
        return []
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    names = {str(TTFont(path, lazy=True)["name"].getBestFamilyName()): None for path in faces}
    return list(names)


def _pack(pack: Pack, as_of: datetime, missing: tuple[str, ...]) -> dict[str, object]:
    widths = {side: _WIDTHS[pack.paper, side] for side in (False, True)}
    return {
        "title": pack.title,
        "entity": pack.entity,
        "period": pack.period,
        "comparison": pack.comparison,
        "state": pack.state,
        "state_word": _STATE_WORDS[pack.state],
        "as_of": pack.as_of,
        "date": [as_of.year, as_of.month, as_of.day, as_of.hour, as_of.minute, as_of.second],
        "demo": pack.demo,
        "paper": pack.paper,
        "headline": asdict(pack.headline),
        "notices": [draw(one, widths[False]) for one in pack.notices],
        "kpis": draw(kpi_table(pack.kpis, title=""), widths[False]),
        "pages": [_page(page, widths[page.orientation == "landscape"]) for page in pack.pages],
        "definitions": [asdict(one) for one in pack.definitions],
        "missing": list(missing),
        "log": None if pack.log is None else asdict(pack.log) | {"token": pack.log.token},
        "release": pack.release,
        "colours": colours(LIGHT),
        "type": asdict(PAPER),
    }


def _page(page: PackPage, width: float) -> Json:
    sections = [_section(section, width) for section in page.sections]
    return {"title": page.title, "landscape": page.orientation == "landscape", "sections": sections}


def _section(section: Section, width: float) -> Json:
    blocks = [draw(block, width) for block in section.blocks]
    return {"title": section.title, "summary": section.summary, "blocks": blocks}


@singledispatch
def draw(block: Block, _width: float) -> Json:
    """What pack.typ needs to set one block so many millimetres wide. A kind without a function here is a fault."""
    raise TypeError(f"No drawing on paper for {type(block).__name__}.")


@draw.register
def _(block: Headline, _width: float) -> Json:
    return {"kind": "headline"} | asdict(block)


@draw.register
def _(block: Tiles, _width: float) -> Json:
    return {"kind": "tiles", "tiles": [_tile(tile) for tile in block.tiles]}


@draw.register(Trend)
@draw.register(Bars)
def _(block: Trend | Bars, width: float) -> Json:
    events = (f"{mark.number} {mark.event.name}, {text.day(mark.event.day)}" for mark in figure.marks(block))
    notes = (" ".join(figure.notes(block, figure.scale(block))), text.joined(*events))
    return _figure(block, figures_pdf.draw(block, width, _FIGURE_HEIGHT), *notes)


@draw.register
def _(block: Waves, width: float) -> Json:
    drawn = waves_pdf.draw(block, width, _FIGURE_HEIGHT)
    return _figure(block, drawn, " ".join(waves.notes(block, waves.scale(block))))


@draw.register
def _(block: Among, width: float) -> Json:
    return _figure(block, among_pdf.draw(block, width), " ".join(among.notes(block)))


@draw.register
def _(block: Scatter, width: float) -> Json:
    return _figure(block, scatter_pdf.draw(block, width, _FIGURE_HEIGHT), " ".join(scatter.notes(block)))


@draw.register
def _(block: Curve, width: float) -> Json:
    return _figure(block, curve_pdf.draw(block, width, _FIGURE_HEIGHT), " ".join(curve.notes(block)))


@draw.register
def _(block: Flows, width: float) -> Json:
    return _figure(block, flows_pdf.draw(block, width, _FIGURE_HEIGHT), " ".join(flows.notes(block)))


@draw.register
def _(block: Tornado, width: float) -> Json:
    return _figure(block, tornado_pdf.draw(block, width), " ".join(tornado.notes(block)))


@draw.register
def _(block: Waterfall, width: float) -> Json:
    return _figure(block, waterfall_pdf.draw(block, width), " ".join(waterfall.notes(block)))


@draw.register
def _(block: Timeline, width: float) -> Json:
    return _figure(block, timeline_pdf.draw(block, width), " ".join(timeline.notes(block)))


def _figure(block: Figure, drawn: str, *notes: str) -> Json:
    return {
        "kind": "figure",
        "title": block.title,
        "subtitle": block.subtitle,
        "alt": block.alt,
        "svg": drawn,
        "notes": [line for line in notes if line],
    }


@draw.register
def _(block: Table, _width: float) -> Json:
    comment = next((at for at, column in enumerate(block.columns) if column.kind == "comment"), None)
    beside = tuple(column for column in block.columns if column.kind != "comment")
    wide = max((column for column in beside if column.kind == "text"), key=_longest(block), default=beside[0])
    return {
        "kind": "table",
        "id": block.id,
        "title": block.title,
        "columns": [_column(column, wide=column is wide) for column in beside],
        "rows": [_row(row, block.columns, comment) for row in block.rows],
        "note": block.note,
        "count": block.count,
        "empty": block.empty,
        "large": comment is not None,
    }


@draw.register
def _(block: Notice, _width: float) -> Json:
    word, tone = _NOTICES[block.kind]
    return {"kind": "notice", "word": word, "tone": tone, "sentence": block.sentence, "action": block.action}


@draw.register
def _(block: Definitions, _width: float) -> Json:
    return {"kind": "definitions", "entries": [asdict(one) for one in block.entries]}


@draw.register
def _(block: Facts, _width: float) -> Json:
    return {"kind": "facts", "pairs": [list(pair) for pair in block.pairs]}


@draw.register
def _(block: Marks, _width: float) -> Json:
    return {"kind": "marks", "words": block.words, "meaning": block.meaning}


@draw.register
def _(block: Beside, width: float) -> Json:
    share = (width - _GUTTER * (len(block.blocks) - 1)) / len(block.blocks)
    return {"kind": "beside", "blocks": [draw(one, share) for one in block.blocks]}


def _tile(tile: Tile) -> Json:
    drawn = figure.spark(tile.spark, tile.spark_targets)
    return {
        "label": tile.label,
        "value": tile.value,
        "unit": tile.unit,
        "verdict": _mark(tile.verdict),
        "judged": tile.judged,
        "target": tile.target,
        "change": tile.change,
        "change_word": tile.change_word,
        "evidence": tile.evidence or tile.verdict_reason,
        "freshness": tile.freshness,
        "spark": asdict(drawn) if drawn else None,
    }


def _longest(block: Table) -> Callable[[Column], int]:
    """How long the words of a column get: the longest one takes what room is left."""
    return lambda column: max((len(row.cells[block.columns.index(column)].text) for row in block.rows), default=0)


def _column(column: Column, *, wide: bool) -> Json:
    return {"name": column.name, "kind": column.kind, "right": column.is_right, "wide": wide}


def _row(row: Row, columns: tuple[Column, ...], comment: int | None) -> Json:
    cells = [_cell(cell, column) for cell, column in zip(row.cells, columns, strict=True)]
    said = "" if comment is None else cells.pop(comment)["text"]
    return {"strong": row.strong, "cells": cells, "comment": said}


def _cell(cell: Cell, column: Column) -> Json:
    whole, rest = figure.decimal_split(cell.text) if column.kind == "number" else (cell.text, "")
    return {
        "text": cell.text,
        "whole": whole,
        "rest": rest,
        "numeric": any(map(str.isdigit, cell.text)),
        "verdict": _mark(cell.verdict),
    }


def _mark(verdict: Verdict | None) -> Json | None:
    return None if verdict is None else asdict(MARKS[verdict])
