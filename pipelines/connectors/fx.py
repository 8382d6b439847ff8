"""Exchange rates from a CSV file with the columns day, base, quote, rate: units of `quote` for one unit of `base`."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from data.facts import Fact, FxRate
from pipelines import lake
from pipelines.connectors.base import (
    Connector,
    FileSeen,
    Finding,
    Options,
    Page,
    Position,
    Record,
    Rejected,
    Replacement,
)
from pipelines.errors import SkipRecord, StopSource, TryAgain
from pipelines.focus_files import File

_COLUMNS = ("day", "base", "quote", "rate")
_CURRENCY = re.compile(r"[A-Z]{3}")


class FxOptions(Options):
    """Options of a source of type fx."""

    path: Annotated[str, Field(description="CSV file with the columns day, base, quote, rate")]


class Fx(Connector):
    """Reads the whole file when its contents changed: what it holds then is all that is known of its bases."""

    type: ClassVar[str] = "fx"
    title: ClassVar[str] = "Exchange rates"
    fact_kinds: ClassVar[tuple[str, ...]] = ("fx_rate",)
    options: ClassVar[builtins.type[Options]] = FxOptions

    def fetch(self, position: Position) -> Iterator[Page]:
        file = self._file()
        digest = file.sha256()
        if position.files.get(file.name) == digest:
            return
        rates, rejected = _rates(self.source.id, file.path)
        seen = FileSeen(file.name, file.path.stat().st_size, digest, len(rates), len(rejected))
        bases = sorted({rate.base for rate in rates})
        # A faulty row hides a rate that may have been good before: then nothing is taken away.
        replaces = () if rejected else tuple(Replacement("fx_rate", "base", base) for base in bases)
        yield Page("rates", facts=rates, rejected=rejected, replaces=replaces, files=(seen,), done=1, total=1)

    def facts(self, record: Record) -> tuple[Fact, ...]:
        raise SkipRecord("Rates are read from their file whole; no record of a row is kept.")

    def check(self) -> Iterator[Finding]:
        try:
            rates, rejected = _rates(self.source.id, self._file().path)
        except (StopSource, TryAgain) as error:
            yield Finding("path", False, str(error))
            return
        pairs = ", ".join(sorted({rate.key for rate in rates})) or "none"
        last = f", the last of {max(rate.day for rate in rates)}" if rates else ""
        yield Finding("rates", bool(rates), f"{len(rates)} rates{last}; pairs: {pairs}.")
        if rejected:
            yield Finding(
                "rows", False, f"{len(rejected)} rows are refused; {rejected[0].where}: {rejected[0].reason}."
            )

    def _file(self) -> File:
        path = Path(self.read_options(FxOptions).path)
        if not path.is_file():
            raise StopSource(f"Source {self.source.id}: no file is at {path}: correct the option path.")
        return File(path, path.name)


def _rates(source: str, path: Path) -> tuple[tuple[FxRate, ...], tuple[Rejected, ...]]:
    """The good rows as facts, the others by line; of two rates for one day and pair the second is refused."""
    try:
        header = [name.casefold() for name in lake.csv_header(path)]
    except lake.Damaged as error:
        raise TryAgain(f"Source {source}: {error}") from error
    if absent := [name for name in _COLUMNS if name not in header]:
        raise StopSource(f"Source {source}: {path.name} lacks the column {absent[0]}: it needs {', '.join(_COLUMNS)}.")
    places = [header.index(name) for name in _COLUMNS]
    rates: dict[str, FxRate] = {}
    rejected = []
    for line, cells in lake.csv_rows(path):
        try:
            if len(cells) != len(header):
                raise SkipRecord(f"the row has {len(cells)} cells, the header {len(header)}")
            rate = _rate(source, [cells[place].strip() for place in places])
            if rate.source_id in rates:
                raise SkipRecord(f"{rate.key} of {rate.day} was given before")
            rates[rate.source_id] = rate
        except SkipRecord as reason:
            rejected.append(Rejected("rate", f"{path.name}, line {line}", str(reason)))
    return tuple(rates.values()), tuple(rejected)


def _rate(source: str, cells: Sequence[str]) -> FxRate:
    day, base, quote, rate = cells
    if not _CURRENCY.fullmatch(base) or not _CURRENCY.fullmatch(quote) or base == quote:
        raise SkipRecord(f"{base!r} and {quote!r} are not two ISO 4217 codes such as EUR and USD")
    return FxRate(
        source=source,
        source_id=f"{_day(day)}:{base}:{quote}",
        key_kind="pair",
        key=f"{base}/{quote}",
        day=_day(day),
        base=base,
        quote=quote,
        rate=_positive(rate),
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SkipRecord(f"day is {text!r}, which is no date such as 2026-10-31") from error


def _positive(text: str) -> Decimal:
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise SkipRecord(f"rate is {text!r}, which is no number") from error
    if not rate.is_finite() or rate <= 0:
        raise SkipRecord(f"rate is {text!r}, which is not above 0")
    return rate
