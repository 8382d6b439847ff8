"""Every verdict, by a small worked case each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from data.benchmarks.score import OpenPeriod, Target, Verdict, Word, score
from data.metrics import metric_named
from data.metrics.base import NO_DATA, NO_EVENTS, NO_RATE, NO_SOURCE, Value

UPTIME = metric_named("availability")
CALLS = metric_named("integration_error_rate")
SHARE = metric_named("integration_share")
FREQUENCY = metric_named("deployment_frequency")


def d(text: str) -> Decimal:
    return Decimal(text)


def target(metric: str, low: str | None = None, high: str | None = None) -> Target:
    edges = (None if low is None else d(low), None if high is None else d(high))
    return Target(
        "t", metric, None, "house", *edges, "ratio of sums", date(2026, 1, 1), None, "CTO", "Board", "2026"
    )  # fmt: skip


NINES = target("availability", low="0.9999")
UNDER_ONE_PERCENT = target("integration_error_rate", high="0.01")
BAND = target("integration_share", low="0.15", high="0.25")
WHOLE = d("1")


def seen(
    value: str,
    coverage: Decimal = WHOLE,
    interval: tuple[str, str] | None = None,
    bounds: tuple[str, str] | None = None,
) -> Value:
    return Value(
        d(value),
        coverage=coverage,
        interval=None if interval is None else (d(interval[0]), d(interval[1])),
        bounds=None if bounds is None else (d(bounds[0]), d(bounds[1])),
    )


def word(verdict: Verdict | None) -> Word | None:
    return verdict.word if verdict else None


def test_what_was_counted_in_full_is_decided_by_its_value_whatever_its_interval() -> None:
    assert score(CALLS, seen("0.004", interval=("0.001", "0.02")), UNDER_ONE_PERCENT) == Verdict(
        Word.MET, "It holds.", d("0.006")
    )
    assert score(CALLS, seen("0.012", interval=("0.001", "0.02")), UNDER_ONE_PERCENT) == Verdict(
        Word.MISSED, "It does not hold.", d("-0.002")
    )


@pytest.mark.parametrize(
    ("target", "value", "expected"),
    [
        (UNDER_ONE_PERCENT, "0.01", Word.MISSED),
        (UNDER_ONE_PERCENT, "0.0099999", Word.MET),
        (replace(UNDER_ONE_PERCENT, low=d("0")), "0.01", Word.MET),
    ],
    ids=["under 1 % is not 1 %", "just under", "the edge of a band belongs to it"],
)
def test_under_is_strict_and_a_band_includes_its_edges(target: Target, value: str, expected: Word) -> None:
    assert word(score(CALLS, seen(value), target)) is expected


def test_at_least_includes_the_edge() -> None:
    assert word(score(UPTIME, seen("0.9999"), NINES)) is Word.MET
    assert word(score(UPTIME, seen("0.99989"), NINES)) is Word.MISSED


def test_samples_whose_interval_lies_on_both_sides_cannot_tell() -> None:
    assert score(UPTIME, seen("0.99995", interval=("0.9998", "0.99999")), NINES) == Verdict(
        Word.CANNOT_TELL, "The 95 % interval of the samples lies on both sides of the target.", d("0.00005")
    )
    assert word(score(UPTIME, seen("0.99995", interval=("0.99991", "0.99999")), NINES)) is Word.MET
    assert word(score(UPTIME, seen("0.998", interval=("0.997", "0.999")), NINES)) is Word.MISSED


def test_samples_whose_unknown_time_could_lie_on_either_side_cannot_tell() -> None:
    assert score(UPTIME, seen("0.99995", coverage=d("0.97"), bounds=("0.96995", "0.99995")), NINES) == Verdict(
        Word.CANNOT_TELL, "What was not observed could put it on either side of the target.", d("0.00005")
    )
    assert word(score(UPTIME, seen("0.98", coverage=d("0.97"), bounds=("0.95", "0.98")), NINES)) is Word.MISSED


def test_counts_below_95_percent_coverage_follow_from_their_bounds() -> None:
    assert word(score(CALLS, seen("0.001", d("0.95"), bounds=("0", "0.05")), UNDER_ONE_PERCENT)) is Word.MET
    assert word(score(CALLS, seen("0.001", d("0.9499"), bounds=("0", "0.05")), UNDER_ONE_PERCENT)) is Word.CANNOT_TELL
    assert word(score(CALLS, seen("0.5", d("0.5"), bounds=("0.25", "0.75")), UNDER_ONE_PERCENT)) is Word.MISSED
    assert word(score(CALLS, seen("0.001", d("0.5"), bounds=("0", "0.009")), UNDER_ONE_PERCENT)) is Word.MET


def test_a_count_without_bounds_cannot_be_told_below_95_percent_coverage() -> None:
    daily = target("deployment_frequency", low="1")
    assert score(FREQUENCY, seen("3", d("0.5")), daily) == Verdict(
        Word.CANNOT_TELL, "Only 50% of the period was observed.", d("2")
    )
    assert word(score(FREQUENCY, seen("3", d("0.95")), daily)) is Word.MET


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (("0.16", "0.24"), Word.MET),
        (("0.15", "0.25"), Word.MET),
        (("0.14", "0.20"), Word.CANNOT_TELL),
        (("0.20", "0.26"), Word.CANNOT_TELL),
        (("0.10", "0.40"), Word.CANNOT_TELL),
        (("0.05", "0.14"), Word.MISSED),
        (("0.26", "0.90"), Word.MISSED),
    ],
)
def test_the_integration_share_is_decided_by_none_and_all_of_the_unclassified(
    bounds: tuple[str, str], expected: Word
) -> None:
    assert word(score(SHARE, seen(bounds[0], d("0.8"), bounds=bounds), BAND)) is expected


def test_an_open_period_beyond_its_target_is_at_risk_until_the_budget_of_the_whole_is_used_up() -> None:
    after_ten_days = OpenPeriod(days=10, length=30)
    assert score(UPTIME, seen("0.99980"), NINES, still_open=after_ten_days) == Verdict(
        Word.AT_RISK, "At the present rate the budget runs out on day 16.", d("-0.00010")
    )
    assert score(UPTIME, seen("0.9997"), NINES, still_open=after_ten_days) == Verdict(
        Word.MISSED, "The budget of the whole period is already used up.", d("-0.0002")
    )
    assert word(score(UPTIME, seen("0.99995"), NINES, still_open=after_ten_days)) is Word.MET
    assert word(score(CALLS, seen("0.02"), UNDER_ONE_PERCENT, still_open=after_ten_days)) is Word.AT_RISK
    assert word(score(CALLS, seen("0.04"), UNDER_ONE_PERCENT, still_open=after_ten_days)) is Word.MISSED


def test_an_open_period_of_a_metric_without_budget_is_told_as_it_stands() -> None:
    few = target("change_fail_rate", high="0.15")
    rate = metric_named("change_fail_rate")
    assert word(score(rate, seen("0.2"), few, still_open=OpenPeriod(3, 30))) is Word.MISSED


FALLING = [d(one) for one in ("0.99998", "0.99997", "0.99996", "0.99995", "0.99994")]


def test_a_closed_period_that_holds_is_at_risk_when_its_trend_crosses_within_two_periods() -> None:
    steep = [d(one) for one in ("0.99999", "0.99998", "0.99996", "0.99995", "0.99993")]
    assert score(UPTIME, seen("0.99991"), NINES, history=steep) == Verdict(
        Word.AT_RISK, "It holds, but its trend crosses the target within 2 periods.", d("0.00001")
    )
    assert word(score(UPTIME, seen("0.99993"), NINES, history=FALLING)) is Word.MET
    assert word(score(UPTIME, seen("0.99993"), NINES, history=FALLING, still_open=OpenPeriod(3, 30))) is Word.MET


def test_a_trend_that_arrives_exactly_at_the_edge_holds() -> None:
    straight = [d(one) for one in ("1.00004", "1.00002", "1", "0.99998", "0.99996")]
    assert word(score(UPTIME, seen("0.99994"), NINES, history=straight)) is Word.MET


def test_one_wild_period_makes_no_trend_and_six_are_needed() -> None:
    wild = [d(one) for one in ("0.99995", "0.90000", "0.99995", "0.99995", "0.99995")]
    assert word(score(UPTIME, seen("0.99995"), NINES, history=wild)) is Word.MET
    steep = [None, *(d(one) for one in ("0.99998", "0.99996", "0.99995", "0.99993"))]
    assert word(score(UPTIME, seen("0.99991"), NINES, history=steep)) is Word.MET


def test_nothing_observed_is_no_data_and_says_why() -> None:
    said = {
        NO_DATA: "There is no value: the source delivered nothing for this period.",
        NO_EVENTS: "There is no value: nothing happened that could be counted.",
        NO_RATE: "There is no value: an exchange rate is missing.",
    }
    for reason, sentence in said.items():
        assert score(UPTIME, Value(None, reason), NINES) == Verdict(Word.NO_DATA, sentence)


def test_no_source_is_not_configured_and_tells_what_to_connect() -> None:
    assert score(UPTIME, Value(None, NO_SOURCE), NINES) == Verdict(Word.NOT_CONFIGURED, UPTIME.connect)
    assert score(UPTIME, Value(None, NO_SOURCE), None) == Verdict(Word.NOT_CONFIGURED, UPTIME.connect)


def test_without_a_target_there_is_no_verdict() -> None:
    assert score(UPTIME, seen("0.5"), None) is None
    assert score(UPTIME, Value(None, NO_DATA), None) is None


def test_the_distance_is_the_room_to_the_nearest_edge() -> None:
    assert BAND.distance(d("0.16")) == d("0.01")
    assert BAND.distance(d("0.30")) == d("-0.05")
    assert BAND.distance(d("0.10")) == d("-0.05")
    assert NINES.distance(d("0.9998")) == d("-0.0001")
    assert UNDER_ONE_PERCENT.distance(d("0.004")) == d("0.006")
