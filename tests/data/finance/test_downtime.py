"""Down time in money, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from data.finance.at_risk import AtRisk
from data.finance.downtime import Cost, costs, revenue_by_hour, slots

MONDAY = date(2026, 10, 5)
DECLARED = AtRisk(
    service="wallet", revenue="europe", low="0.1", base="0.4", high="0.9", source="s", owner="o", noted=MONDAY
)


def test_measured_seconds_are_shared_out_as_incidents_lay() -> None:
    # 30 minutes before and 60 minutes after 10 o'clock, of which 45 minutes were measured
    found = slots(MONDAY, Decimal(2700), [(9 * 3600 + 1800, 11 * 3600)])
    assert found == {(0, 9): 900, (0, 10): 1800}


def test_without_an_incident_the_hour_is_not_known() -> None:
    assert slots(MONDAY, Decimal(600), []) == {(0, None): 600}
    assert slots(MONDAY, Decimal(0), [(0, 60)]) == {}


def test_the_25th_hour_of_a_long_day_counts_as_its_last() -> None:
    assert slots(MONDAY, Decimal(60), [(24 * 3600, 24 * 3600 + 60)]) == {(0, 23): 60}


SPANS = st.tuples(st.integers(0, 86_399), st.integers(1, 86_400)).map(lambda two: (two[0], two[0] + two[1]))


@given(st.integers(1, 86_400), st.lists(SPANS, max_size=5))
def test_nothing_is_lost_or_added_by_sharing_out(down: int, spans: list[tuple[int, int]]) -> None:
    assert sum(slots(MONDAY, Decimal(down), spans).values()) == pytest.approx(Decimal(down), rel=Decimal("1e-20"))


def test_revenue_of_an_hour_is_the_mean_of_its_weekday_by_the_weight_of_the_hour() -> None:
    daily = {MONDAY: Decimal(2400), MONDAY + timedelta(days=7): Decimal(4800), MONDAY + timedelta(days=1): Decimal(240)}
    even = revenue_by_hour(daily)
    assert (even[0, None], even[0, 3], even[1, 3]) == (150, 150, 10)
    night = [Decimal(0)] * 12 + [Decimal(1)] * 12
    found = revenue_by_hour(daily, night)
    assert (found[0, None], found[0, 3], found[0, 15]) == (150, 0, 300)


def test_a_cost_is_hours_down_times_revenue_times_what_is_lost() -> None:
    revenue = {(0, 9): Decimal(1000), (0, 10): Decimal(4000), (0, None): Decimal(500)}
    found = costs({(0, 9): Decimal(900), (0, 10): Decimal(1800), (0, None): Decimal(60)}, revenue, DECLARED)
    assert found[:2] == (
        Cost((0, 10), Decimal(1800), Decimal(4000), Decimal(200), Decimal(800), Decimal(1800)),
        Cost((0, 9), Decimal(900), Decimal(1000), Decimal(25), Decimal(100), Decimal(225)),
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"low": "0.5"}, "low, base and high do not rise"),
        ({"hours": [1] * 23}, "give 24 weights"),
        ({"hours": [0] * 24}, "not all of them 0"),
        ({"high": "1.5"}, "less than or equal to 1"),
        ({"source": ""}, "at least 1 character"),
    ],
)
def test_what_cannot_be_at_risk_is_refused(changed: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        AtRisk.model_validate(DECLARED.model_dump() | changed)
