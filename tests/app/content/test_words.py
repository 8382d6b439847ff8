"""Readings in a reader's words: scores, points and a company's own numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.content.contract import unit
from app.content.sections import case_words, words
from app.content.sections.base import Comparison
from app.content.sections.board import by_weight
from app.content.sections.tiles import PAGES, axis_unit, reference_bands
from data.benchmarks.load import Edition, Reference
from data.benchmarks.score import Target, Verdict, Word
from data.finance.case import Assumption, Measured
from data.metrics import metric_named
from data.metrics.base import BELOW_MIN_N, STILL_OPEN, Domain, Metric, Value
from data.metrics.measurement import own
from data.period import parse
from data.scopes import Scope
from data.settings import MeasurementSetting
from data.warehouse.readings import Reading

OCTOBER = parse("2026-10")
COVER = own(MeasurementSetting(id="cover", name="Cover", meaning="Reserves over deposits.", unit="number"))


def made(metric: Metric, value: str | None, interval: tuple[str, str] | None = None, **found: object) -> Value:
    ends = None if interval is None else (Decimal(interval[0]), Decimal(interval[1]))
    told = Value(None if value is None else Decimal(value), sample=412, coverage=Decimal(1), interval=ends)
    return replace(told, **found)  # type: ignore[arg-type]


def reading(
    metric: str | Metric, value: str | None, interval: tuple[str, str] | None = None, **found: object
) -> Reading:
    chosen = metric_named(metric) if isinstance(metric, str) else metric
    now, none = made(chosen, value, interval, **found), Value(None)
    scope = Scope("group", "portfolio", "Group")
    return Reading(chosen, scope, OCTOBER, "", now, none, none, None, None, (), (), (), None, None, "EUR")


def held_to(one: Reading, low: str | None, high: str | None = None) -> Reading:
    low_, high_ = (None if edge is None else Decimal(edge) for edge in (low, high))
    target = Target(
        "house", one.metric.id, None, "house", low_, high_, "", date(2026, 1, 1), None, "Board", "Board", "2026"
    )
    assert one.value.value is not None
    room = target.distance(one.value.value)
    return replace(one, target=target, verdict=Verdict(Word.MET if room >= 0 else Word.MISSED, "", room))


def plainly(said: str) -> str:
    return said.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("one", "shown", "interval", "unit_"),
    [
        (reading("nps", "31.2", ("25.4", "37.1")), "+31 ± 6 points", "+25 to +37 points", "points"),
        (reading("nps", "-4.5", ("-21.2", "11.9")), "−4 ± 17 points", "−21 to +12 points", "points"),
        (reading("nps", "100", ("78.7", "100")), "+100 ± 21 points", "+79 to +100 points", "points"),
        (reading("nps", "0", None), "0 points", "", "points"),
        (reading("csat", "0.842", ("0.80", "0.876")), "84.2 %", "80.0–87.6 %", "ratio"),
        (reading("ces", "5.93", ("5.71", "6.15")), "5.9", "5.7–6.2", "score"),
        (reading(COVER, "1.0412"), "1.04", "", "number"),
        (reading("nps", None, reason=BELOW_MIN_N), "n/a", "", "points"),
    ],
)
def test_a_value_and_its_interval_are_told_in_the_unit_of_the_metric(
    one: Reading, shown: str, interval: str, unit_: str
) -> None:
    assert (plainly(words.value(one)), plainly(words.interval(one)), unit(one)) == (shown, interval, unit_)


@pytest.mark.parametrize(
    ("one", "goal", "distance", "variance"),
    [
        (held_to(reading("nps", "31.2"), "40"), "≥ +40 points", "9 points below the target", "−9"),
        (held_to(reading("nps", "41"), "40"), "≥ +40 points", "1 point above the target", "+1"),
        (held_to(reading("nps", "39.7"), "40"), "≥ +40 points", "0.3 points below the target", "−0.3"),
        (held_to(reading("ces", "5.93"), "6"), "≥ 6.0", "0.1 below the target", "−0.1"),
        (held_to(reading(COVER, "1.0412"), "1"), "≥ 1.00", "0.0412 above the target", "0.0412"),
    ],
)
def test_the_way_to_a_target_is_told_in_points_or_by_the_number(
    one: Reading, goal: str, distance: str, variance: str
) -> None:
    assert (plainly(words.goal(one)), words.distance(one).replace("\u202f", " ")) == (goal, distance)
    assert plainly(words.variance(one)) == variance


def test_what_lies_on_its_target_is_said_to() -> None:
    assert words.distance(held_to(reading("audit_on_time", "1"), "1")) == "exactly on the target"


def test_a_value_is_never_rounded_onto_its_target() -> None:
    assert plainly(words.value(held_to(reading("nps", "39.7", ("33", "46")), "40"))) == "+39.7 ± 7 points"
    assert words.value(held_to(reading("ces", "5.96"), "6")) == "5.96"


@pytest.mark.parametrize(
    ("metric", "now", "then", "said"),
    [
        ("nps", "31", "27", "+4 points"),
        ("nps", "27", "28", "−1 point"),
        ("nps", "27.2", "27", "+0.2 points"),
        ("nps", "27", "27", "unchanged"),
        ("ces", "5.9", "6.2", "−0.3"),
        ("ces", "5.93", "5.91", "+0.02"),
        ("csat", "0.84", "0.80", "+4.0 pp"),
    ],
)
def test_a_change_of_a_score_is_told_in_points(metric: str, now: str, then: str, said: str) -> None:
    assert plainly(words.difference(metric_named(metric), Decimal(now), Decimal(then))) == said


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (reading("nps", "31"), "412 answers"),
        (reading("csat", "1", sample=1), "1 answer"),
        (
            reading("adoption", "0.2", numerator=Decimal(40), denominator=Decimal(200), sample=1),
            "40 of 200 eligible users",
        ),
        (
            reading("adoption", "0.2", numerator=Decimal(4000), denominator=Decimal(20000), sample=2),
            "2,000 of 10.0 k eligible users on average over 2 windows",
        ),
        (reading("audit_on_time", "0.75", numerator=Decimal(3), denominator=Decimal(4)), "3 of 4 audits on time"),
        (
            reading("compliance_log_timeliness", "0.96", numerator=Decimal(960), denominator=Decimal(1000)),
            "960 of 1,000 records in time",
        ),
        (reading(COVER, "1.04", numerator=Decimal("10.4"), denominator=Decimal(10)), "10.4 over 10"),
        (
            reading("feature_cycle_time", "314", statistics={"median": Decimal(218), "p85": Decimal(480)}),
            "412 features · median 9.1 d · 85 % within 20 d",
        ),
        (reading("time_to_restore", "1.4", statistics={"p90": Decimal(9)}), "412 incidents · nine in ten within 9 h"),
        (replace(reading("nps", None, reason=BELOW_MIN_N, sample=12), least=30), "Too few answers: 12 of 30."),
        (reading("time_to_restore", None, reason=STILL_OPEN, sample=5), "More than half of 5 are still open."),
    ],
)
def test_what_a_number_rests_on_is_said_in_its_own_words(one: Reading, said: str) -> None:
    assert plainly(words.evidence(one)) == said


def test_a_missed_target_that_allows_nothing_weighs_more_than_one_missed_by_a_part_of_its_room() -> None:
    audits = held_to(reading("audit_on_time", "0.99"), "1")
    uptime = held_to(reading("availability", "0.9"), "0.9999")
    assert by_weight([uptime, audits]) == [audits, uptime]


def test_every_domain_has_a_page_and_scores_an_axis() -> None:
    assert set(PAGES) == set(Domain)
    assert [axis_unit(metric_named(one)) for one in ("nps", "ces", "csat")] == ["points", "", "%"]


def test_a_published_score_below_zero_is_a_thin_band_the_right_way_up() -> None:
    published = Reference.model_construct(label="All", low=Decimal(-20), high=None, statistic="mean", show=True)
    one = replace(reading("nps", "-30"), references=((Edition.model_construct(), published),))
    (band,) = reference_bands(one, (-30.0, -30.0))
    assert (band.low, band.high) == (-20.24, -19.76)


def test_what_is_still_open_is_told_as_what_it_exceeds() -> None:
    one = reading("time_to_restore", None, reason=STILL_OPEN, statistics={"median_above": Decimal("8.2")})
    assert plainly(words.value(one)) == "> 8.2 h"


def test_a_provisional_number_says_which_part_of_it_may_still_change() -> None:
    one = reading("change_fail_rate", "0.25", numerator=Decimal(1), denominator=Decimal(4))
    assert words.evidence(one) == "1 of 4 deployments failed in production"
    assert words.evidence(replace(one, provisional=True)).endswith("production · the last 24 h may still change")


def test_a_survey_is_compared_with_the_last_time_it_was_asked_and_never_called_better_unseen() -> None:
    months = [OCTOBER.shifted(step) for step in (-3, -2, -1, 0)]
    values = [made(metric_named("nps"), value) for value in ("10", None, None, "30")]
    one = replace(reading("nps", "30"), history=tuple(zip(months, values, strict=True)))
    said, word = words.change(one, Comparison.PREVIOUS)
    assert (plainly(said), word) == ("+20 points on Jul", "")
    assert words.change(one, Comparison.YEAR) == ("", "")


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("2026-10", "October 2026"), ("2025-08-01..2025-11-01", "1 Aug – 31 Oct 2025"), ("FY2026-Q2", "Q2 FY2026"),
        ("last year", "last year"),
    ],
)  # fmt: skip
def test_a_measured_assumption_names_its_period_as_every_page_does(label: str, said: str) -> None:
    measured = Measured(measure="churn", scope="group", period=label, sources=("crm",))
    assert plainly(case_words.origin(Assumption(value=Decimal(1), measured=measured))) == f"measured in {said} · crm"
