"""What the demo's monitoring has scraped, worked out from the story instead of stored: a sample each minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.sample import Story
from data.sample.chance import unix
from data.sample.company import INTEGRATIONS, SERVICES
from data.sample.traffic import Traffic

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

INTERVAL: Final = 60_000
"""Milliseconds between two scrapes; scrape number n is made at n times this."""


@dataclass(frozen=True, eq=False, slots=True)
class Picked:
    """For each of many windows: the numbers of its first and last scrape, and how many there are (possibly none)."""

    first: Ints
    last: Ints
    count: Ints

    @property
    def some(self) -> Bools:
        """Which windows hold a sample."""
        return self.count > 0


@dataclass(frozen=True, eq=False, slots=True)
class Scrapes:
    """The scrapes that were made: numbers `begin` to `end` (exclusive) without those in gaps."""

    begin: int
    end: int
    gaps: tuple[tuple[int, int], ...]

    def pick(self, times: Ints, length: int) -> Picked:
        """The scrapes in (time - length, time], all in milliseconds."""
        first = np.maximum((times - length) // INTERVAL + 1, self.begin)
        last = np.minimum(times // INTERVAL, self.end - 1)
        count = np.maximum(last - first + 1, 0)
        for start, stop in self.gaps:
            count = count - np.maximum(np.minimum(last + 1, stop) - np.maximum(first, start), 0)
            first = np.where((start <= first) & (first < stop), stop, first)
            last = np.where((start <= last) & (last < stop), start - 1, last)
        return Picked(first, last, count)


@dataclass(frozen=True, eq=False, slots=True)
class Probe:
    """A series of 1 (answered) and 0, from the windows in which the service was down."""

    labels: dict[str, str]
    starts: Ints
    ends: Ints

    def value(self, scrapes: Ints) -> Floats:
        """The sample of each scrape."""
        at = np.searchsorted(self.starts, scrapes, side="right") - 1
        down = (at >= 0) & (scrapes < self.ends[at]) if len(self.starts) else np.zeros(len(scrapes), bool)
        return np.where(down, 0.0, 1.0)

    def down(self, picked: Picked, gaps: tuple[tuple[int, int], ...]) -> Ints:
        """How many samples of each window are 0; samples in a gap are none."""
        found = self._down_before(picked.last + 1) - self._down_before(picked.first)
        for start, stop in gaps:
            low, high = np.maximum(picked.first, start), np.minimum(picked.last + 1, stop)
            hidden = self._down_before(np.maximum(high, low)) - self._down_before(low)
            found = found - np.where(high > low, hidden, 0)
        return np.where(picked.some, found, 0)

    def _down_before(self, scrape: Ints) -> Ints:
        whole = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        at = np.searchsorted(self.starts, scrape, side="right")
        running = np.maximum(at - 1, 0)
        over = np.maximum(self.ends[running] - scrape, 0) if len(self.starts) else np.zeros(len(scrape), np.int64)
        return np.asarray(whole[at] - np.where(at > 0, over, 0), np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Counter:
    """A series that counts up and begins again at zero when its hosts restart."""

    labels: dict[str, str]
    traffic: Traffic
    code: str

    def value(self, scrapes: Ints) -> Floats:
        """The sample of each scrape."""
        return self.traffic.counter(self.code, scrapes * (INTERVAL // 1000)).astype(np.float64)

    def gained(self, picked: Picked) -> Floats:
        """The sum of all rises between neighbouring samples of each window; after a restart it rises from zero."""
        restarts = self.traffic.restarts() // (INTERVAL // 1000)
        before = np.concatenate([[0.0], np.cumsum(self.value(np.maximum(restarts, 1) - 1))])
        crossed = [np.searchsorted(restarts, at, side="right") for at in (picked.first, picked.last)]
        return np.asarray(self.value(picked.last) - self.value(picked.first) + before[crossed[1]] - before[crossed[0]])


Series = Probe | Counter


@dataclass(frozen=True, eq=False, slots=True)
class Database:
    """All series and when they were scraped."""

    scrapes: Scrapes
    series: tuple[Series, ...]


def scraped(story: Story) -> Database:
    """The monitoring's three years of the story."""
    minute = INTERVAL // 1000
    gaps = tuple((unix(start) // minute, unix(end) // minute) for start, end in story.gaps)
    scrapes = Scrapes(unix(story.since) // minute, unix(story.until) // minute, gaps)
    return Database(scrapes, (*_probes(story), *_requests(story), *_calls(story)))


def _probes(story: Story) -> Iterator[Probe]:
    for service in SERVICES:
        windows = [w for w in story.outages if w.subject == service.id and w.down]
        starts, ends = (
            [unix(at) // 60 for at in moments] for moments in ([w.start for w in windows], [w.end for w in windows])
        )
        labels = {
            "__name__": "probe_success",
            "service": service.id,
            "instance": f"https://{service.id}.larkmoor.example/health",
        }
        yield Probe(labels, np.array(starts, np.int64), np.array(ends, np.int64))


def _requests(story: Story) -> Iterator[Counter]:
    for service, traffic in story.requests.items():
        for code in traffic.codes:
            yield Counter({"__name__": "http_requests_total", "service": service, "code": code}, traffic, code)


def _calls(story: Story) -> Iterator[Counter]:
    providers = {integration.id: integration.provider for integration in INTEGRATIONS}
    for integration, traffic in story.calls.items():
        for outcome in traffic.codes:
            labels = {"__name__": "integration_calls_total", "integration": integration, "outcome": outcome}
            yield Counter({**labels, "provider": providers[integration]}, traffic, outcome)
