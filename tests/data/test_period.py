"""Periods: their names, their neighbours, their instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import (
    BadPeriod,
    Kind,
    Period,
    add_months,
    containing,
    day_of,
    day_seconds,
    day_start,
    iso_week,
    last_closed,
    parse,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "start", "end", "kind"),
    [
        ("2026-10", "2026-10-01", "2026-11-01", Kind.MONTH),
        ("2026-12", "2026-12-01", "2027-01-01", Kind.MONTH),
        ("2026-Q4", "2026-10-01", "2027-01-01", Kind.QUARTER),
        ("2026", "2026-01-01", "2027-01-01", Kind.YEAR),
        ("FY2026", "2025-04-01", "2026-04-01", Kind.FISCAL_YEAR),
        ("FY2026-Q1", "2025-04-01", "2025-07-01", Kind.FISCAL_QUARTER),
        ("FY2026-Q4", "2026-01-01", "2026-04-01", Kind.FISCAL_QUARTER),
        ("2026-W46", "2026-11-09", "2026-11-16", Kind.WEEK),
        ("2026-10-05", "2026-10-05", "2026-10-06", Kind.DAY),
        ("2026-10-01..2026-11-01", "2026-10-01", "2026-11-01", Kind.CUSTOM),
        (" 2026-10 ", "2026-10-01", "2026-11-01", Kind.MONTH),
    ],
)
def test_each_form_of_text_names_its_days(text: str, start: str, end: str, kind: Kind) -> None:
    period = parse(text, fiscal_start=4)
    assert (period.start, period.end, period.kind) == (date.fromisoformat(start), date.fromisoformat(end), kind)
    assert period.label == text.strip()


@pytest.mark.parametrize(
    ("fiscal_start", "start"),
    [(1, date(2026, 1, 1)), (4, date(2025, 4, 1)), (7, date(2025, 7, 1)), (12, date(2025, 12, 1))],
)
def test_a_fiscal_year_is_named_by_the_calendar_year_in_which_it_ends(fiscal_start: int, start: date) -> None:
    year = parse("FY2026", fiscal_start)
    assert (year.start, year.end) == (start, add_months(start, 12))
    assert [one.label for one in year.split(Kind.FISCAL_QUARTER)] == [f"FY2026-Q{n}" for n in (1, 2, 3, 4)]


def test_the_last_days_of_2025_lie_in_the_first_iso_week_of_2026() -> None:
    week = containing(date(2025, 12, 29), Kind.WEEK)
    assert week == iso_week(2026, 1)
    assert (week.label, week.start, week.end) == ("2026-W01", date(2025, 12, 29), date(2026, 1, 5))


def test_a_53rd_week_exists_in_long_years_only_and_is_compared_with_the_52nd() -> None:
    assert parse("2026-W53").start == date(2026, 12, 28)
    assert parse("2026-W53").shifted(1).label == "2027-W01"
    assert parse("2026-W53").year_before().label == "2025-W52"
    assert parse("2027-W10").year_before().label == "2026-W10"
    with pytest.raises(BadPeriod, match="2025-W53"):
        parse("2025-W53")


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2026-10", "2025-10"),
        ("2026-Q1", "2025-Q1"),
        ("2026", "2025"),
        ("FY2026", "FY2025"),
        ("FY2026-Q3", "FY2025-Q3"),
        ("2024-02-29", "2023-02-28"),
        ("2024-02-28", "2023-02-28"),
        ("2024-02-20..2024-02-29", "2023-02-20..2023-03-01"),
        ("2024-02-29..2024-03-02", "2023-02-28..2023-03-02"),
        ("2025-02-01..2025-03-01", "2024-02-01..2024-03-01"),
        ("2026-10-01..2026-11-01", "2025-10-01..2025-11-01"),
    ],
)
def test_the_year_before_is_the_same_period_of_that_year(text: str, before: str) -> None:
    assert parse(text, 4).year_before().label == before


@pytest.mark.parametrize(
    ("text", "steps", "label"),
    [
        ("2026-01", -1, "2025-12"),
        ("2026-01", 14, "2027-03"),
        ("2026-Q1", -1, "2025-Q4"),
        ("2026", -3, "2023"),
        ("FY2026-Q1", -1, "FY2025-Q4"),
        ("FY2026", 1, "FY2027"),
        ("2026-03-01", -1, "2026-02-28"),
        ("2026-01-05..2026-01-15", -1, "2025-12-26..2026-01-05"),
    ],
)
def test_a_period_is_shifted_by_its_own_kind(text: str, steps: int, label: str) -> None:
    assert parse(text, 4).shifted(steps).label == label


def test_a_period_is_split_into_whole_smaller_ones_that_overlap_it() -> None:
    assert [one.label for one in parse("2026-Q4").split(Kind.MONTH)] == ["2026-10", "2026-11", "2026-12"]
    assert [one.label for one in parse("2026-11").split(Kind.WEEK)] == [
        "2026-W44", "2026-W45", "2026-W46", "2026-W47", "2026-W48", "2026-W49",
    ]  # fmt: skip
    assert [one.label for one in parse("2026-10-30..2026-11-02").split(Kind.DAY)] == [
        "2026-10-30", "2026-10-31", "2026-11-01",
    ]  # fmt: skip


def test_days_are_23_or_25_hours_long_where_clocks_change() -> None:
    assert [day_seconds(date(2026, 3, day), BERLIN) // 3600 for day in (28, 29, 30)] == [24, 23, 24]
    assert [day_seconds(date(2026, 10, day), BERLIN) // 3600 for day in (24, 25, 26)] == [24, 25, 24]
    assert parse("2026-10-25").instants(BERLIN) == (
        datetime(2026, 10, 24, 22, tzinfo=UTC),
        datetime(2026, 10, 25, 23, tzinfo=UTC),
    )


def test_a_day_whose_midnight_the_clocks_skip_starts_at_the_change() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert day_start(date(2024, 4, 26), cairo) == datetime(2024, 4, 25, 22, tzinfo=UTC)
    assert day_seconds(date(2024, 4, 26), cairo) == 23 * 3600


def test_october_2026_closes_at_the_end_of_friday_the_6th_in_the_companys_zone() -> None:
    assert parse("2026-10").closes_at(BERLIN) == datetime(2026, 11, 6, 23, tzinfo=UTC)
    assert parse("2026-10").closes_at(ZoneInfo("UTC")) == datetime(2026, 11, 7, tzinfo=UTC)


def test_the_last_closed_month_is_october_from_the_moment_it_closes() -> None:
    closes = parse("2026-10").closes_at(BERLIN)
    assert last_closed(closes, Kind.MONTH, BERLIN).label == "2026-10"
    assert last_closed(closes - timedelta(microseconds=1), Kind.MONTH, BERLIN).label == "2026-09"
    assert last_closed(datetime(2026, 11, 9, 6, tzinfo=UTC), Kind.FISCAL_QUARTER, BERLIN, 4).label == "FY2027-Q2"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is not a period: write 2026-10, 2026-Q4,"),
        ("october", "'october' is not a period: write 2026-10,"),
        ("2026-13", "'2026-13' is not a period: month must be in 1..12."),
        ("2026-Q5", "'2026-Q5' is not a period: write"),
        ("2026-02-30", "'2026-02-30' is not a period: day is out of range for month."),
        ("2026-W00", "'2026-W00' is not a period: Invalid week: 0."),
        ("٢٠٢٦", "is not a period: write 2026-10"),
        ("9999-W52", "'9999-W52' is not a period: its year lies outside 1970 to 2199."),
        ("0001", "'0001' is not a period: its year lies outside 1970 to 2199."),
        ("1990-01-01..2026-01-01", "'1990-01-01..2026-01-01' is too long: a period has at most ten years."),
        ("2026-11-01..2026-10-01", "A period ends after it starts; 2026-11-01..2026-10-01 does not."),
        ("2026-11-01..2026-11-01", "A period ends after it starts; 2026-11-01..2026-11-01 does not."),
    ],
)
def test_a_bad_text_is_answered_by_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadPeriod) as raised:
        parse(text)
    assert str(raised.value).startswith(said) or said in str(raised.value)


DAYS = st.dates(date(1971, 1, 1), date(2190, 1, 1))
STARTS = st.integers(1, 12)
KINDS = st.sampled_from([kind for kind in Kind if kind is not Kind.CUSTOM])


@given(DAYS, KINDS, STARTS)
def test_a_label_is_read_back_as_the_same_period(day: date, kind: Kind, fiscal_start: int) -> None:
    period = containing(day, kind, fiscal_start)
    assert day in period
    assert parse(period.label, fiscal_start) == period


@given(DAYS, st.integers(1, 3000), STARTS)
def test_a_span_of_days_is_read_back_as_itself(start: date, length: int, fiscal_start: int) -> None:
    period = Period(start, start + timedelta(days=length), fiscal_start=fiscal_start)
    assert parse(period.label, fiscal_start) == period
    assert period.year_before().length in range(length - 1, length + 2)


@given(DAYS, KINDS, STARTS, st.integers(-30, 30))
def test_neighbours_touch_and_shifts_undo_each_other(day: date, kind: Kind, fiscal_start: int, steps: int) -> None:
    period = containing(day, kind, fiscal_start)
    assert period.previous().end == period.start
    assert period.shifted(steps).shifted(-steps) == period
    assert period.year_before().end <= period.end


@given(st.integers(0, 4_000_000_000))
def test_every_instant_lies_in_its_day(seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    start, end = containing(day_of(instant, BERLIN), Kind.DAY).instants(BERLIN)
    assert start <= instant < end
