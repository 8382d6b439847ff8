"""What earlier readings of a billing folder recorded: which files, in which state, stand behind each billing period."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.focus_files import File

FILES = "files"
"""The stream of files that hold no charge; every billing period is a stream of its own, named by its first day."""


@dataclass(frozen=True)
class Entry:
    """A file as it was read: its digest, its stamp, and the billing periods of its charges."""

    sha256: str
    stamp: tuple[int, ...]
    periods: tuple[date, ...]

    def as_json(self) -> dict[str, Any]:
        return {"sha256": self.sha256, "stamp": list(self.stamp), "periods": [str(one) for one in self.periods]}


@dataclass(frozen=True)
class Ledger:
    """Entries per billing period. `outdated` periods were reduced under other choices: their files are read again."""

    cursors: Mapping[date, Mapping[str, Any]]
    entries: Mapping[date, Mapping[str, Entry]]
    outdated: frozenset[date]
    empty: Mapping[str, Entry]

    def of_name(self, name: str) -> Iterator[Entry]:
        """Every entry of a file."""
        yield from (files[name] for files in self.entries.values() if name in files)
        if name in self.empty:
            yield self.empty[name]

    def digest(self, file: File) -> str:
        """The digest of a file, taken from the ledger where nobody wrote the file since."""
        stamp = file.stamp
        return next((entry.sha256 for entry in self.of_name(file.name) if entry.stamp == stamp), "") or file.sha256()

    def settled(self, name: str, sha256: str) -> Entry | None:
        """The entry of a file all of whose billing periods were stored in its present state."""
        for entry in self.of_name(name):
            if entry.sha256 == sha256 and all(self._stored(period, name, sha256) for period in entry.periods):
                return entry
        return None

    def gone(self, period: date) -> frozenset[str]:
        """Files that the period once had and whose loss was told already."""
        return frozenset(self.cursors[period]["gone"])

    def without(self, period: date, lost: Collection[str]) -> dict[str, Any]:
        """The period's cursor with the loss of files recorded as told."""
        return {**self.cursors[period], "gone": sorted(lost)}

    def _stored(self, period: date, name: str, sha256: str) -> bool:
        there = self.entries.get(period, {}).get(name)
        return there is not None and there.sha256 == sha256 and period not in self.outdated


def ledger_of(cursors: Mapping[str, Mapping[str, Any]], choices: Sequence[str]) -> Ledger:
    """The ledger that the cursors of a source hold."""
    periods = {date.fromisoformat(stream): value for stream, value in cursors.items() if stream != FILES}
    empty = cursors.get(FILES, {})
    same = [*choices]
    return Ledger(
        cursors=periods,
        entries={period: _entries(value) for period, value in periods.items()},
        outdated=frozenset(period for period, value in periods.items() if value["choices"] != same),
        empty=_entries(empty) if empty.get("choices") == same else {},
    )


def cursor_of(entries: Mapping[str, Entry], choices: Sequence[str]) -> dict[str, Any]:
    """The cursor that records entries."""
    files = {name: entry.as_json() for name, entry in sorted(entries.items())}
    return {"choices": [*choices], "files": files, "gone": []}


def _entries(cursor: Mapping[str, Any]) -> dict[str, Entry]:
    return {
        name: Entry(one["sha256"], tuple(one["stamp"]), tuple(date.fromisoformat(day) for day in one["periods"]))
        for name, one in cursor["files"].items()
    }
