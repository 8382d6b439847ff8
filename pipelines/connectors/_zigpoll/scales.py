"""What a question measures, and which score an answer to it is: Zigpoll has no field for either.

Read in this order: what the options say of the slide; its type; the words of its title. The scale follows from its
answers: numbers, or an order of words whose ends tell which one is the good one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.connectors._zigpoll.options import Slide
from pipelines.errors import SkipRecord

_NUMBER = re.compile(
    r"(-?[0-9]{1,4}(?:\.[0-9]{1,3})?)(?:\s*/\s*[0-9]{1,4}|\s+[-–]\s+\D.*|\s*:\s*\D.*|\s*(?:stars?|points?))?",
    re.IGNORECASE,
)
_STARS = re.compile(r"[★⭐🌟]\ufe0f?")
_TYPES = (
    ("nps", re.compile(r"nps|net.?promoter", re.IGNORECASE)),
    ("ces", re.compile(r"\bces\b|effort", re.IGNORECASE)),
    ("csat", re.compile(r"csat|satisf|rating|star|emoji|smil", re.IGNORECASE)),
)
_TITLES = (
    ("nps", re.compile(r"\brecommend", re.IGNORECASE)),
    ("ces", re.compile(r"\beffort|\beas(?:y|ily|e)\b|\bdifficult|\bhard was", re.IGNORECASE)),
    (
        "csat",
        re.compile(r"\bsatisf|\bhappy\b|\brat(?:e|ing)\b|\bhow (?:good|well|was)\b|\bexperience\b", re.IGNORECASE),
    ),
)
_HARD = re.compile(r"\beffort|\bdifficult|\bhard\b", re.IGNORECASE)
_EASY = re.compile(r"\beas(?:y|ily|e|ier)\b|\beffortless", re.IGNORECASE)
_NO_TROUBLE = re.compile(
    r"\b(?:no|little) effort|\beffortless|\bno (?:problem|issue)|\bnot (?:bad|difficult|hard)", re.IGNORECASE
)
_BAD_WORDS = re.compile(
    r"\bnot\b|\bno\b|\bnever\b|n't\b|\bdis\w+|\bun\w+|\bbad\b|\bpoor\b|\bworse\b|\bworst\b|\bterribl|\bawful|\bhorribl"
    r"|\bhate|\bdifficult|\bhard\b|\bslow|\bfrustrat|\beffort|[😠😡🤬😞😟🙁☹😢😭😣👎💔]",
    re.IGNORECASE,
)
_GOOD_WORDS = re.compile(
    r"\bsatisf|\bgood\b|\bgreat\b|\bexcellent|\bawesome|\bamazing|\blove|\bhappy\b|\beasy\b|\bbest\b|\bbetter\b|\byes\b"
    r"|\bdefinitely|\bstrongly agree|\bagree\b|\blikely\b|\balways\b|[😀😃😄😁😊🙂😍🤩👍❤💚]",
    re.IGNORECASE,
)
_NPS = (Decimal(0), Decimal(10))
_USUAL = {"nps": _NPS, "csat": (Decimal(1), Decimal(5)), "ces": (Decimal(1), Decimal(7))}
_MOST_ANSWERS = 11


@dataclass(frozen=True)
class Question:
    """A slide as Zigpoll tells it: plain texts, the answers in their order."""

    type: str
    title: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """What is measured, between which ends, and the score of each answer in words."""

    form: str
    low: Decimal
    high: Decimal
    high_is_good: bool
    words: tuple[tuple[str, Decimal], ...] = ()


def is_open(question: Question, told: Slide) -> bool:
    """Whether people write what they think, in place of choosing an answer."""
    scored = told.form or told.answers or told.low is not None or question.answers
    return not scored and _matching(_TYPES, question.type) is None


def scale_of(question: Question, told: Slide) -> Scale:
    """The scale of a question; SkipRecord says why its answers are no scores."""
    if told.form == "none":
        raise SkipRecord("the options say that it has no score")
    form = told.form or form_of(question)
    order = _folded(told.answers)
    if order:
        return _worded(form or "other", order, told)
    numbers = [_number(answer) for answer in question.answers]
    if told.low is not None and told.high is not None:
        ends = (Decimal(str(told.low)), Decimal(str(told.high)))
    elif numbers and None not in numbers:
        found = [number for number in numbers if number is not None]
        ends = (min(found), max(found))
    elif not question.answers and form in _USUAL:
        ends = _USUAL[form]
    else:
        return _in_words(form, question, told)
    if ends[0] == ends[1]:
        raise SkipRecord("all of its answers are the same number")
    return Scale(_checked(form or "other", ends, told), *ends, _high_is_good(form, question, told))


def score_of(answer: str, scale: Scale) -> Decimal:
    """The score that an answer is; SkipRecord where it is none of the scale's."""
    folded = answer.strip().casefold()
    for word, score in scale.words:
        if word == folded:
            return score
    number = None if scale.words else _number(answer)
    if number is None:
        raise SkipRecord("The answer is none of those that the question offers.")
    if not scale.low <= number <= scale.high:
        raise SkipRecord(f"The answer {number} lies outside the scale {scale.low} to {scale.high}.")
    return number


def form_of(question: Question) -> str | None:
    """What a question measures by its type, else by its title; None where neither says."""
    return _matching(_TYPES, question.type) or _matching(_TITLES, question.title)


def _matching(patterns: Sequence[tuple[str, re.Pattern[str]]], text: str) -> str | None:
    return next((form for form, pattern in patterns if pattern.search(text)), None)


def _in_words(form: str | None, question: Question, told: Slide) -> Scale:
    answers = _folded(question.answers)
    if form is None or not 2 <= len(answers) <= _MOST_ANSWERS:
        raise SkipRecord("its answers are no scale: say what they measure under options.slide, or form = none")
    first, last = _feeling(answers[0]), _feeling(answers[-1])
    if first == last or 0 in (first, last):
        raise SkipRecord("its answers do not tell which one is the best: give their order under options.slide")
    return _worded(form, answers if first < last else tuple(reversed(answers)), told)


def _worded(form: str, order: Sequence[str], told: Slide) -> Scale:
    """Answers in words from the worst to the best: 1 for the worst, or the ends that the options give."""
    low, high = Decimal(1), Decimal(len(order))
    if told.low is not None and told.high is not None:
        low, high = Decimal(str(told.low)), Decimal(str(told.high))
    step = (high - low) / (len(order) - 1)
    words = tuple((word, low + step * place) for place, word in enumerate(order))
    return Scale(_checked(form, (low, high), told), low, high, high_is_good=True, words=words)


def _checked(form: str, ends: tuple[Decimal, Decimal], told: Slide) -> str:
    """Promoters and detractors are defined on 0 to 10 alone: other scales are nps only where somebody says so."""
    return "other" if form == "nps" and ends != _NPS and told.form != "nps" else form


def _high_is_good(form: str | None, question: Question, told: Slide) -> bool:
    if told.high_is_good is not None:
        return told.high_is_good
    ends = sorted((number, _feeling(text)) for text in question.answers if (number := _number(text)) is not None)
    if ends and 0 not in (ends[0][1], ends[-1][1]) and ends[0][1] != ends[-1][1]:
        return ends[-1][1] > ends[0][1]
    return not (form == "ces" and _HARD.search(question.title) and not _EASY.search(question.title))


def _feeling(answer: str) -> int:
    """-1 for a bad answer, 1 for a good one, 0 where its words do not tell."""
    if _NO_TROUBLE.search(answer):
        return 1
    if _BAD_WORDS.search(answer):
        return -1
    return 1 if _GOOD_WORDS.search(answer) else 0


def _number(answer: str) -> Decimal | None:
    text = answer.strip()
    stars = _STARS.findall(text)
    if stars and not _STARS.sub("", text).strip():
        return Decimal(len(stars))
    found = _NUMBER.fullmatch(text)
    return Decimal(found.group(1)) if found else None


def _folded(answers: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(answer.strip().casefold() for answer in answers if answer.strip()))
