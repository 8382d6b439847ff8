"""Facts of any kind from CSV files, by a declared map of columns; the files of a source are read as one."""

from __future__ import annotations

import builtins
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from data.facts import FACTS, Fact
from data.period import day_of
from pipelines import people
from pipelines.connectors._csv.files import HalfWritten, Loaded, Unusable, load
from pipelines.connectors._csv.gathering import TOLD_LINES, Gathered, covered_days
from pipelines.connectors._csv.options import CsvOptions
from pipelines.connectors._csv.rows import Rows
from pipelines.connectors.base import (
    Connector,
    Covered,
    FileSeen,
    Finding,
    Name,
    Options,
    Page,
    Position,
    Record,
    Rejected,
    Replacement,
)
from pipelines.errors import SkipRecord, StopSource, TryAgain
from pipelines.focus_files import File, files_at

ROWS = "rows"
"""The one stream. Its cursor: {"choices", "files": {name: sha256}, "gone": names, "first": day, "whole": bool}."""

_ENDINGS = (".csv", ".csv.gz", ".tsv", ".txt")
_READING = "1"
"""Raised when the same file gives other facts than before, so that all files are read again."""

_LOOKED_AT = 10_000


class Csv(Connector):
    """Reads all files of a source again when one of them, or an option, changed."""

    type: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV files"
    fact_kinds: ClassVar[tuple[str, ...]] = tuple(one.kind for one in FACTS)
    options: ClassVar[builtins.type[Options]] = CsvOptions

    @cached_property
    def chosen(self) -> CsvOptions:
        """The options, validated."""
        return self.read_options(CsvOptions)

    def fetch(self, position: Position) -> Iterator[Page]:
        before = position.cursors.get(ROWS, {})
        ledger: Mapping[str, str] = before.get("files", {}) if before.get("choices") == self._choices else {}
        files = self._files()
        digests = {file.name: _digest(file) for file in files}
        gone = sorted(ledger.keys() - digests.keys())
        kept = {name: digest for name, digest in ledger.items() if name in gone}
        if ledger == {**kept, **digests} and gone == before["gone"]:
            yield from self._standing(before, position)
            return
        reading = self._reading()
        for done, file in enumerate(files, 1):
            yield reading.read(file, done, len(files))
        reading.require_some(self.source.id)
        cursor = {"choices": self._choices, "files": {**kept, **digests}, "gone": gone}
        yield self._page(reading, cursor, renewed=bool(before) and not ledger, position=position)

    def facts(self, record: Record) -> tuple[Fact, ...]:
        raise SkipRecord("Rows are read from their files; no record of them is kept.")

    def check(self) -> Iterator[Finding]:
        try:
            files, reading = self._files(), self._reading()
            for done, file in enumerate(files, 1):
                reading.read(file, done, len(files), most=_LOOKED_AT)
        except (StopSource, TryAgain) as error:
            yield Finding("path", False, str(error))
            return
        yield from (Finding(name, False, str(fault)) for name, fault in sorted(reading.faults.items()))
        yield from reading.findings(self.chosen)

    def names(self) -> Iterator[Name]:
        """What the rows are about."""
        files, reading = self._files(), self._reading()
        for done, file in enumerate(files, 1):
            reading.read(file, done, len(files), most=_LOOKED_AT)
        for kind, key in sorted({(fact.key_kind, fact.key) for fact in reading.found.facts.values()}):
            yield Name(kind, key, key)

    def _page(self, reading: _Reading, cursor: dict[str, Any], *, renewed: bool, position: Position) -> Page:
        """All that the files hold; `renewed`: what is stored was read under other options."""
        found = reading.found
        # a faulty row hides a fact that may have been good before, and so does a file that is not there
        whole = not (found.refused or reading.faults or cursor["gone"])
        kinds = self.fact_kinds if renewed else (self.chosen.fact,)
        replaced = kinds if whole or (renewed and not reading.faults) else ()
        first = min((days[0] for days in found.days.values()), default=None)
        cursor |= {"first": first and str(first), "whole": whole}
        return Page(
            ROWS,
            facts=tuple(found.facts.values()),
            rejected=(*found.listed(), *reading.set_aside()),
            replaces=tuple(Replacement(kind, "source", self.source.id) for kind in replaced),
            files=tuple(reading.seen(cursor["files"])),
            covered=tuple(self._covered(reading, cursor, position)),
            cursor=cursor,
            notes=tuple(_notes(reading, cursor["gone"])),
            message=f"{len(found.facts)} facts of {len(reading.files)} files",
        )

    def _standing(self, before: Mapping[str, Any], position: Position) -> Iterator[Page]:
        """Nothing changed: a register that was complete is so up to now."""
        if self.chosen.covers == "now" and (covered := tuple(self._register(before, position))):
            yield Page(ROWS, covered=covered, message="unchanged")

    def _covered(self, reading: _Reading, cursor: Mapping[str, Any], position: Position) -> Iterator[Covered]:
        if self.chosen.fact == "fx_rate":
            return
        if self.chosen.covers == "now":
            yield from self._register(cursor, position)
            return
        for name, days in sorted(reading.found.days.items()):
            if not reading.found.rejected[name]:
                yield from covered_days(self.chosen.fact, days, self._zone, position.now)

    def _register(self, cursor: Mapping[str, Any], position: Position) -> Iterator[Covered]:
        """A register covers all from its first row, or from the `since` of the source, up to this reading."""
        starts = [date.fromisoformat(cursor["first"])] if cursor["first"] else []
        starts += [self.source.since] if self.source.since else []
        if starts and cursor["whole"]:
            now = position.now
            yield from covered_days(self.chosen.fact, (min(starts), day_of(now, self._zone)), self._zone, now)

    def _reading(self) -> _Reading:
        chosen = self.chosen
        if "respondent" in {*chosen.columns, *chosen.constants}:
            people.require_salt(self.settings)
        rows = Rows(self.source.id, chosen, self.settings.zone, partial(people.pseudonym, self.settings))
        return _Reading(rows, self.settings.zone, Gathered(chosen.overlapping), {}, {})

    def _files(self) -> tuple[File, ...]:
        path = self.chosen.path
        try:
            root, paths = files_at(path)
        except StopSource as error:
            raise StopSource(f"Source {self.source.id}: {error}") from error
        one = Path(path).is_file()
        files = [File(found, found.relative_to(root).as_posix()) for found in paths if one or _is_csv(found)]
        if not files:
            endings = ", ".join(_ENDINGS)
            raise StopSource(f"Source {self.source.id}: no CSV file is at {path}: they end in {endings}.")
        return tuple(sorted(files, key=lambda file: file.name))

    @property
    def _zone(self) -> ZoneInfo:
        return self.chosen.form(self.settings.zone).days_in

    @property
    def _choices(self) -> str:
        said = f"{_READING} {self.settings.zone.key} {self.chosen.model_dump_json()}"
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass
class _Reading:
    """One reading of the files of a source: what they hold, and which of them could not be used and why."""

    rows: Rows
    zone: ZoneInfo
    found: Gathered
    files: dict[str, Loaded]
    faults: dict[str, Unusable]

    def read(self, file: File, done: int, total: int, most: int | None = None) -> Page:
        """Take in a file; a page that says how far the reading is."""
        try:
            loaded = load(file, self.rows, most)
        except Unusable as fault:
            self.faults[file.name] = fault
            return Page(ROWS, message=str(fault), done=done, total=total)
        count = len(loaded.lines)
        self.found.add(loaded, self.zone)
        self.files[file.name] = replace(loaded, lines=[])
        return Page(ROWS, message=f"{file.name}: {count} rows", done=done, total=total)

    def require_some(self, source: str) -> None:
        """The fault of the first file as an error where no file can be used."""
        if self.files:
            return
        fault = next(iter(self.faults.values()))
        if isinstance(fault, HalfWritten):
            raise TryAgain(f"Source {source}: {fault} The last good data stay; the next run reads it again.")
        raise StopSource(f"Source {source}: {fault} The last good data stay.")

    def set_aside(self) -> Iterator[Rejected]:
        """The files that could not be used."""
        return (Rejected("file", name, str(fault)) for name, fault in self.faults.items())

    def seen(self, digests: Mapping[str, str]) -> Iterator[FileSeen]:
        """The files as the manifest keeps them."""
        for name, loaded in self.files.items():
            yield self.found.seen(loaded, digests[name])

    def findings(self, chosen: CsvOptions) -> Iterator[Finding]:
        """What `check` says of the rows."""
        found = self.found
        if not self.files:
            return
        days = [day for span in found.days.values() for day in span]
        span = f", {min(days)} to {max(days)}" if days else ""
        keys = sorted({fact.key for fact in found.facts.values()})
        names = ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
        kept = f"{len(found.facts)} facts of kind {chosen.fact} in {len(self.files)} files{span}"
        yield Finding("rows", bool(found.facts), f"{kept}; about: {names or 'nothing'}.")
        if found.refused:
            first = found.listed()[0]
            yield Finding("refused", False, f"{found.refused} rows are refused; {first.where}: {first.reason}.")


def _notes(reading: _Reading, gone: list[str]) -> Iterator[str]:
    yield from (f"{fault} Its last good rows stay." for fault in reading.faults.values())
    for name in gone:
        yield f"{name} is gone: its rows stay, and so do rows that other files no longer hold, until `sync --full`."
    refused = reading.found.refused
    if refused:
        yield f"{refused} rows are refused: until they are corrected, rows that the files no longer hold stay."
    for name, rows in reading.found.rejected.items():
        if len(rows) > TOLD_LINES:
            yield f"{name}: the first {TOLD_LINES} of {len(rows)} refused rows are listed."


def _digest(file: File) -> str:
    try:
        return file.sha256()
    except OSError as error:
        raise TryAgain(
            f"{file.name} cannot be opened ({error.strerror}): give this user the right to read it. "
            "The next run tries again."
        ) from error


def _is_csv(path: Path) -> bool:
    return path.name.lower().endswith(_ENDINGS)
