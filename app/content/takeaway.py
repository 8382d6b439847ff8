"""A figure or table as plain rows, for those who take it away: exact values under heads that name their units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import singledispatch
from zoneinfo import ZoneInfo

from app.content import format as text
from app.content.among import Among
from app.content.blocks import (
    MARKS,
    Bars,
    Block,
    Cell,
    Column,
    Definition,
    Figure,
    Table,
    Target,
    Trend,
)
from app.content.curve import Curve
from app.content.flows import Flows
from app.content.scatter import Scatter
from app.content.sections import case_words as words
from app.content.sections.words import CORRECTED
from app.content.timeline import WEIGHTS, Timeline
from app.content.tornado import Tornado
from app.content.waterfall import Waterfall
from app.content.waves import Waves
from data.finance.case import Case
from data.period import Period

Value = str | Decimal | float | int | date | datetime | None
Takeable = Figure | Table


@dataclass(frozen=True)
class Sheet:
    """Rows of values under heads. Text is as the sources gave it: who writes a file makes it harmless."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class About:
    """What taken numbers are about: whose they are, of when, what they mean and where they come from.

    `sources` are pairs of a measure and the sources it is made of. `subject` tells of something that is not measured;
    files are then named after it by `named` instead of after scope and period.
    """

    company: str
    scope: str
    scope_id: str
    period: Period
    as_of: str
    zone: ZoneInfo
    demo: bool
    definitions: tuple[Definition, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    subject: tuple[tuple[str, str], ...] = ()
    named: str = ""

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All of it as names and values, in reading order."""
        last = f"{self.period.start.isoformat()} up to but not including {self.period.end.isoformat()}"
        head = (
            ("Company", f"{self.company} (demo data, nobody's numbers)" if self.demo else self.company),
            ("Scope", f"{self.scope} ({self.scope_id})"),
            ("Period", f"{text.period(self.period)}: {last}"),
            ("Time zone", self.zone.key),
            ("Data as of", self.as_of),
        )
        meant = (pair for one in self.definitions for pair in _meant(one))
        return (*self.subject, *head, *meant, *((f"Source of {name}", said) for name, said in self.sources))


def _meant(one: Definition) -> tuple[tuple[str, str], ...]:
    said = (("means", one.text), ("is counted as", one.formula), ("is defined after", one.source))
    version = (f"{one.name}: definition", f"{one.id}, version {one.version}, {one.hash}".rstrip(", "))
    return (*((f"{one.name} {verb}", words) for verb, words in said if words), version)


def of_case(about: About, case: Case, state: str, named: str, scope: tuple[str, str]) -> About:
    """What figures of a business case are about: `state` is how far it came, `scope` the name and id of its scope."""
    told = (
        ("Business case", text.joined(case.name, state)),
        ("Owner", case.owner),
        ("Told", f"{words.VIEWS[case.view]}, discounted at {text.percent(case.discount_rate)} a year"),
    )
    return replace(
        about, scope=scope[0], scope_id=scope[1], period=Period(case.start, case.days[-1]), subject=told, named=named
    )


def file_name(block: Takeable, about: About, ending: str) -> str:
    """What, of whom, of when: "services-larkmoor-group-2026-10.csv"; or of which case: "case-lines-gateway-v1.csv"."""
    whose = (about.named,) if about.named else (about.scope_id, about.period.label.replace("..", "_"))
    parts = (block.id, *whose)
    return "-".join(re.sub(r"[^A-Za-z0-9._]+", "-", part).strip("-") for part in parts) + f".{ending}"


def is_takeable(block: Block) -> bool:
    """Whether there is anything in it to take away."""
    return not isinstance(block, Table) or bool(block.rows)


@singledispatch
def sheet(block: Takeable) -> Sheet:
    """The block as rows. A kind without a function here is a fault of the program."""
    raise TypeError(f"Nothing to take away of {type(block).__name__}.")


@sheet.register(Trend)
@sheet.register(Bars)
def _(block: Trend | Bars) -> Sheet:
    aims = _aims(block.target, block.unit)
    heads = (*_PERIOD, *(_head(one.name, block.unit) for one in block.series), *(name for name, _ in aims))
    rows = (
        (*_period(period), *(one.values[place] for one in block.series), *(value for _, value in aims))
        for place, period in enumerate(block.periods)
    )
    found = Sheet(block.title, heads, tuple(rows), text.joined(block.subtitle, block.note))
    told = [[(one.name, one.texts[place]) for one in block.series if one.texts] for place in range(len(block.periods))]
    return _marking(found, told)


@sheet.register
def _(block: Waves) -> Sheet:
    aims = _aims(block.target, block.unit)
    values = tuple(_head(name, block.unit) for name in (block.name, "95 % interval from", "95 % interval to"))
    heads = (*_PERIOD, *values, "Answers", *(name for name, _ in aims))
    rows = (
        (*_period(one.period), one.value, one.low, one.high, one.answers, *(value for _, value in aims))
        for one in block.waves
    )
    found = Sheet(block.title, heads, tuple(rows), text.joined(block.subtitle, block.note))
    return _marking(found, [[(block.name, one.text)] for one in block.waves])


@sheet.register
def _(block: Among) -> Sheet:
    heads = ("Name", *(_head(name, block.unit) for name in ("From", "To", "Value")), "In words")
    ours = (block.name, *(block.interval or (None, None)), block.value, block.text)
    rows = ((one.name, one.low, one.high, mark, one.text) for one in block.ranges for mark in one.marks or (None,))
    return Sheet(block.title, heads, (ours, *rows), text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Scatter) -> Sheet:
    heads = ("Name", "Day", _head("Value", block.unit), "In words", "Link")
    dots = tuple((one.name, one.day, one.value, one.text, one.href) for one in block.dots)
    levels = tuple((one.name, None, one.value, one.text, "") for one in block.levels)
    return Sheet(block.title, heads, (*dots, *levels), text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Curve) -> Sheet:
    heads = ("Line", _head("Place", block.x_unit or "days"), _head("Value", block.unit), "In words")
    rows = (
        (line.name or "spent evenly", x, y, line.texts[place] if line.texts else "")
        for line in block.lines
        for place, (x, y) in enumerate(line.points)
    )
    return Sheet(block.title, heads, tuple(rows), text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Flows) -> Sheet:
    heads = ("Stage", *(_head(one.name, block.unit) for one in block.parts))
    rows = tuple(zip(block.stages, *(one.values for one in block.parts), strict=True))
    return Sheet(block.title, heads, rows, text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Waterfall) -> Sheet:
    heads = ("Step", _head("Amount", block.unit), "In words", "Good or not")
    ends = tuple((one.name, one.value, one.text, "") for one in (block.first, block.last))
    parts = ((one.name, one.value, one.text, one.word) for one in block.parts)
    return Sheet(block.title, heads, (ends[0], *parts, ends[1]), text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Tornado) -> Sheet:
    heads = ("Input", "Low", "High", _head("At low", block.unit), _head("At high", block.unit))
    rows = tuple((one.name, one.low, one.high, one.at_low, one.at_high) for one in block.swings)
    return Sheet(block.title, heads, rows, text.joined(block.subtitle, block.base_text, block.note))


@sheet.register
def _(block: Timeline) -> Sheet:
    heads = ("Hurt", "Group", "Impact", "From", "To", "In words", "Link")
    rows = (
        (lane.name, lane.group, WEIGHTS[one.weight], one.began, one.ended, one.text, one.href)
        for lane in block.lanes
        for one in lane.spans
    )
    return Sheet(block.title, heads, tuple(rows), text.joined(block.subtitle, block.note))


@sheet.register
def _(block: Table) -> Sheet:
    everything = (*block.rows, *block.rest)
    ordered = [row for row in everything if not row.strong] + [row for row in everything if row.strong]
    columns = [_column([row.cells[at] for row in ordered], column) for at, column in enumerate(block.columns)]
    links = tuple(next((one for one in (row.href, *(cell.href for cell in row.cells)) if one), "") for row in ordered)
    linked = any("://" in link for link in links)
    heads = (*(head for head, _ in columns), *(("Link",) if linked else ()))
    rows = tuple(
        (*(values[place] for _, values in columns), *((links[place],) if linked else ()))
        for place in range(len(ordered))
    )
    told = [
        [(column.name, cell.text) for column, cell in zip(block.columns, row.cells, strict=True)] for row in ordered
    ]
    return _marking(Sheet(block.title or block.id, heads, rows, block.note), told)


def _marking(found: Sheet, told: Iterable[Iterable[tuple[str, str]]]) -> Sheet:
    """With a column more that names the numbers of each row that carry †, where one does; as numbers they cannot."""
    marks = ["; ".join(name.strip() for name, said in row if CORRECTED in said) for row in told]
    if not any(marks):
        return found
    rows = tuple((*row, said or None) for row, said in zip(found.rows, marks, strict=True))
    return replace(found, heads=(*found.heads, f"Corrected ({CORRECTED})"), rows=rows)


def _column(cells: Sequence[Cell], column: Column) -> tuple[str, tuple[Value, ...]]:
    """The head of a column with its unit, and its values: exact where they are given, else as far as they can be read.

    Numbers are read from texts only where all of the column say the same unit.
    """
    if any(cell.exact is not None for cell in cells):
        return _head(column.name, column.unit), tuple(_exact(cell, column) for cell in cells)
    told = tuple(_said(cell) for cell in cells)
    numbers = [_number(said) for said in told if said not in ("", text.ABSENT)]
    units = {number[1] for number in numbers if number is not None}
    if column.kind != "number" or not numbers or None in numbers or len(units) > 1:
        return column.name, tuple(None if said == text.ABSENT else said for said in told)
    read = tuple(number[0] if (number := _number(said)) is not None else None for said in told)
    return _head(column.name, column.unit or units.pop()), read


def _exact(cell: Cell, column: Column) -> Value:
    """The exact value; where a cell of the column has none, its words, unless they only say that there is nothing."""
    if cell.exact is not None or cell.text == text.ABSENT or column.kind == "number":
        return cell.exact
    return _said(cell) or None


def _said(cell: Cell) -> str:
    word = MARKS[cell.verdict].word if cell.verdict else ""
    return text.joined(word, cell.text).replace(text.NARROW, " ").replace("\u00a0", " ")


def _number(said: str) -> tuple[Decimal, str] | None:
    """A formatted number and its unit; None for anything else."""
    found = re.fullmatch(r"([+−]?)([€$£¥]?)([\d,]+(?:\.\d+)?)(?: (\D*))?", said.removesuffix(CORRECTED))
    if not found:
        return None
    sign, symbol, digits, unit = found.groups()
    try:
        value = Decimal(digits.replace(text.THOUSANDS, ""))
    except InvalidOperation:
        return None
    return (-value if sign == text.MINUS else value), f"{symbol} {unit or ''}".strip()


_PERIOD = ("Period", "From", "Until (not included)")


def _period(period: Period) -> tuple[Value, ...]:
    return period.label, period.start, period.end


def _aims(target: Target | None, unit: str) -> tuple[tuple[str, float], ...]:
    if target is None:
        return ()
    ends = ((_head("Target from", unit), target.low), (_head("Target below", unit), target.high))
    return tuple((name, value) for name, value in ends if value is not None)


def _head(name: str, unit: str) -> str:
    return f"{name} ({unit})" if unit else name


def measures_of(blocks: Iterable[Block], block: Takeable) -> tuple[str, ...]:
    """The measures behind a block: its own, else those of the blocks it stands among."""
    if block.measures:
        return block.measures
    there = (one.measures for one in blocks if isinstance(one, Figure | Table))
    return tuple(dict.fromkeys(name for measures in there for name in measures))
