"""The rows of all files of a source together: each fact once, under an id that stays when files are written anew."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.facts import Fact
from data.period import day_start
from pipelines.connectors._csv.fields import REPEATED
from pipelines.connectors._csv.files import Loaded
from pipelines.connectors._csv.rows import identity
from pipelines.connectors.base import Covered, FileSeen, Rejected

TOLD_LINES = 1000
"""Refused rows of a file that are listed; the others are counted."""


@dataclass(frozen=True)
class Place:
    """Where a fact stands."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass
class Gathered:
    """The facts by id, and per file what was refused, how many rows count and on which days."""

    overlapping: bool
    facts: dict[str, Fact] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    rows: dict[Fact, Place] = field(default_factory=dict)
    rejected: dict[str, list[Rejected]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)
    days: dict[str, tuple[date, date]] = field(default_factory=dict)
    repeats: dict[str, int] = field(default_factory=dict)

    def add(self, loaded: Loaded, zone: ZoneInfo) -> None:
        """Take in a file; files come in the order of their names, so that a later one corrects an earlier one."""
        name = loaded.file.name
        refused = self.rejected.setdefault(name, [])
        seen: dict[str, int] = {} if self.overlapping else self.repeats
        for line in loaded.lines:
            place, reason = Place(name, line.number), line.reason
            if line.fact is not None and not (reason := self._take(line.fact, place, seen)):
                self._count(line.fact, name, zone)
            if reason:
                refused.append(Rejected("row", str(place), reason))

    @property
    def refused(self) -> int:
        """Rows that are none of the facts."""
        return sum(len(found) for found in self.rejected.values())

    def listed(self) -> tuple[Rejected, ...]:
        """What was refused, up to TOLD_LINES of a file."""
        return tuple(one for found in self.rejected.values() for one in found[:TOLD_LINES])

    def seen(self, loaded: Loaded, sha256: str) -> FileSeen:
        """The file as the manifest keeps it."""
        name = loaded.file.name
        size, refused = loaded.file.path.stat().st_size, len(self.rejected[name])
        return FileSeen(name, size, sha256, self.counted.get(name, 0) + refused, refused)

    def _take(self, fact: Fact, place: Place, seen: dict[str, int]) -> str:
        """Keep a fact under its id; the reason why not, where it was given before."""
        if fact.source_id or fact.kind not in REPEATED:
            return self._once(fact if fact.source_id else replace(fact, source_id=identity(fact)), place)
        before = self.rows.setdefault(fact, place)
        if not self.overlapping and before.file != place.file:
            return f"the same row is in {before}: set overlapping where files overlap, or id to tell rows apart"
        known = identity(fact)
        nth = seen[known] = seen.get(known, 0) + 1
        return self._once(replace(fact, source_id=known if nth == 1 else f"{known}:{nth}"), place)

    def _once(self, fact: Fact, place: Place) -> str:
        before = self.places.get(fact.source_id)
        if before is not None and (before.file == place.file or not self.overlapping):
            return f"it was given before, in {before}: name columns in id that tell the two apart"
        self.facts[fact.source_id], self.places[fact.source_id] = fact, place
        return ""

    def _count(self, fact: Fact, name: str, zone: ZoneInfo) -> None:
        self.counted[name] = self.counted.get(name, 0) + 1
        if days := fact.days(zone):
            first, last = self.days.get(name, (date.max, date.min))
            self.days[name] = (min(first, *days), max(last, *days))


def covered_days(kind: str, days: tuple[date, date], zone: ZoneInfo, until: datetime) -> tuple[Covered, ...]:
    """Proof of the days from the first to the last one, up to an instant at most; none where all of them are later."""
    start, end = day_start(days[0], zone), min(day_start(days[1] + timedelta(days=1), zone), until)
    return (Covered(kind, "", "", start, end),) if start < end else ()
