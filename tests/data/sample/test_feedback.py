"""What customers of the demo company answer follows its story, and only grows with its end."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest

from data.sample import Story
from data.sample.feedback import SURVEYS, feedback
from data.sample.records import Answer, Wave
from tests.data.sample.stories import END, told

FORMS = {survey.id: survey.form for survey in SURVEYS}
QUARTERLY = [survey.id for survey in SURVEYS if survey.quarterly]


@cache
def heard(end: date = END) -> tuple[tuple[Wave, ...], tuple[Answer, ...]]:
    return feedback(told(end))


def nps(survey: str, wave: date) -> float:
    scores = [one.score for one in heard()[1] if (one.survey, one.wave) == (survey, wave)]
    return 100 * (sum(score >= 9 for score in scores) - sum(score <= 6 for score in scores)) / len(scores)


def satisfied(first: date, last: date) -> float:
    """The share of 4 and 5 among all answers to questions of satisfaction from one day to another."""
    scores = [one.score for one in heard()[1] if FORMS[one.survey] == "csat" and first <= one.at.date() < last]
    return sum(score >= 4 for score in scores) / len(scores)


@pytest.mark.parametrize("end", [date(2026, 11, 1), date(2026, 12, 18)], ids=str)
def test_a_later_end_changes_no_answer_that_was_given(end: date) -> None:
    now, later = told(), told(end)
    known = [one for one in heard()[1] if one.at >= later.since + timedelta(days=1)]
    assert known == [one for one in heard(end)[1] if later.since + timedelta(days=1) <= one.at < now.until]


def test_counters_of_a_wave_only_grow() -> None:
    early, late = feedback(told(date(2026, 10, 14)))[0], heard()[0]
    before = {(wave.survey, wave.start): wave for wave in early if wave.start >= date(2026, 10, 1)}
    after = {(wave.survey, wave.start): wave for wave in late}
    assert len(before) == len(SURVEYS)
    for key, wave in before.items():
        for count in ("shown", "opened", "responded", "completed"):
            assert getattr(wave, count) <= getattr(after[key], count)
    assert before["nps-retail", date(2026, 10, 13)].shown == after["nps-retail", date(2026, 10, 13)].shown
    assert before["nps-retail", date(2026, 10, 13)].responded < after["nps-retail", date(2026, 10, 13)].responded


def test_another_seed_gives_other_answers() -> None:
    assert feedback(_with_seed(7))[1] != heard()[1]


def _with_seed(seed: int) -> Story:
    return replace(told(), seed=seed)


def test_three_years_have_twelve_waves_for_each_audience_and_some_eight_thousand_answers() -> None:
    waves, answers = heard()
    assert Counter(wave.survey for wave in waves if wave.survey in QUARTERLY) == dict.fromkeys(QUARTERLY, 12)
    assert 6_000 < len(answers) < 9_000
    assert 1_000 < sum(one.comment is not None for one in answers) < 1_600
    assert len({one.id for one in answers}) == len(answers)


def test_waves_are_answered_by_some_of_those_who_were_asked() -> None:
    for wave in heard()[0]:
        assert wave.completed <= wave.responded <= wave.opened <= wave.shown
        if wave.survey in ("nps-business", "nps-retail"):
            assert 40 < wave.responded < 400
            assert 0.05 < wave.responded / wave.shown < 0.15


def test_one_audience_is_too_small_for_a_score() -> None:
    assert max(wave.responded for wave in heard()[0] if wave.survey == "nps-institutional") < 30


def test_counters_agree_with_the_answers() -> None:
    given = Counter((one.survey, one.wave) for one in heard()[1])
    assert given == {(wave.survey, wave.start): wave.responded for wave in heard()[0] if wave.responded}


def test_scores_keep_to_their_scale() -> None:
    scores: defaultdict[str, set[int]] = defaultdict(set)
    for one in heard()[1]:
        scores[FORMS[one.survey]].add(one.score)
    assert scores == {"nps": set(range(11)), "csat": set(range(1, 6)), "ces": set(range(1, 8))}


@pytest.mark.parametrize("survey", ["nps-business", "nps-retail"])
def test_customers_are_least_content_after_the_bad_quarter_and_most_after_the_upgrade(survey: str) -> None:
    year_before, bad, aftermath, latest = (nps(survey, date(y, m, d)) for y, m, d in
                                           ((2025, 10, 14), (2026, 1, 13), (2026, 4, 14), (2026, 10, 13)))  # fmt: skip
    assert max(bad, aftermath) < year_before - 15
    assert latest > max(bad, aftermath) + 15


def test_satisfaction_falls_in_the_bad_quarter_and_recovers() -> None:
    assert satisfied(date(2026, 1, 1), date(2026, 4, 1)) < satisfied(date(2025, 7, 1), date(2026, 1, 1)) - 0.08
    assert satisfied(date(2026, 7, 1), date(2026, 11, 1)) > satisfied(date(2026, 1, 1), date(2026, 4, 1)) + 0.1


def test_nobody_is_asked_about_the_company_twice_in_a_wave() -> None:
    people = Counter((one.survey, one.wave, one.respondent) for one in heard()[1] if one.survey in QUARTERLY)
    assert set(people.values()) == {1}


def test_some_customers_leave_an_address() -> None:
    left = [one for one in heard()[1] if one.comment and "@" in one.comment]
    assert 5 < len(left) < 60
