"""The DORA Quick Check: what our numbers would answer, as its score from 0 to 10, to hold beside an industry's mean.

The published means are of answer categories. They are no hours and no days, and are never shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from data.benchmarks.load import BenchmarkFile, Spread, Survey, load

QUESTIONS = (
    "lead_time",
    "deployment_frequency",
    "deployment_recovery_time",
    "change_fail_rate",
    "rework_rate",
)
"""The five questions, named by the metric of ours that answers each."""

SPREAD_MATTERS = (
    "The standard deviation is about 2 of 10, so most teams lie within one of the mean: a point more or less says "
    "little."
)

_TEN = Decimal(10)
_DAY, _MONTH = Decimal(24), Decimal(24 * 30)
# From which value on an answer is given; of lead and recovery times the last one whose start is reached counts.
_TIMES = (
    (Decimal(0), "less than one hour"),
    (Decimal(1), "less than one day"),
    (_DAY, "between one day and one week"),
    (_DAY * 7, "between one week and one month"),
    (_MONTH, "between one month and six months"),
    (_MONTH * 6, "more than six months"),
)
_FREQUENCIES = (
    (Decimal(0), "less than once in six months"),
    (1 / Decimal(180), "between once a month and once in six months"),
    (1 / Decimal(30), "between once a week and once a month"),
    (1 / Decimal(7), "between once a day and once a week"),
    (Decimal(1), "between once an hour and once a day"),
    (_DAY, "on demand, more often than once an hour"),
)
_SHARES = ("change_fail_rate", "rework_rate")


@dataclass(frozen=True)
class Answer:
    """The answer that a number of ours would be, in words, and its score from 0 to 10, the best."""

    words: str
    score: Decimal


def surveys(files: Sequence[BenchmarkFile] | None = None) -> tuple[Survey, ...]:
    """The published means of every segment, as they stand in the files."""
    return tuple(one for file in (load() if files is None else files) for one in file.edition.survey)


def answer(question: str, value: Decimal) -> Answer:
    """The answer to a question, from the metric's value: hours, a number a day, or a share of one. KeyError."""
    if question in _SHARES:
        share = min(max(value, Decimal(0)), Decimal(1))
        return Answer("a share from 0 % to 100 %, counted downwards", _TEN * (1 - share))
    steps = {"lead_time": _TIMES, "deployment_recovery_time": _TIMES, "deployment_frequency": _FREQUENCIES}[question]
    place = max(at for at, (start, _) in enumerate(steps) if value >= start or at == 0)
    category = place + 1 if steps is _FREQUENCIES else len(steps) - place
    return Answer(steps[place][1], Decimal((category - 1) * 2))


def industry(survey: Survey, question: str) -> Spread | None:
    """Mean and standard deviation of a segment's scores, 10 the best everywhere; None where it was not asked."""
    found: Spread | None = getattr(survey, question)
    if found is None or question not in _SHARES:
        return found
    return Spread(mean=_TEN - found.mean, sd=found.sd)


def overall(scores: Mapping[str, Decimal | None]) -> Decimal | None:
    """The mean of the five scores; None where one is missing."""
    found = [scores.get(question) for question in QUESTIONS]
    known = [one for one in found if one is not None]
    return sum(known, Decimal(0)) / len(QUESTIONS) if len(known) == len(QUESTIONS) else None


def industry_overall(survey: Survey) -> Decimal | None:
    """The mean of a segment's five means; None for an edition that asked fewer questions."""
    means = {question: industry(survey, question) for question in QUESTIONS}
    return overall({question: one.mean if one else None for question, one in means.items()})
