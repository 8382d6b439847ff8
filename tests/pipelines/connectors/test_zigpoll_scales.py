"""What a question measures is read from its type, title and answers; what cannot be read is never guessed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.connectors._zigpoll.options import Slide
from pipelines.connectors._zigpoll.scales import Question, is_open, scale_of, score_of
from pipelines.errors import SkipRecord

ZERO_TO_TEN = tuple(str(number) for number in range(11))
ONE_TO_FIVE = tuple(str(number) for number in range(1, 6))
HAPPY = ("Very satisfied", "Satisfied", "Neutral", "Dissatisfied", "Very dissatisfied")


def told(**more: Any) -> Slide:
    return Slide(id="s", **more)


def question(type_: str, title: str, *answers: str) -> Question:
    return Question(type_, title, answers)


def measured(asked: Question, slide: Slide | None = None) -> tuple[str, int, int, bool]:
    scale = scale_of(asked, slide or told())
    return scale.form, int(scale.low), int(scale.high), scale.high_is_good


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (question("nps", "Would you?", *ZERO_TO_TEN), ("nps", 0, 10, True)),
        (question("nps", "Would you?"), ("nps", 0, 10, True)),
        (question("vote", "How likely are you to recommend us?", *ZERO_TO_TEN), ("nps", 0, 10, True)),
        (question("vote", "How likely are you to recommend us?", *ONE_TO_FIVE), ("other", 1, 5, True)),
        (question("star-rating", "Your view", *ONE_TO_FIVE), ("csat", 1, 5, True)),
        (question("star-rating", "Your view"), ("csat", 1, 5, True)),
        (question("vote", "How satisfied are you?", *ONE_TO_FIVE), ("csat", 1, 5, True)),
        (question("vote", "How satisfied are you?", *HAPPY), ("csat", 1, 5, True)),
        (
            question("vote", "How satisfied are you?", "1 - Very good", "2 - fine", "3 - Very bad"),
            ("csat", 1, 3, False),
        ),
        (question("vote", "Transfers were easy", *"1234567"), ("ces", 1, 7, True)),
        (question("vote", "How much effort did it take?", *ONE_TO_FIVE), ("ces", 1, 5, False)),
        (question("vote", "How much effort did it take?", "No effort", "Some", "A lot of effort"), ("ces", 1, 3, True)),
        (question("vote", "How was it?", "⭐", "⭐⭐", "⭐⭐⭐"), ("csat", 1, 3, True)),
        (question("emoji", "Today?", "😡", "😐", "😀"), ("csat", 1, 3, True)),
        (question("vote", "How many wallets have you?", "1", "2", "3"), ("other", 1, 3, True)),
    ],
)
def test_form_and_scale_follow_from_type_title_and_answers(
    asked: Question, expected: tuple[str, int, int, bool]
) -> None:
    assert measured(asked) == expected


@pytest.mark.parametrize(
    ("asked", "slide", "expected"),
    [
        (question("vote", "Recommend?", *"123456789"), told(form="nps", low=0, high=10), ("nps", 0, 10, True)),
        (question("vote", "So?", "Meh", "Wow"), told(form="csat", answers=("Meh", "Wow")), ("csat", 1, 2, True)),
        (question("vote", "How easy?", *"1234567"), told(high_is_good=False), ("ces", 1, 7, False)),
        (question("slider", "Your mood"), told(form="csat", low=0, high=100), ("csat", 0, 100, True)),
    ],
)  # fmt: skip
def test_the_options_go_before_what_is_read(
    asked: Question, slide: Slide, expected: tuple[str, int, int, bool]
) -> None:
    assert measured(asked, slide) == expected


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (question("multiple-choice", "Where from?", "Google", "A friend"), "its answers are no scale"),
        (question("vote", "How often?", "1-2 times", "3-5 times"), "its answers are no scale"),
        (question("vote", "How satisfied are you?", "Red", "Green"), "its answers do not tell which one is the best"),
        (question("vote", "How satisfied are you?", "Good", "Great"), "its answers do not tell which one is the best"),
        (question("vote", "How satisfied are you?", "5"), "all of its answers are the same number"),
    ],
)
def test_answers_that_are_no_scale_are_refused_with_the_option_to_set(asked: Question, says: str) -> None:
    with pytest.raises(SkipRecord, match=says):
        scale_of(asked, told())


def test_a_written_question_is_told_from_a_score_without_offered_answers() -> None:
    assert is_open(question("open-ended", "What was your experience?"), told())
    assert is_open(question("long-answer", "Would you recommend us, and why?"), told())
    assert not is_open(question("nps", "Would you recommend us?"), told())
    assert not is_open(question("slider", "Your mood"), told(form="csat", low=0, high=100))
    assert not is_open(question("vote", "Which?", "A", "B"), told())


@pytest.mark.parametrize(
    ("answer", "score"),
    [("9", 9), (" 9 ", 9), ("9/10", 9), ("9 - very likely", 9), ("9: sure", 9), ("10", 10), ("0", 0), ("7 points", 7)],
)
def test_a_number_is_read_however_it_is_written(answer: str, score: int) -> None:
    assert score_of(answer, scale_of(question("nps", "", *ZERO_TO_TEN), told())) == score


def test_words_and_stars_are_scores_by_their_order() -> None:
    happy = scale_of(question("vote", "How satisfied are you?", *HAPPY), told())
    assert [score_of(word, happy) for word in HAPPY] == [5, 4, 3, 2, 1]
    stars = scale_of(question("star-rating", "Stars?"), told())
    assert score_of("⭐⭐⭐⭐", stars) == 4
    wide = scale_of(
        question("vote", "Well?", "bad", "fine", "good"), told(answers=("bad", "fine", "good"), low=0, high=100)
    )
    assert [score_of(word, wide) for word in ("bad", "fine", "good")] == [0, 50, 100]


@pytest.mark.parametrize("answer", ["", "eleven", "11", "-1", "9 out", "1-2 times", "Other: my own words"])
def test_what_is_no_answer_of_the_scale_is_no_score(answer: str) -> None:
    with pytest.raises(SkipRecord):
        score_of(answer, scale_of(question("nps", "", *ZERO_TO_TEN), told()))


@given(st.text(), st.text(), st.lists(st.text(), max_size=8), st.text())
def test_whatever_is_asked_a_score_lies_on_its_scale(type_: str, title: str, answers: list[str], answer: str) -> None:
    try:
        scale = scale_of(question(type_, title, *answers), told())
        score = score_of(answer, scale)
    except SkipRecord:
        return
    assert scale.low <= score <= scale.high
    assert isinstance(score, Decimal)
