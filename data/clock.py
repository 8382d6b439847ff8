"""The one reader of the wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_fixed: datetime | None = None


def clock() -> datetime:
    """Now, aware and in UTC; the fixed instant while one is set."""
    return _fixed if _fixed is not None else datetime.now(UTC)


def fix_clock(instant: datetime | None) -> None:
    """Hold the clock at an aware instant, or let it run again with None."""
    global _fixed  # noqa: PLW0603  the clock is the one piece of process-wide state
    if instant is not None and instant.tzinfo is None:
        raise ValueError("The clock needs an instant with its time zone.")
    _fixed = None if instant is None else instant.astimezone(UTC)


def today(zone: ZoneInfo) -> date:
    """The calendar day in the company's time zone."""
    return clock().astimezone(zone).date()
