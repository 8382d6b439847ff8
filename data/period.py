"""Periods of whole calendar days, half open, in the company's time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
CLOSING_WORKING_DAYS = 5
_YEARS = range(1970, 2200)
_LONGEST_CUSTOM = 3660
_MARCH = (3, 1)


class Kind(StrEnum):
    """The calendar unit that a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_YEAR = "fiscal_year"
    CUSTOM = "custom"


class BadPeriod(ValueError):
    """The text names no period."""


def add_months(first: date, months: int) -> date:
    """The first day of the month that lies `months` after the month of `first`."""
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True, order=True)
class Period:
    """Calendar days from `start` up to but not including `end`."""

    start: date
    end: date
    kind: Kind = Kind.CUSTOM
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise BadPeriod(f"A period ends after it starts; {self.start}..{self.end} does not.")

    @property
    def length(self) -> int:
        """Calendar days in the period."""
        return (self.end - self.start).days

    def days(self) -> Iterator[date]:
        """Each day of the period, in order."""
        return (self.start + timedelta(days=i) for i in range(self.length))

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def label(self) -> str:
        """The period in the form that `parse` reads."""
        year, month = self.start.year, self.start.month
        match self.kind:
            case Kind.DAY:
                return self.start.isoformat()
            case Kind.WEEK:
                iso = self.start.isocalendar()
                return f"{iso.year}-W{iso.week:02d}"
            case Kind.MONTH:
                return f"{year}-{month:02d}"
            case Kind.QUARTER:
                return f"{year}-Q{(month + 2) // 3}"
            case Kind.YEAR:
                return f"{year}"
            case Kind.FISCAL_YEAR:
                return f"FY{(self.end - _DAY).year}"
            case Kind.FISCAL_QUARTER:
                quarter = _fiscal_quarter_of(self.start, self.fiscal_start)
                return f"FY{_fiscal_year_of(self.start, self.fiscal_start)}-Q{quarter}"
            case _:
                return f"{self.start}..{self.end}"

    def shifted(self, count: int) -> Period:
        """The period of the same kind `count` steps later; earlier when negative."""
        if self.kind is Kind.CUSTOM or self.kind is Kind.DAY or self.kind is Kind.WEEK:
            step = timedelta(days=self.length * count)
            return Period(self.start + step, self.end + step, self.kind, self.fiscal_start)
        months = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.FISCAL_QUARTER: 3}.get(self.kind, 12)
        start = add_months(self.start, months * count)
        return Period(start, add_months(start, months), self.kind, self.fiscal_start)

    def previous(self) -> Period:
        """The period of the same kind just before."""
        return self.shifted(-1)

    def year_before(self) -> Period:
        """The same period one year earlier: same months, same ISO week number (53 becomes 52), same dates."""
        match self.kind:
            case Kind.MONTH:
                return self.shifted(-12)
            case Kind.QUARTER | Kind.FISCAL_QUARTER:
                return self.shifted(-4)
            case Kind.YEAR | Kind.FISCAL_YEAR:
                return self.shifted(-1)
            case Kind.WEEK:
                iso = self.start.isocalendar()
                return iso_week(iso.year - 1, min(iso.week, 52))
            case _:
                start, end = _year_earlier(self.start), _year_earlier(self.end, leap_day=_MARCH)
                return Period(start, end, self.kind, self.fiscal_start)

    def split(self, kind: Kind) -> tuple[Period, ...]:
        """The periods of a smaller kind that overlap this one, whole, in order."""
        found = [containing(self.start, kind, self.fiscal_start)]
        while found[-1].end < self.end:
            found.append(found[-1].shifted(1))
        return tuple(found)

    def instants(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First instant of the period and the first one after it, in UTC."""
        return day_start(self.start, zone), day_start(self.end, zone)

    def closes_at(self, zone: ZoneInfo) -> datetime:
        """When the period counts as closed: at the end of the fifth working day after it (Monday to Friday)."""
        day, working = self.end, 0
        while True:
            working += day.weekday() < 5
            day += _DAY
            if working == CLOSING_WORKING_DAYS:
                return day_start(day, zone)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant of a calendar day, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_seconds(day: date, zone: ZoneInfo) -> int:
    """Seconds in a calendar day: 82,800 to 90,000 where clocks change."""
    return int((day_start(day + _DAY, zone) - day_start(day, zone)).total_seconds())


def day_of(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day that an aware instant falls on."""
    return instant.astimezone(zone).date()


def iso_week(year: int, week: int) -> Period:
    """The ISO week `week` of the ISO year `year`."""
    start = date.fromisocalendar(year, week, 1)
    return Period(start, start + 7 * _DAY, Kind.WEEK)


def containing(day: date, kind: Kind, fiscal_start: int = 1) -> Period:
    """The period of `kind` that contains `day`."""
    first = day.replace(day=1)
    match kind:
        case Kind.DAY:
            return Period(day, day + _DAY, kind)
        case Kind.WEEK:
            iso = day.isocalendar()
            return iso_week(iso.year, iso.week)
        case Kind.MONTH:
            return Period(first, add_months(first, 1), kind, fiscal_start)
        case Kind.QUARTER:
            start = add_months(first, -((day.month - 1) % 3))
            return Period(start, add_months(start, 3), kind, fiscal_start)
        case Kind.YEAR:
            return Period(date(day.year, 1, 1), date(day.year + 1, 1, 1), kind, fiscal_start)
        case Kind.FISCAL_QUARTER:
            start = add_months(first, -((day.month - fiscal_start) % 3))
            return Period(start, add_months(start, 3), kind, fiscal_start)
        case Kind.FISCAL_YEAR:
            start = add_months(first, -((day.month - fiscal_start) % 12))
            return Period(start, add_months(start, 12), kind, fiscal_start)
        case _:
            raise BadPeriod("A custom period has no calendar unit to contain a day.")


def last_closed(now: datetime, kind: Kind, zone: ZoneInfo, fiscal_start: int = 1) -> Period:
    """The latest period of `kind` that is closed at `now`."""
    period = containing(day_of(now, zone), kind, fiscal_start)
    while period.closes_at(zone) > now:
        period = period.previous()
    return period


_FORMS = (
    (Kind.CUSTOM, re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})")),
    (Kind.FISCAL_QUARTER, re.compile(r"FY([0-9]{4})-Q([1-4])")),
    (Kind.FISCAL_YEAR, re.compile(r"FY([0-9]{4})")),
    (Kind.QUARTER, re.compile(r"([0-9]{4})-Q([1-4])")),
    (Kind.WEEK, re.compile(r"([0-9]{4})-W([0-9]{2})")),
    (Kind.DAY, re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})")),
    (Kind.MONTH, re.compile(r"([0-9]{4})-([0-9]{2})")),
    (Kind.YEAR, re.compile(r"([0-9]{4})")),
)


def parse(text: str, fiscal_start: int = 1) -> Period:
    """The period named by `2026-10`, `2026-Q4`, `2026`, `FY2026`, `FY2026-Q2`, `2026-W46`, `2026-10-05` or `A..B`.

    Fiscal years are named by the calendar year in which they end. Raises BadPeriod.
    """
    for kind, form in _FORMS:
        if found := form.fullmatch(text.strip()):
            return _checked(text, kind, found.groups(), fiscal_start)
    raise BadPeriod(
        f"{text!r} is not a period: write 2026-10, 2026-Q4, 2026, FY2026, FY2026-Q2, 2026-W46 "
        "or 2026-10-01..2026-11-01."
    )


def _checked(text: str, kind: Kind, parts: tuple[str, ...], fiscal_start: int) -> Period:
    """The period, or one sentence why there is none: history and comparisons of any other stay within the calendar."""
    if any(int(part[:4]) not in _YEARS for part in parts if len(part) >= 4):
        raise BadPeriod(f"{text!r} is not a period: its year lies outside {_YEARS[0]} to {_YEARS[-1]}.")
    try:
        period = _parsed(kind, parts, fiscal_start)
    except BadPeriod:
        raise
    except ValueError as error:
        raise BadPeriod(f"{text!r} is not a period: {error}.") from error
    if period.length > _LONGEST_CUSTOM:
        raise BadPeriod(f"{text!r} is too long: a period has at most ten years.")
    return period


def _parsed(kind: Kind, parts: tuple[str, ...], fiscal_start: int) -> Period:
    match kind:
        case Kind.CUSTOM:
            return Period(date.fromisoformat(parts[0]), date.fromisoformat(parts[1]), kind, fiscal_start)
        case Kind.DAY:
            return containing(date.fromisoformat(parts[0]), kind)
        case Kind.WEEK:
            return iso_week(int(parts[0]), int(parts[1]))
        case Kind.MONTH:
            return containing(date(int(parts[0]), int(parts[1]), 1), kind, fiscal_start)
        case Kind.QUARTER:
            return containing(date(int(parts[0]), int(parts[1]) * 3 - 2, 1), kind, fiscal_start)
        case Kind.YEAR:
            return containing(date(int(parts[0]), 1, 1), kind, fiscal_start)
    first = _fiscal_year_start(int(parts[0]), fiscal_start)
    if kind is Kind.FISCAL_YEAR:
        return containing(first, kind, fiscal_start)
    return containing(add_months(first, 3 * (int(parts[1]) - 1)), kind, fiscal_start)


def _fiscal_year_start(name: int, fiscal_start: int) -> date:
    return date(name if fiscal_start == 1 else name - 1, fiscal_start, 1)


def _fiscal_year_of(day: date, fiscal_start: int) -> int:
    return day.year + (fiscal_start != 1 and day.month >= fiscal_start)


def _fiscal_quarter_of(day: date, fiscal_start: int) -> int:
    return (day.month - fiscal_start) % 12 // 3 + 1


def _year_earlier(day: date, leap_day: tuple[int, int] = (2, 28)) -> date:
    """The same date one year before; `leap_day` is what 29 February becomes there."""
    month, of_month = leap_day if (day.month, day.day) == (2, 29) else (day.month, day.day)
    return date(day.year - 1, month, of_month)
