"""What a section is built from: one state of the warehouse, seen for a scope, a period and a comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from app.content.blocks import Cell, Column, Row, Section
from data.metrics.base import Domain, Value
from data.period import Period
from data.warehouse import read_events, read_incidents
from data.warehouse.read_events import LINE, Line
from data.warehouse.read_incidents import IncidentTold
from data.warehouse.readings import Reader, Reading

T = TypeVar("T")


class Comparison(StrEnum):
    """What a number is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"

    def period(self, shown: Period) -> Period:
        """The period that the shown one is compared with."""
        return shown.previous() if self is Comparison.PREVIOUS else shown.year_before()

    def of(self, reading: Reading) -> Value:
        """The value of the reading in that period."""
        return reading.previous if self is Comparison.PREVIOUS else reading.year_before


@dataclass
class Context:
    """All that a section may look at. `now` is when the page is read: freshness is told against it, no number is."""

    reader: Reader
    scope: str
    period: Period
    comparison: Comparison
    now: datetime
    _readings: dict[str, Reading] = field(default_factory=dict)
    _kept: dict[object, Any] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return self.reader.settings.zone

    @property
    def kpis(self) -> tuple[Reading, ...]:
        """The readings that the Board shows, in its order."""
        return self.readings(self.reader.settings.kpis)

    @property
    def compared(self) -> Period:
        """The period that is compared with."""
        return self.comparison.period(self.period)

    @property
    def days(self) -> tuple[datetime, datetime]:
        """The instants of the period."""
        return self.period.instants(self.zone)

    def readings(self, names: Sequence[str]) -> tuple[Reading, ...]:
        """Readings by metric id; those not read yet are read together."""
        wanted = [self.reader.metric(name) for name in names if name not in self._readings]
        if wanted:
            found = self.reader.readings(wanted, self.scope, self.period)
            self._readings |= {one.metric.id: one for one in found}
        return tuple(self._readings[name] for name in names)

    def reading(self, name: str) -> Reading:
        """One reading by metric id."""
        return self.readings((name,))[0]

    def of_domain(self, domain: Domain, first: Sequence[str] = ()) -> tuple[Reading, ...]:
        """Every reading of a domain, the company's own measurements too: the named ones first, then the others."""
        others = (one.id for one in self.reader.metrics if one.domain is domain and one.id not in first)
        return self.readings((*first, *others))

    def charges(self, period: Period, agreeing_in: tuple[str, ...] = LINE) -> tuple[Line, ...]:
        """The charges of the scope and all below it in a period, added up within each calendar month."""
        below = self.everything_below()
        return self.once(
            ("charges", period, agreeing_in),
            lambda: read_events.charge_lines(self.reader.connection, below, period, agreeing_in),
        )

    def incidents(self) -> tuple[IncidentTold, ...]:
        """What went on in the period and is filed under the scope or below it, or hurt something there."""
        scopes = frozenset(self.everything_below())
        return self.once("incidents", lambda: read_incidents.incidents(self.reader.connection, scopes, *self.days))

    def once(self, key: object, read: Callable[[], T]) -> T:
        """What `read` gives, read the first time that a section asks for it."""
        if key not in self._kept:
            self._kept[key] = read()
        found: T = self._kept[key]
        return found

    @property
    def as_of(self) -> datetime:
        """The instant of the data; that of reading where there are none."""
        return self.reader.version.committed_at if self.reader.version else self.now

    def everything_below(self) -> tuple[str, ...]:
        """The scope and all below it, of every kind: whose facts the scope's numbers are made of."""
        return tuple(sorted({one.id for one in self.reader.below(self.scope, self.period)}))

    def name_of(self, scope: str) -> str:
        """A scope as a reader calls it."""
        return self.reader.tree.get(scope, self.period.start).name if scope in self.reader.tree else scope


Build = Callable[[Context], Section]


@dataclass(frozen=True)
class SectionKind:
    """A part of a page and of the pack: its id, and what makes it. `build` reads, and never draws."""

    id: str
    build: Build


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of a whole; None where there is no whole."""
    return Decimal(part) / Decimal(whole) if whole else None


def row(*texts: str, href: str = "", strong: bool = False) -> Row:
    """A row of plain texts."""
    return Row(tuple(Cell(one) for one in texts), href, strong)


def without_empty(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> tuple[tuple[Column, ...], tuple[Row, ...]]:
    """Without the columns that say nothing in any row; a table without rows keeps them all."""
    kept = [at for at in range(len(columns)) if not rows or any(row.cells[at] != Cell() for row in rows)]
    shown = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in rows)
    return tuple(columns[at] for at in kept), shown
