"""The Quick Check's scores: ours from our numbers, the industry's as published."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data.benchmarks.load import Spread, Survey
from data.benchmarks.quick_check import QUESTIONS, answer, industry, industry_overall, overall, surveys


def segment(name: str, vintage: str = "2025") -> Survey:
    return next(one for one in surveys() if (one.segment, one.vintage) == (name, vintage))


@pytest.mark.parametrize(("name", "mean"), [("Financial services", "6.92"), ("All industries", "6.72")])
def test_the_overall_score_of_2025_is_the_mean_of_its_five_means(name: str, mean: str) -> None:
    assert industry_overall(segment(name)) == Decimal(mean)


def test_the_published_segments_are_there_on_the_scale_from_0_to_10() -> None:
    found = [(one.vintage, one.segment) for one in surveys()]
    assert sorted(found) == [
        ("2024", "All industries"), ("2024", "Financial services"), ("2025", "All industries"),
        ("2025", "Financial services"), ("2025", "Insurance"), ("2025", "Retail"), ("2025", "Technology"),
    ]  # fmt: skip
    for survey in surveys():
        for question in QUESTIONS:
            known = industry(survey, question)
            assert known is None or Decimal(4) < known.mean < Decimal(9)


def test_shares_are_published_downwards_and_told_upwards() -> None:
    assert segment("Financial services").change_fail_rate == Spread(mean=Decimal("1.7"), sd=Decimal("2.1"))
    assert industry(segment("Financial services"), "change_fail_rate") == Spread(mean=Decimal("8.3"), sd=Decimal("2.1"))
    assert industry(segment("Financial services"), "lead_time") == Spread(mean=Decimal("5.4"), sd=Decimal("2.3"))


def test_recovery_is_that_of_the_file_by_industry_whose_scale_goes_upwards() -> None:
    """The file by size of organisation keeps 10 minus the same mean; imported as it is it would say 2.6."""
    assert segment("All industries").deployment_recovery_time.mean == Decimal("7.4")
    assert {one.deployment_recovery_time.mean < 5 for one in surveys()} == {False}
    assert not [one for one in surveys() if "size" in one.source]


def test_an_edition_that_asked_fewer_questions_has_no_overall_score() -> None:
    assert industry(segment("All industries", "2024"), "rework_rate") is None
    assert industry_overall(segment("All industries", "2024")) is None


@pytest.mark.parametrize(
    ("question", "value", "words", "score"),
    [
        ("lead_time", "0.5", "less than one hour", 10),
        ("lead_time", "1", "less than one day", 8),
        ("lead_time", "24", "between one day and one week", 6),
        ("lead_time", "168", "between one week and one month", 4),
        ("lead_time", "720", "between one month and six months", 2),
        ("lead_time", "4320", "more than six months", 0),
        ("deployment_recovery_time", "23.9", "less than one day", 8),
        ("deployment_frequency", "0", "less than once in six months", 0),
        ("deployment_frequency", "0.01", "between once a month and once in six months", 2),
        ("deployment_frequency", "0.1", "between once a week and once a month", 4),
        ("deployment_frequency", "0.5", "between once a day and once a week", 6),
        ("deployment_frequency", "3", "between once an hour and once a day", 8),
        ("deployment_frequency", "30", "on demand, more often than once an hour", 10),
    ],
)
def test_a_number_of_ours_is_one_of_six_answers(question: str, value: str, words: str, score: int) -> None:
    found = answer(question, Decimal(value))
    assert (found.words, found.score) == (words, score)


@pytest.mark.parametrize("question", ["change_fail_rate", "rework_rate"])
def test_a_share_is_scored_downwards_without_steps(question: str) -> None:
    assert [answer(question, Decimal(one)).score for one in ("0", "0.17", "1")] == [10, Decimal("8.3"), 0]


def test_our_overall_score_needs_all_five() -> None:
    five = {question: Decimal(8) for question in QUESTIONS}
    assert overall(five) == 8
    assert overall(five | {"lead_time": Decimal(3)}) == 7
    assert overall(five | {"rework_rate": None}) is None
    assert overall({}) is None
