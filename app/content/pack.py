"""A board pack: its cover, its pages and its definitions, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.content.blocks import Cell, Column, Definition, Headline, Notice, Row, Section, Table, Verdict
from data.warehouse.audit import Anchor

State = Literal["draft", "flash", "unreleased", "final"]
Orientation = Literal["portrait", "landscape"]
Paper = Literal["a4", "us-letter"]


@dataclass(frozen=True)
class PackPage:
    """One domain of the pack; it starts on a new page and may flow over several."""

    title: str
    sections: tuple[Section, ...]
    orientation: Orientation = "portrait"


@dataclass(frozen=True)
class Kpi:
    """A row of the cover's table: a number, its target and its past, every text final."""

    name: str
    actual: str
    target: str = ""
    verdict: Verdict | None = None
    variance: str = ""
    previous: str = ""
    prior_year: str = ""
    year_to_date: str = ""
    comment: str = ""
    href: str = ""


@dataclass(frozen=True)
class Pack:
    """A board pack: cover with headline and the table of key numbers, pages, definitions.

    `as_of` is the instant of the data in words, with its zone. A flash pack and an unreleased one carry their state
    across every page; `release` says who prepared and released a final one. `log` is how the change log stood.
    """

    title: str
    entity: str
    period: str
    comparison: str
    state: State
    as_of: str
    headline: Headline
    kpis: tuple[Kpi, ...]
    pages: tuple[PackPage, ...]
    definitions: tuple[Definition, ...] = ()
    demo: bool = False
    notices: tuple[Notice, ...] = ()
    log: Anchor | None = None
    release: str = ""
    paper: Paper = "a4"


KPI_COLUMNS = (
    Column("Measure"),
    Column("Actual", kind="number"),
    Column("Target", kind="number"),
    Column("Verdict", kind="verdict"),
    Column("Variance", kind="number"),
    Column("Previous", kind="number"),
    Column("Prior year", kind="number"),
    Column("Year to date", kind="number"),
    Column("Comment", kind="comment"),
)


def kpi_table(kpis: tuple[Kpi, ...], title: str = "Key measures") -> Table:
    """The key numbers as a table, for screen and paper."""
    return Table("kpis", title, KPI_COLUMNS, tuple(_kpi_row(kpi) for kpi in kpis))


def _kpi_row(kpi: Kpi) -> Row:
    texts = (kpi.variance, kpi.previous, kpi.prior_year, kpi.year_to_date, kpi.comment)
    ahead = (Cell(kpi.name), Cell(kpi.actual), Cell(kpi.target), Cell(verdict=kpi.verdict))
    return Row(ahead + tuple(Cell(text) for text in texts), kpi.href)
