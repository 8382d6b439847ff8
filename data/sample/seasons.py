"""The calendar of the demo company: months, releases and their freeze, load over week and year, turning points."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from data.sample.company import ZONE

BAD_QUARTER: Final = (date(2026, 1, 1), date(2026, 4, 1))
UPGRADE: Final = date(2026, 6, 8)
FIRST_YEAR: Final = 2024

_DEPLOYS_BY_WEEKDAY: Final = (1.05, 1.2, 1.2, 1.1, 0.6, 0.03, 0.02)
_LOAD_BY_WEEKDAY: Final = (1.0, 1.02, 1.03, 1.04, 1.08, 0.94, 0.89)
_LOAD_BY_MONTH: Final = (1.06, 1.0, 1.04, 0.99, 0.96, 0.93, 0.9, 0.92, 0.98, 1.02, 1.12, 1.15)
_LOAD_BY_HOUR: Final = (
    2.2, 1.9, 1.7, 1.7, 1.9, 2.5, 3.4, 4.3, 4.9, 5.1, 5.2, 5.3, 5.4, 5.3, 5.3, 5.4, 5.6, 5.8, 5.8, 5.4, 4.9, 4.3,
    3.5, 2.8,
)  # fmt: skip
DAY_SHARE: Final = np.concatenate([[0.0], np.cumsum(_LOAD_BY_HOUR) / sum(_LOAD_BY_HOUR)])
"""Share of a UTC day's traffic that has passed by the end of each of its hours, 25 values from 0 to 1."""


def month_of(day: date) -> int:
    """The running number of a day's calendar month."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """The first day of a month given by its running number."""
    return date(month // 12, month % 12 + 1, 1)


def days_of(month: int) -> list[date]:
    """All days of a month."""
    first = first_day(month)
    return [first + timedelta(days=n) for n in range((first_day(month + 1) - first).days)]


def midnight(day: date) -> int:
    """Unix seconds at which a day begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def company_midnight(day: date) -> int:
    """Unix seconds at which a day begins in the company's time zone."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).timestamp())


def three_years_before(day: date) -> date:
    """The same date three years earlier; 29 February becomes 1 March."""
    return date(day.year - 3, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 3)


def frozen(day: date) -> bool:
    """Whether the year-end freeze is on: 12 December to 3 January."""
    return (day.month == 12 and day.day >= 12) or (day.month == 1 and day.day <= 3)


def release_weight(day: date) -> float:
    """How many deployments a day sees against an ordinary day: week, freeze, holidays in August, slow growth."""
    weight = _DEPLOYS_BY_WEEKDAY[day.weekday()] * (1 + 0.05 * (day.year - FIRST_YEAR))
    if frozen(day):
        return weight * 0.06
    return weight * (0.78 if day.month == 8 else 1.0)


def load(day: date) -> float:
    """Traffic of a day against an ordinary day of the first year: growth, season, week."""
    years = (day - date(FIRST_YEAR, 1, 1)).days / 365.25
    return float(1.16**years) * _LOAD_BY_MONTH[day.month - 1] * _LOAD_BY_WEEKDAY[day.weekday()]


def in_bad_quarter(day: date) -> bool:
    """Whether a day lies in the quarter of the botched ledger migration."""
    return BAD_QUARTER[0] <= day < BAD_QUARTER[1]


def failure_share(day: date) -> float:
    """The chance that a production deployment has to be rolled back."""
    if in_bad_quarter(day):
        return 0.27
    return {2023: 0.175, 2024: 0.165, 2025: 0.15}.get(day.year, 0.155)


def outage_share(day: date) -> float:
    """The chance that a deployment which has to be rolled back takes its service down until then."""
    if in_bad_quarter(day):
        return 0.18
    return {2023: 0.11, 2024: 0.1, 2025: 0.075}.get(day.year, 0.055)


def integration_error_share(day: date) -> float:
    """The ordinary share of failed calls to providers: halved by the upgrade, which took 10 days."""
    phased = min(1.0, max(0.0, (day - UPGRADE).days / 10))
    drift = 0.0150 if in_bad_quarter(day) else 0.0138
    return drift + phased * (0.0064 - drift)
