"""Query texts, and days that are asked exactly once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.period import day_seconds, day_start
from pipelines.promql import (
    FEWEST_TOO_MANY,
    Run,
    Spans,
    duration_seconds,
    increase_by,
    is_selector,
    over_a_day,
    runs,
    slots_scraped_by,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = timedelta(days=1)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]

a_day = st.dates(date(2009, 1, 1), date(2030, 12, 31))
some_days = st.sets(a_day, max_size=40).map(sorted)
spans = st.lists(st.tuples(a_day, st.integers(1, 500)), max_size=12)


def _days(first: date, count: int) -> list[date]:
    return [first + i * DAY for i in range(count)]


def test_days_of_equal_length_are_asked_in_one_query_and_odd_days_by_themselves() -> None:
    found = list(runs(_days(date(2025, 3, 28), 5), BERLIN))
    assert [(run.days, run.seconds) for run in found] == [
        ((date(2025, 3, 28), date(2025, 3, 29)), 86_400),
        ((date(2025, 3, 30),), 82_800),
        ((date(2025, 3, 31), date(2025, 4, 1)), 86_400),
    ]


def test_a_day_is_asked_one_millisecond_before_its_end() -> None:
    (run,) = runs(_days(date(2025, 3, 28), 2), BERLIN)
    assert [datetime.fromtimestamp(at / 1000, UTC) for at in run.instants] == [
        datetime(2025, 3, 28, 22, 59, 59, 999_000, UTC),
        datetime(2025, 3, 29, 22, 59, 59, 999_000, UTC),
    ]
    assert list(run.instants) == [run.first, run.last]


def test_a_gap_between_the_days_begins_another_query() -> None:
    assert [run.days for run in runs([date(2025, 1, 1), date(2025, 1, 3)], BERLIN)] == [
        (date(2025, 1, 1),),
        (date(2025, 1, 3),),
    ]


def test_a_day_that_a_zone_left_out_is_not_asked() -> None:
    found = list(runs(_days(date(2011, 12, 29), 3), ZoneInfo("Pacific/Apia")))
    assert [day for run in found for day in run.days] == [date(2011, 12, 29), date(2011, 12, 31)]


@given(
    days=some_days, first=a_day, count=st.integers(0, 900), zone=st.sampled_from(ZONES), per_day=st.integers(1, 9001)
)
def test_every_day_is_asked_once_in_order_and_no_query_takes_11000_evaluations(
    days: list[date], first: date, count: int, zone: str, per_day: int
) -> None:
    at = ZoneInfo(zone)
    asked = sorted({*days, *_days(first, count)})
    found = list(runs(asked, at, per_day))
    assert [day for run in found for day in run.days] == [day for day in asked if day_seconds(day, at)]
    assert all(len(run.days) * per_day < FEWEST_TOO_MANY for run in found)
    for run in found:
        for instant, day in run.instants.items():
            begin, end = day_start(day, at), day_start(day + DAY, at)
            assert instant == end.timestamp() * 1000 - 1
            assert instant + 1 - run.seconds * 1000 == begin.timestamp() * 1000


@given(given=spans)
def test_spans_hold_exactly_the_days_that_were_put_in(given: list[tuple[date, int]]) -> None:
    held, expected = Spans(), set[date]()
    for start, length in given:
        held = held.with_span(start, start + length * DAY)
        expected |= set(_days(start, length))
    assert {day for start, end in held.spans for day in _days(start, (end - start).days)} == expected
    assert all(before[1] < after[0] for before, after in zip(held.spans, held.spans[1:], strict=False))


@pytest.mark.parametrize(("text", "expected"), [("60s", 60), ("5m", 300), ("1m30s", 90), ("1h", 3600), ("1d", 86_400)])
def test_a_duration_is_whole_seconds(text: str, expected: int) -> None:
    assert duration_seconds(text) == expected


@pytest.mark.parametrize("text", ["", "60", "1.5m", "500ms", "a minute", "60s "])
def test_another_duration_is_refused_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(ValueError, match="no duration: write seconds, minutes or hours such as 60s, 5m, 1m30s"):
        duration_seconds(text)


@pytest.mark.parametrize(
    "text",
    ["up", " up ", "job:up:max", 'up{job="a"}', "up{}", '{__name__="up"}', 'up{path="/a{b}\\"}", x=~\'a|b\', y=`}`}'],
)
def test_a_selector_names_stored_series(text: str) -> None:
    assert is_selector(text)


@pytest.mark.parametrize(
    "text", ["", "up == 1", "max(up)", "up offset 5m", "up[5m]", 'up{job="a"} > bool 0', "up{a='b}", "up # now", "1"]
)
def test_anything_else_is_an_expression(text: str) -> None:
    assert not is_selector(text)


def test_a_selector_is_asked_for_its_raw_samples_and_an_expression_at_each_step() -> None:
    run = Run((date(2025, 3, 30),), 82_800, 0)
    assert over_a_day("up", run, 60) == "up[82800s]"
    assert over_a_day("max by (a) (up) # why", run, 60) == "(max by (a) (up) # why\n)[82800s:60s]"


def test_counters_are_increased_before_they_are_summed() -> None:
    run = Run((date(2025, 3, 30),), 82_800, 0)
    assert increase_by("service", "calls_total", run) == "sum by (service) (increase(calls_total[82800s]))"
    assert increase_by(None, "calls_total", run) == "sum (increase(calls_total[82800s]))"
    assert slots_scraped_by("service", "calls_total", run, 60) == (
        "count_over_time((count by (service) (count_over_time(calls_total[60s] offset -59999ms)))[82800s:60s])"
    )
