"""Burn rates: the worked numbers of the alerts, and what is left of a budget."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.metrics.base import Value
from data.metrics.burn_rate import (
    ALERTS,
    Alert,
    Errors,
    Severity,
    allowed,
    budget_spent,
    burn_down,
    burn_of,
    burn_rate,
    firing,
    time_to_exhaustion,
)
from data.metrics.error_budget import spent

GOAL = Decimal("0.999")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def errors(burn: str, events: int = 1000, goal: Decimal = GOAL) -> Errors:
    """A window that burns at the rate."""
    return Errors(Decimal(burn) * (1 - goal) * events, Decimal(events), events)


def test_gt_s01_the_share_of_a_months_budget_gives_the_rate_of_each_window() -> None:
    assert [(one.severity, one.long, one.short, one.burn) for one in ALERTS] == [
        (Severity.PAGE, HOUR, timedelta(minutes=5), Decimal("14.4")),
        (Severity.PAGE, 6 * HOUR, timedelta(minutes=30), 6),
        (Severity.TICKET, DAY, 2 * HOUR, 3),
        (Severity.TICKET, 3 * DAY, 6 * HOUR, 1),
    ]
    assert all(one.short * 12 == one.long for one in ALERTS)
    assert [budget_spent(one.burn, one.long) for one in ALERTS] == [one.share for one in ALERTS]


def test_a_burn_of_1_spends_the_budget_in_exactly_its_period() -> None:
    assert burn_rate(Errors(Decimal(1), Decimal(1000), 1000), GOAL) == 1
    assert (time_to_exhaustion(Decimal(1)), budget_spent(Decimal(1), 30 * DAY)) == (30 * DAY, 1)
    assert time_to_exhaustion(Decimal(2), spent=Decimal("0.5")) == timedelta(days=7.5)
    assert time_to_exhaustion(Decimal(3), period=90 * DAY) == 30 * DAY


def test_what_does_not_burn_never_runs_out_and_what_is_gone_is_gone() -> None:
    assert time_to_exhaustion(Decimal(0)) is None
    assert (
        time_to_exhaustion(Decimal(0), spent=Decimal(1)) == time_to_exhaustion(Decimal(5), Decimal(2)) == timedelta(0)
    )


@pytest.mark.parametrize(("goal", "seconds"), [("0.9999", 259.2), ("0.999", 2592), ("0.99", 25_920)])
def test_the_down_time_that_a_goal_allows_in_30_days(goal: str, seconds: float) -> None:
    assert allowed(Decimal(goal)) == timedelta(seconds=seconds)


def test_nothing_valid_or_no_budget_has_no_burn_rate() -> None:
    assert burn_rate(Errors(Decimal(0), Decimal(0), 0), GOAL) is None
    assert burn_rate(Errors(Decimal(1), Decimal(10), 10), Decimal(1)) is None


def both(one: Alert, long: str, short: str) -> dict[timedelta, Errors]:
    return {one.long: errors(long), one.short: errors(short)}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda one: f"{one.severity} {one.long}")
def test_an_alert_fires_when_both_windows_burn_faster_than_its_rate(alert: Alert) -> None:
    limit, above = str(alert.burn), str(alert.burn + Decimal("0.001"))
    assert firing(both(alert, above, above), GOAL) == (alert,)
    for long, short in ((limit, above), (above, limit), (limit, limit), ("0", "100")):
        assert firing(both(alert, long, short), GOAL) == ()
    assert firing({alert.long: errors(above)}, GOAL) == ()


def test_a_window_of_few_observations_fires_nothing() -> None:
    alert = ALERTS[0]
    quiet = {alert.long: errors("300", 36), alert.short: errors("300", 3)}
    assert firing(quiet, GOAL) == (alert,)
    assert firing(quiet, GOAL, least=4) == ()


def test_a_total_outage_fires_every_alert() -> None:
    windows = {span: Errors(Decimal(60), Decimal(60), 60) for one in ALERTS for span in (one.long, one.short)}
    assert firing(windows, GOAL) == ALERTS
    assert firing(windows, Decimal(1)) == ()


def test_a_burn_down_leaves_a_gap_for_a_day_that_was_not_observed() -> None:
    fine, bad = Errors(Decimal(0), Decimal(86_400), 1440), Errors(Decimal("129.6"), Decimal(86_400), 1440)
    assert burn_down([fine, bad, None, bad], Decimal("0.9999"), 30) == (1, Decimal("0.5"), None, 0)
    assert burn_down([fine, None], Decimal(1), 30) == burn_down([None, None], GOAL, 30) == (None, None)
    assert burn_down([], GOAL, 30) == ()


DAYS = st.lists(
    st.builds(lambda bad, more: Errors(Decimal(bad), Decimal(bad + more), bad + more),
              st.integers(0, 1000), st.integers(1, 10**6)),
    min_size=1, max_size=31,
)  # fmt: skip


@given(DAYS, st.decimals(0, "0.9999", places=4))
def test_at_the_end_of_a_period_the_burn_down_is_what_the_error_budget_leaves(
    days: list[Errors], goal: Decimal
) -> None:
    left = burn_down(days, goal, len(days))
    bad, valid = sum(day.bad for day in days), sum((day.valid for day in days), Decimal(0))
    budget = spent(Value(1 - bad / valid, numerator=valid - bad, denominator=valid), goal)
    assert budget.value is not None
    assert left[-1] is not None
    assert abs(left[-1] - (1 - budget.value)) < Decimal("1e-18")
    rate = burn_rate(Errors(Decimal(bad), valid, int(valid)), goal)
    assert rate == pytest.approx(budget.value, abs=Decimal("1e-18"))
    known = [one for one in left if one is not None]
    assert known == sorted(known, reverse=True)


@given(st.decimals("0.001", 1, places=3), st.integers(1, 10_000))
def test_the_rate_of_a_share_spends_that_share(share: Decimal, minutes: int) -> None:
    window = timedelta(minutes=minutes)
    assert abs(budget_spent(burn_of(share, window), window) - share) < Decimal("1e-20")
