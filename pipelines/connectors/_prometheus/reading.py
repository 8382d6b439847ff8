"""Which days of an entry to ask for in a run, and what to keep of what the server has and no longer has."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from data.period import day_seconds
from pipelines.connectors._prometheus.days import Availability, DayFound, Requests, unseen_day
from pipelines.promql import Spans

DAYS_A_PAGE = 31

_DAY = timedelta(days=1)

StoredDays = Callable[[str], frozenset[date]]


@dataclass
class Reading:
    """One entry in one run. `read` are the days that earlier runs and this one have asked for, `asked` this run's.

    `keys` are those that ever answered: a silent one is a gap.
    """

    entry: Availability | Requests
    stream: str
    read: Spans
    asked: tuple[date, ...]
    stored: StoredDays
    keys: set[str]
    first_data: date | None = None
    _began: dict[str, date] = field(default_factory=dict)
    _stored: dict[str, frozenset[date]] = field(default_factory=dict)
    _cut: set[tuple[str, date]] = field(default_factory=set)
    _met: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.goes_back = bool(self.asked) and all(self.asked[0] < start for start, _ in self.read.spans)
        """Whether no day so early was asked for before, so that the server's history may begin later."""
        for key in self.keys:
            self._stored[key] = self.stored(key)
            if self._stored[key]:
                self._began[key] = min(self._stored[key])

    @property
    def chunks(self) -> list[tuple[date, ...]]:
        """The asked days in order, as many as make a page."""
        return [self.asked[i : i + DAYS_A_PAGE] for i in range(0, len(self.asked), DAYS_A_PAGE)]

    def done(self, chunk: tuple[date, ...]) -> Mapping[str, Any]:
        """The cursor after a chunk: all days asked so far, and the keys that answered."""
        self.read = self.read.with_span(chunk[0], chunk[-1] + _DAY)
        spans = [[start.isoformat(), end.isoformat()] for start, end in self.read.spans]
        return {"read": spans, "keys": sorted(self.keys | self._met)}

    def kept(self, found: tuple[DayFound, ...], chunk: tuple[date, ...], zone: ZoneInfo) -> tuple[DayFound, ...]:
        """The findings to store, in order: days without samples added, days that retention has cut into left out.

        A probe's day without samples is unknown from its first sample on. What the server has no longer never replaces
        what is stored.
        """
        seen = {(one.key, one.day) for one in found}
        for key, day in sorted(seen, key=lambda pair: pair[1]):
            if self.first_data is None:
                self.first_data = day
            if key not in self._met:
                self._meet(key, day)
        unseen = [
            DayFound(key, day, unseen_day(day_seconds(day, zone)))
            for key, began in self._began.items()
            for day in chunk
            if isinstance(self.entry, Availability) and day >= began
            if (key, day) not in seen and day not in self._stored[key]
        ]
        whole = [one for one in found if (one.key, one.day) not in self._cut]
        return tuple(sorted([*whole, *unseen], key=lambda one: (one.key, one.day)))

    def _meet(self, key: str, day: date) -> None:
        self._met.add(key)
        stored = self._stored[key] = self.stored(key)
        self._began[key] = min({day, *stored})
        if day in stored and any(earlier in stored for earlier in self.asked if earlier < day):
            self._cut.add((key, day))


def plan(
    entry: Availability | Requests,
    since: date,
    again: date,
    today: date,
    cursors: Mapping[str, Mapping[str, Any]],
    stored: StoredDays,
    zone: ZoneInfo,
) -> Reading:
    """The days from `since` to yesterday that were never asked for, and those from `again` on in any case.

    The memory of days and keys hangs on the entry's definition: a changed entry is read anew.
    """
    definition = f"{entry.model_dump_json()} {zone.key}".encode()
    stream = f"{entry.fact}/{entry.label or entry.key}/{hashlib.sha256(definition).hexdigest()[:8]}"
    cursor = cursors.get(stream, {})
    spans, keys = cursor.get("read", ()), set(cursor.get("keys", ()))
    read = Spans(tuple((date.fromisoformat(start), date.fromisoformat(end)) for start, end in spans))
    days = [since + i * _DAY for i in range((today - since).days)]
    return Reading(entry, stream, read, tuple(day for day in days if day >= again or day not in read), stored, keys)
