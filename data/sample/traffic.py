"""Requests and calls to providers: daily totals, and the counters that monitoring would have seen at any instant."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from data.sample.chance import DAY, HOUR, generator, unix
from data.sample.company import Integration, Service
from data.sample.records import Outage
from data.sample.seasons import DAY_SHARE, days_of, first_day, in_bad_quarter, integration_error_share, load, midnight

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

REQUEST_CODES: Final = ("200", "400", "500")
CALL_OUTCOMES: Final = ("ok", "error")


@dataclass(frozen=True, eq=False, slots=True)
class Traffic:
    """The traffic of one service or integration over whole UTC months.

    Counters begin at zero with each UTC month: that is when every host is patched and restarted. `apart` holds the
    calls per day of the codes other than the first, without those that failed in a window (`starts`, `ends`, Unix
    seconds, disjoint); these count under the last code, as a share `failing` of the window's traffic.
    """

    subject: str
    codes: tuple[str, ...]
    first: date
    total: Ints
    apart: dict[str, Ints]
    months: Ints
    starts: Ints
    ends: Ints
    failing: Floats

    def counter(self, code: str, at: Ints) -> Ints:
        """The counter of a code at each instant (Unix seconds): whole calls since the month began."""
        if code != self.codes[0]:
            counted = self._since_month(self.apart[code], at)
            return np.floor(counted + self._failed(at) if code == self.codes[-1] else counted).astype(np.int64)
        rest = self.total - np.sum(list(self.apart.values()), axis=0)
        return np.floor(self._since_month(rest, at) - self._failed(at)).astype(np.int64)

    def restarts(self) -> Ints:
        """The instants (Unix seconds) at which the counters begin again at zero."""
        return midnight(self.first) + self.months * DAY

    def lost(self) -> Ints:
        """The calls that failed in each window, beside the ordinary share: whole numbers."""
        return np.floor(self.failing * self._between(self.starts, self.ends)).astype(np.int64)

    def _since_month(self, daily: Ints, at: Ints) -> Floats:
        day, share = self._place(at)
        before = np.concatenate([[0], np.cumsum(daily)])
        counted: Floats = (before[day] - before[self._opening(day)]) + daily[np.minimum(day, len(daily) - 1)] * share
        return counted

    def _failed(self, at: Ints) -> Floats:
        """Calls that failed in windows since the month began; no window spans two months."""
        if not len(self.starts):
            return np.zeros(len(at))
        lost = self.lost()
        before = np.concatenate([[0], np.cumsum(lost)])
        ended = np.searchsorted(self.ends, at, side="right")
        month = midnight(self.first) + self._opening(self._place(at)[0]) * DAY
        running = np.minimum(ended, len(lost) - 1)
        inside = (ended < len(lost)) & (self.starts[running] < at)
        begun, over = self.starts[running], self.ends[running]
        passed = self._between(begun, np.maximum(at, begun)) / self._between(begun, over)
        failed: Floats = (before[ended] - before[np.searchsorted(self.starts, month)]) + np.where(
            inside, lost[running] * passed, 0.0
        )
        return failed

    def _between(self, start: Ints, end: Ints) -> Floats:
        """All traffic between two instants, from whole days: the same wherever the story begins."""
        before = np.concatenate([[0], np.cumsum(self.total)])
        (day0, share0), (day1, share1) = self._place(start), self._place(end)
        padded = np.append(self.total, 0)
        passed: Floats = (before[day1] - before[day0]) + padded[day1] * share1 - padded[day0] * share0
        return passed

    def _place(self, at: Ints) -> tuple[Ints, Floats]:
        day, second = np.divmod(at - midnight(self.first), DAY)
        return day, np.interp(second, np.arange(len(DAY_SHARE)) * HOUR, DAY_SHARE)

    def _opening(self, day: Ints) -> Ints:
        found: Ints = self.months[np.searchsorted(self.months, day, side="right") - 1]
        return found


def requests(seed: int, service: Service, months: range, outages: tuple[Outage, ...]) -> Traffic:
    """Requests to a service by status code; 400 is the callers' fault, 500 the service's own."""
    parts = [_request_month(seed, service, month) for month in months]
    total, client, server = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _traffic(service.id, REQUEST_CODES, months, total, {"400": client, "500": server}, outages)


def calls(seed: int, integration: Integration, months: range, outages: tuple[Outage, ...]) -> Traffic:
    """Calls to a provider by outcome; a time-out is an error."""
    parts = [_call_month(seed, integration, month) for month in months]
    total, errors = (np.concatenate(column) for column in zip(*parts, strict=True))
    return _traffic(integration.id, CALL_OUTCOMES, months, total, {"error": errors}, outages)


def _request_month(seed: int, service: Service, month: int) -> tuple[Ints, Ints, Ints]:
    days = days_of(month)
    random = generator(seed, "requests", service.id, month)
    total = _volumes(random, service.requests, days)
    client = 0.021 * np.exp(0.15 * random.standard_normal(len(days)))
    worse = 2.4 if in_bad_quarter(days[0]) else 1.0
    server = 0.00042 * worse * np.exp(0.35 * random.standard_normal(len(days)))
    return total, np.rint(total * client).astype(np.int64), np.rint(total * server).astype(np.int64)


def _call_month(seed: int, integration: Integration, month: int) -> tuple[Ints, Ints]:
    days = days_of(month)
    random = generator(seed, "calls", integration.id, month)
    total = _volumes(random, integration.calls, days)
    noise = np.exp(0.18 * random.standard_normal(len(days)))
    share = np.array([integration_error_share(day) for day in days]) * integration.errors * noise
    return total, np.rint(total * share).astype(np.int64)


def _volumes(random: np.random.Generator, ordinary: int, days: list[date]) -> Ints:
    loads = np.array([load(day) for day in days])
    volumes: Ints = np.rint(ordinary * loads * np.exp(0.05 * random.standard_normal(len(days)))).astype(np.int64)
    return volumes


def _traffic(
    subject: str,
    codes: tuple[str, ...],
    months: range,
    total: Ints,
    apart: dict[str, Ints],
    outages: tuple[Outage, ...],
) -> Traffic:
    first = first_day(months[0])
    openings = np.array([(first_day(month) - first).days for month in months], dtype=np.int64)
    cut = [piece for outage in outages for piece in _by_month(unix(outage.start), unix(outage.end), outage.failing)]
    starts, ends = (np.array([piece[n] for piece in cut], dtype=np.int64) for n in (0, 1))
    return Traffic(subject, codes, first, total, apart, openings, starts, ends, np.array([piece[2] for piece in cut]))


def _by_month(start: int, end: int, failing: float) -> list[tuple[int, int, float]]:
    """A window cut where a UTC month begins, since the counters begin again there."""
    last = datetime.fromtimestamp(end - 1, UTC).date()
    opening = midnight(last.replace(day=1))
    return [(start, end, failing)] if start >= opening else [(start, opening, failing), (opening, end, failing)]
