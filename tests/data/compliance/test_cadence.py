"""When a control is due and how late it is."""

from __future__ import annotations

from datetime import date

import pytest

from data.compliance.cadence import Cadence, Gap, breaches, fixed_dues, on_time, overdue_days, rolling_dues
from data.period import Kind, parse

QUARTERLY = Cadence(months=3)


def days(*texts: str) -> tuple[date, ...]:
    return tuple(date.fromisoformat(text) for text in texts)


@pytest.mark.parametrize(
    ("cadence", "done", "due"),
    [
        (QUARTERLY, "2026-01-15", "2026-04-15"),
        (QUARTERLY, "2025-11-30", "2026-02-28"),
        (QUARTERLY, "2027-11-30", "2028-02-29"),
        (Cadence(months=12), "2024-02-29", "2025-02-28"),
        (Cadence(days=90), "2026-01-01", "2026-04-01"),
        (Cadence(months=1, days=5), "2026-01-31", "2026-03-05"),
    ],
)
def test_the_next_time_is_the_same_day_of_a_later_month_or_its_last(cadence: Cadence, done: str, due: str) -> None:
    assert cadence.after(date.fromisoformat(done)) == date.fromisoformat(due)


@pytest.mark.parametrize("wrong", [(0, 0), (-1, 40), (1, -1)])
def test_a_cadence_is_at_least_a_day(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="A cadence is at least a day"):
        Cadence(*wrong)


def test_a_rolling_cadence_counts_from_the_last_time_it_was_done() -> None:
    done = days("2026-04-20", "2026-01-10")
    assert rolling_dues(date(2026, 1, 15), done, QUARTERLY) == days("2026-01-15", "2026-04-10", "2026-07-20")
    assert rolling_dues(date(2026, 1, 15), (), QUARTERLY) == days("2026-01-15")


def test_a_calendar_cadence_is_due_on_the_last_day_of_each_period() -> None:
    assert fixed_dues(parse("2026"), Kind.QUARTER) == days("2026-03-31", "2026-06-30", "2026-09-30", "2026-12-31")
    assert fixed_dues(parse("2026-02-10..2026-06-30"), Kind.QUARTER) == days("2026-03-31")
    assert fixed_dues(parse("2026-02-10..2026-07-01"), Kind.QUARTER) == days("2026-03-31", "2026-06-30")
    assert fixed_dues(parse("2026"), Kind.FISCAL_YEAR, fiscal_start=4) == days("2026-03-31")


def test_four_scans_a_year_still_breach_when_one_gap_is_longer_than_three_months() -> None:
    even = days("2026-01-15", "2026-04-15", "2026-07-15", "2026-10-15")
    bunched = days("2026-01-15", "2026-02-15", "2026-03-15", "2026-10-15")
    assert breaches(even, QUARTERLY, date(2026, 12, 31)) == ()
    gap = Gap(date(2026, 3, 15), date(2026, 6, 15), date(2026, 10, 15))
    assert breaches(bunched, QUARTERLY, date(2026, 12, 31)) == (gap,)
    assert breaches(bunched[::-1], QUARTERLY, date(2026, 12, 31)) == (gap,)


def test_a_gap_that_is_still_open_is_a_breach_from_the_day_after_the_due_day() -> None:
    done = days("2026-01-15")
    assert breaches(done, QUARTERLY, date(2026, 4, 15)) == ()
    assert breaches(done, QUARTERLY, date(2026, 4, 16)) == (Gap(date(2026, 1, 15), date(2026, 4, 15), None),)
    assert breaches((), QUARTERLY, date(2026, 4, 16)) == ()


def test_overdue_days_count_up_to_the_completion_or_today() -> None:
    due, today = date(2026, 9, 30), date(2026, 10, 5)
    assert [overdue_days(due, done, today) for done in (None, date(2026, 10, 2), due, date(2026, 9, 1))] == [5, 2, 0, 0]
    assert overdue_days(date(2026, 12, 31), None, today) == 0


def test_grace_is_the_last_days_that_still_count() -> None:
    due = date(2026, 9, 30)
    assert [on_time(due, day, 2) for day in (due, date(2026, 10, 2), date(2026, 10, 3), None)] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not on_time(due, date(2026, 10, 1))
