"""How long things last when some go on: against a worked example and against statsmodels."""

from __future__ import annotations

import itertools
import math
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from data.metrics import survival
from data.metrics.base import NO_EVENTS, STILL_OPEN, Statistic, Totals, value_of
from data.metrics.durations import duration_statistics
from data.metrics.survival import HALF, Sample, curve, median_interval, quantile, quantiles
from data.metrics.time_to_restore import METRIC


def samples(text: str) -> list[Sample]:
    """`1 2 5+` are three durations, the last of which goes on."""
    return [(Decimal(one.rstrip("+")), not one.endswith("+")) for one in text.split()]


def told(text: str) -> dict[str, Decimal]:
    return {one.name: one.value for one in duration_statistics(samples(text))}


SPANS = st.lists(
    st.tuples(st.decimals(0, 60, places=1), st.booleans()),
    max_size=40,
)


def test_gt_m02_open_incidents_count_for_as_long_as_they_are_known_to_have_lasted() -> None:
    text = "1 2 2 4 5+ 8 24+"
    steps = curve(samples(text))
    assert [f"{float(step.survival):.3f}" for step in steps] == ["0.857", "0.571", "0.429", "0.214"]
    assert [(step.hours, step.at_risk, step.ended) for step in steps] == [(1, 7, 1), (2, 6, 2), (4, 4, 1), (8, 2, 1)]
    assert told(text) == {"median": 4, "p90_above": 24, "mean_of_ended": Decimal("3.4")}
    closed_only = told("1 2 2 4 8")
    assert (closed_only["median"], closed_only["mean_of_ended"]) == (2, Decimal("3.4"))


def test_of_a_median_that_is_not_reached_only_the_longest_known_time_is_told() -> None:
    found = duration_statistics(samples("1 3+ 4+ 30+"))
    assert found == (
        Statistic("median_above", Decimal(30), None, None, 4),
        Statistic("p90_above", Decimal(30), None, None, 4),
        Statistic("mean_of_ended", Decimal(1), None, None, 1),
    )
    totals = Totals(1_000_000, 1_000_000, 1_000_000, 4, 1_000_000, 1_000_000, 1, 1)
    value = value_of(METRIC, totals, found)
    assert (value.value, value.reason, value.statistics["median_above"]) == (None, STILL_OPEN, 30)


def test_without_a_sample_nothing_is_told() -> None:
    assert duration_statistics([]) == ()
    value = value_of(METRIC, Totals(0, 0, 0, 0, 1_000_000, 1_000_000, 1, 1), ())
    assert (value.value, value.reason) == (None, NO_EVENTS)


@pytest.mark.parametrize(
    ("text", "median"),
    [("3", "3"), ("0 0", "0"), ("1 2", "1"), ("1 2 3 4", "2"), ("2 2+ 2+", None), ("2 2 2+", "2"), ("0+ 5", "5")],
)
def test_the_median_is_the_shortest_time_by_which_half_had_ended(text: str, median: str | None) -> None:
    assert told(text).get("median") == (None if median is None else Decimal(median))


def test_with_nothing_open_the_curve_is_the_share_that_lasts_longer() -> None:
    spans = samples("5 1 4 4 2 9 9 9")
    for step in curve(spans):
        longer = sum(length > step.hours for length, _ in spans)
        assert step.survival == Fraction(longer, len(spans))


@given(SPANS)
def test_curve_quantiles_and_interval_agree_with_statsmodels(spans: list[Sample]) -> None:
    steps = curve(spans)
    if not steps:
        return
    times = np.array([float(length) for length, _ in spans])
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        oracle = SurvfuncRight(times, np.array([int(ended) for _, ended in spans]))
        low, high = oracle.quantile_ci(0.5, method="cloglog")
    assert [float(step.hours) for step in steps] == list(oracle.surv_times)
    assert [step.at_risk for step in steps] == list(oracle.n_risk)
    assert [float(step.survival) for step in steps] == pytest.approx(oracle.surv_prob, abs=1e-12)
    spread = [float(step.spread) ** 0.5 * float(step.survival) for step in steps if step.spread is not None]
    assert spread == pytest.approx(oracle.surv_prob_se[: len(spread)], abs=1e-12)
    # statsmodels asks for strictly less than one half, so it differs where the curve rests on the half
    if HALF not in {step.survival for step in steps}:
        median = quantile(steps, HALF)
        assert np.isnan(oracle.quantile(0.5)) if median is None else float(median) == oracle.quantile(0.5)
    ends = [None if np.isnan(end) or np.isinf(end) else float(end) for end in (low, high)]
    assert [None if end is None else float(end) for end in median_interval(steps)] == ends


def test_the_interval_of_a_median_is_that_of_statsmodels_for_a_known_sample() -> None:
    spans = samples("6 6 6 7 10 13 16 22 23 6+ 9+ 10+ 11+ 17+ 19+ 20+ 25+ 32+ 32+ 34+ 35+")
    (median, *_) = quantiles(spans)
    assert median == Statistic("median", Decimal(23), Decimal(13), None, 21)


@given(SPANS, SPANS)
def test_a_curve_falls_and_what_goes_on_longer_never_shortens_the_median(
    spans: list[Sample], more: list[Sample]
) -> None:
    shares = [Fraction(1), *(step.survival for step in curve(spans + more))]
    assert all(after < before for before, after in itertools.pairwise(shares))
    assert all(0 <= share <= 1 for share in shares)
    longest = max((length for length, _ in spans), default=Decimal(0))
    before = quantile(curve(spans), HALF)
    with_open = quantile(curve([*spans, (longest, False)]), HALF)
    assert with_open is None or (before is not None and with_open >= before)


@given(SPANS)
def test_many_digits_decide_as_floats_do_where_the_case_is_not_close(spans: list[Sample]) -> None:
    steps = curve(spans)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(survival, "_CLOSE", math.inf)
        in_decimals = median_interval(steps)
    assert in_decimals == median_interval(steps)
