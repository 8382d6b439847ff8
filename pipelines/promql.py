"""Query texts and the instants at which they are asked: one answer a calendar day, exact at clock changes. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from data.period import day_seconds, day_start

FEWEST_TOO_MANY = 11_000
"""A server refuses a query of more evaluations than this for one series."""

SHORTEST_STEP = 10
"""Seconds; a day looked at more often would need more evaluations than a server allows."""

_DAY = 86_400
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": _DAY}
_DURATION = re.compile(r"(?:\d+[smhd])+")
_TEXT = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`'
_MATCHERS = rf"\{{(?:[^\"'`{{}}]|{_TEXT})*\}}"
_SELECTOR = re.compile(rf"\s*(?:[a-zA-Z_:][\w:]*\s*(?:{_MATCHERS})?|{_MATCHERS})\s*")


def duration_seconds(duration: str) -> int:
    """Whole seconds of a duration such as 60s, 5m or 1m30s. ValueError says which forms there are."""
    if not _DURATION.fullmatch(duration):
        raise ValueError(f"{duration!r} is no duration: write seconds, minutes or hours such as 60s, 5m, 1m30s")
    return sum(int(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+)([smhd])", duration))


def is_selector(expression: str) -> bool:
    """Whether it names stored series and nothing else, so that their raw samples can be asked for."""
    return _SELECTOR.fullmatch(expression) is not None


@dataclass(frozen=True)
class Run:
    """Consecutive calendar days of equal length, asked in one query.

    A day is asked one millisecond before its end: at midnight sharp, a range of one day would take the first sample of
    the next day with it.
    """

    days: tuple[date, ...]
    seconds: int
    first: int

    @property
    def instants(self) -> dict[int, date]:
        """Milliseconds since 1970 at which each day is asked."""
        return {self.first + i * self.seconds * 1000: day for i, day in enumerate(self.days)}

    @property
    def last(self) -> int:
        """The instant of the last day, in milliseconds."""
        return self.first + (len(self.days) - 1) * self.seconds * 1000


def runs(days: Iterable[date], zone: ZoneInfo, per_day: int = 1) -> Iterator[Run]:
    """The days in order, in queries of fewer than 11,000 evaluations when one day takes `per_day` of them."""
    longest = max(1, (FEWEST_TOO_MANY - 1) // per_day)
    group: list[date] = []
    for day in days:
        if group and not (len(group) < longest and _continues(group[-1], day, zone)):
            yield _run(group, zone)
            group = []
        if day_seconds(day, zone) > 0:  # a zone that crosses the date line leaves a day out
            group.append(day)
    if group:
        yield _run(group, zone)


def _continues(before: date, day: date, zone: ZoneInfo) -> bool:
    return day - before == timedelta(days=1) and day_seconds(before, zone) == day_seconds(day, zone) == _DAY


def _run(days: list[date], zone: ZoneInfo) -> Run:
    length = day_seconds(days[0], zone)
    return Run(tuple(days), length, (int(day_start(days[0], zone).timestamp()) + length) * 1000 - 1)


@dataclass(frozen=True)
class Spans:
    """Days already read, as half-open spans in order that neither overlap nor touch."""

    spans: tuple[tuple[date, date], ...] = ()

    def __contains__(self, day: date) -> bool:
        return any(start <= day < end for start, end in self.spans)

    def with_span(self, start: date, end: date) -> Spans:
        """These and the days from `start` up to but not including `end`."""
        apart = [span for span in self.spans if span[1] < start or end < span[0]]
        near = [span for span in self.spans if span not in apart]
        joined = (min([start, *(a for a, _ in near)]), max([end, *(b for _, b in near)]))
        return Spans(tuple(sorted([*apart, joined])))


def over_a_day(expression: str, run: Run, step: int) -> str:
    """The range of one day: raw samples of a plain selector, a subquery of anything else."""
    if is_selector(expression):
        return f"{expression.strip()}[{run.seconds}s]"
    return f"({expression}\n)[{run.seconds}s:{step}s]"  # the line break ends a comment


def neither_0_nor_1(window: str) -> str:
    """Gives the series in which a sample of the window is neither 0 nor 1.

    Among values between 0 and 1 only those two have the variance p(1 - p).
    """
    mean = f"avg_over_time({window})"
    spread = f"abs(stdvar_over_time({window}) - {mean} * (1 - {mean})) > 1e-9"
    return f"min_over_time({window}) < 0 or max_over_time({window}) > 1 or {spread}"


def increase_by(label: str | None, selector: str, run: Run) -> str:
    """Requests of one day: the increase of each counter first, so that resets are seen, then their sum."""
    return f"{_by('sum', label)} (increase({selector.strip()}[{run.seconds}s]))"


def slots_scraped_by(label: str | None, selector: str, run: Run, step: int) -> str:
    """In how many steps of the day some counter was scraped, whichever: the set of counters changes with each restart.

    The offset makes the step that begins at t hold the samples from t on, up to the next step, on old and new servers.
    """
    range_ahead = f"{selector.strip()}[{step}s] offset -{step * 1000 - 1}ms"
    return f"count_over_time(({_by('count', label)} (count_over_time({range_ahead})))[{run.seconds}s:{step}s])"


def _by(aggregation: str, label: str | None) -> str:
    return f"{aggregation} by ({label})" if label else aggregation
