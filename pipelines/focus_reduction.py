"""Files of charges reduced in the lake: one table of daily sums a file, joined per billing period."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from itertools import islice
from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from pipelines import focus_columns, lake
from pipelines.focus_columns import DIMENSIONS, Grain
from pipelines.focus_files import File, Refused

TOLD_LINES = 1000
"""How many rejected charges of one file are told one by one; all are counted."""

ALIKE = 0.5
"""The share of a file's charges in another one from which on both are taken for deliveries of the same."""

_PLACES = Decimal("1e-12")
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Fault:
    """A charge that was not counted: where it stands in its file, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Reduced:
    """A file's daily sums in the lake, and what was seen on the way. `broken` rows could not be taken apart."""

    file: File
    table: ir.Table
    version: str
    periods: tuple[date, ...]
    rows: int
    rejected: int
    unread_tags: int
    faults: tuple[Fault, ...]


class Sum(NamedTuple):
    """One row of a period: DIMENSIONS in their spelling, tags of the kept keys, costs to 12 decimals, half even."""

    day: date
    dimensions: Mapping[str, str]
    tags: tuple[tuple[str, str], ...]
    billed: Decimal
    effective: Decimal


class Reduction:
    """What was reduced so far in one engine."""

    def __init__(self, engine: Backend, grain: Grain) -> None:
        self._engine = engine
        self._grain = grain
        self._count = 0
        self._queries: dict[object, str] = {}

    def reduce(self, file: File) -> Reduced:
        """The daily sums of a file, in one pass. Raises lake.Damaged, Refused."""
        lake.whole(file.path)
        self._count += 1
        broken = f"broken_{self._count}"
        charges = lake.table(self._engine, file.path, name="charges", broken=broken)
        if absent := focus_columns.missing(charges.columns):
            plural = "s" if len(absent) > 1 else ""
            raise Refused(f"{file.name} is no FOCUS file: it lacks the column{plural} {', '.join(absent)}.")
        table = lake.stored(self._engine, file.path, f"sums_{self._count}", self._query(charges))
        counts = {name: table[name].sum().cast("int64") for name in ("rows", "unread")}
        parts = _rows(table.group_by(["billing_period", "sound"]).aggregate(**counts))
        sound = [part for part in parts if part["sound"]]
        apart = 0 if lake.format_of(file.path) == lake.PARQUET else lake.broken_rows(self._engine, broken)
        rejected = sum(part["rows"] for part in parts if not part["sound"]) + apart
        return Reduced(
            file=file,
            table=table,
            version=focus_columns.version(charges.columns),
            periods=tuple(sorted(part["billing_period"] for part in sound)),
            rows=sum(part["rows"] for part in sound),
            rejected=rejected,
            unread_tags=sum(part["unread"] for part in sound),
            faults=tuple(islice(self._faults(file), TOLD_LINES)) if rejected else (),
        )

    def _query(self, charges: ir.Table) -> str:
        """The reduction in the language of the engine; files of one form share it, for writing it takes its time."""
        form = charges.op()
        if form not in self._queries:
            sums = focus_columns.named(focus_columns.reduced(charges, self._grain), self._grain)
            self._queries[form] = str(self._engine.compile(focus_columns.merged([sums])))
        return self._queries[form]

    def sums(self, period: date, files: Sequence[Reduced]) -> Iterator[Sum]:
        """The charges of a billing period in all of its files."""
        tables = [one.table.filter((one.table.billing_period == period) & one.table.sound) for one in files]
        every = focus_columns.merged(tables) if len(tables) > 1 else tables[0]
        columns = (*DIMENSIONS, *self._grain.tags, "day", "billed", "effective")
        answer = every.select(*columns).order_by(["day", *DIMENSIONS, *self._grain.tags]).to_pyarrow()
        spelled = functools.cache(focus_columns.spelled)
        cells = {name: answer[name].to_pylist() for name in columns}
        for name in focus_columns.ALLOWED:
            cells[name] = [spelled(name, text) for text in cells[name]]
        for row in zip(*cells.values(), strict=True):
            dimensions = dict(zip(DIMENSIONS, row, strict=False))
            values = zip(self._grain.tag_keys, row[len(DIMENSIONS) :], strict=False)
            day, billed, effective = row[-3:]
            tags = tuple([(key, value) for key, value in values if value])
            yield Sum(day, dimensions, tags, _exact(billed), _exact(effective))

    def alike(self, period: date, files: Sequence[Reduced]) -> Iterator[tuple[Reduced, Reduced, float]]:
        """Pairs of files that seem to hold the same charges of a period: smaller, larger, share of the smaller's.

        Most of the smaller one's daily sums must be in the larger one too before their charges are compared.
        """
        for first, second in self._suspects(period, files):
            smaller, larger = sorted((first, second), key=lambda one: (one.rows, one.file.name))
            share = self._share(self._charges(period, smaller), self._charges(period, larger))
            if share >= ALIKE:
                yield smaller, larger, share

    def _suspects(self, period: date, files: Sequence[Reduced]) -> Iterator[tuple[Reduced, Reduced]]:
        tables = [self._daily(period, one).mutate(file=ibis.literal(index)) for index, one in enumerate(files)]
        if len(tables) < 2:
            return
        every = tables[0].union(*tables[1:])
        counts = {row["file"]: row["n"] for row in _rows(every.group_by("file").aggregate(n=every.count()))}
        other = every.view()
        same = [every[name] == other[name] for name in every.columns if name != "file"]
        pairs = every.join(other, [*same, every.file < other.file]).select(first=every.file, second=other.file)
        for row in _rows(pairs.group_by(["first", "second"]).aggregate(n=pairs.count()).order_by(["first", "second"])):
            if row["n"] >= ALIKE * min(counts[row["first"]], counts[row["second"]]):
                yield files[row["first"]], files[row["second"]]

    def _daily(self, period: date, reduced: Reduced) -> ir.Table:
        table = reduced.table
        costs_something = (table.billed != 0) | (table.effective != 0)
        return table.filter((table.billing_period == period) & table.sound & costs_something)

    def _charges(self, period: date, reduced: Reduced) -> ir.Table:
        charges = focus_columns.identities(lake.table(self._engine, reduced.file.path), self._grain)
        return charges.filter(charges.billing_period == period)

    def _share(self, smaller: ir.Table, larger: ir.Table) -> float:
        common = [name for name in smaller.columns if name in larger.columns]
        part = smaller.select(*common).distinct()
        whole = int(part.count().to_pyarrow().as_py())
        both = int(part.intersect(larger.select(*common)).count().to_pyarrow().as_py())
        return both / whole if whole else 0.0

    def _faults(self, file: File) -> Iterator[Fault]:
        if lake.format_of(file.path) == lake.PARQUET:
            charges = lake.table(self._engine, file.path, numbered=True)
            found = focus_columns.faults(charges).select(lake.ROW, "reason").order_by(lake.ROW).limit(TOLD_LINES)
            for row in _rows(found):
                yield Fault(f"row {row[lake.ROW] + 1}", row["reason"])
            return
        charges = lake.table(self._engine, file.path)
        checked = focus_columns.checked_columns(charges)
        wrong = focus_columns.faults(charges).select(*checked, "reason").distinct().limit(TOLD_LINES)
        reasons = {tuple(row[name] or "" for name in checked): str(row["reason"]) for row in _rows(wrong)}
        yield from _faulty_lines(file, checked, reasons)


def invoices(engine: Backend, file: File) -> Iterator[tuple[str, str, date | None, Decimal]]:
    """What a file itself bills: invoice, currency, billing period, sum. Raises lake.Damaged."""
    with lake.reading(file.path):
        for row in _rows(focus_columns.invoiced(lake.table(engine, file.path))):
            yield row["invoice"], row["currency"], row["billing_period"], _exact(row["billed"] or Decimal(0))


def _faulty_lines(file: File, checked: Sequence[str], reasons: Mapping[tuple[str, ...], str]) -> Iterator[Fault]:
    """The lines of a CSV file that cannot be taken apart or whose checked cells were found wrong."""
    header = [name.casefold() for name in lake.csv_header(file.path)]
    places = [header.index(name) for name in checked]
    for line, cells in lake.csv_rows(file.path):
        if len(cells) != len(header):
            yield Fault(f"line {line}", f"the row has {len(cells)} cells, the header {len(header)}")
        elif reason := reasons.get(tuple(cells[place] for place in places)):
            yield Fault(f"line {line}", reason)
        elif not _is_text(cells):
            yield Fault(f"line {line}", "the row is not UTF-8 text")


def _is_text(cells: Iterable[str]) -> bool:
    return not any("\udc80" <= letter <= "\udcff" for cell in cells if not cell.isascii() for letter in cell)


def _rows(table: ir.Table) -> list[dict[str, Any]]:
    return list(table.to_pyarrow().to_pylist())


def _exact(cost: Decimal) -> Decimal:
    return cost.quantize(_PLACES, context=_WIDE)
