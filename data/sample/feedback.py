"""What customers answered: relationship surveys every quarter, and short questions after support, a payout, a card."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from data.sample.chance import DAY, HOUR, generator, instant
from data.sample.comments import comment
from data.sample.records import Answer, Wave
from data.sample.seasons import UPGRADE, company_midnight, days_of, in_bad_quarter, month_of
from data.sample.story import Story

_AFTERMATH: Final = date(2026, 6, 1)
"""Until then customers remember the bad quarter."""

_SHARES: Final = {
    "nps": (0.005, 0.005, 0.01, 0.02, 0.025, 0.065, 0.08, 0.15, 0.20, 0.23, 0.21),
    "csat": (0.05, 0.07, 0.15, 0.40, 0.33),
    "ces": (0.03, 0.04, 0.07, 0.12, 0.20, 0.30, 0.24),
}
"""How an ordinary customer answers, from the lowest score to the highest."""

_LOWEST: Final = {"nps": 0, "csat": 1, "ces": 1}
_FALLS_AFTER: Final = 3.2 * DAY
_LONGEST: Final = 20 * DAY


@dataclass(frozen=True, slots=True)
class Survey:
    """A survey: its form and question, whom it asks, about which feature, how many a sending or a day, how willing.

    `mood` lifts or lowers all of its answers; `grows` is how much more often it is asked each year.
    """

    id: str
    form: str
    title: str
    question: str
    audience: str
    feature: str
    shown: float
    answering: float
    customers: int
    mood: float = 0.0
    grows: float = 1.0

    @property
    def quarterly(self) -> bool:
        """Whether it is sent to all at once, four times a year."""
        return self.form == "nps"


_RECOMMEND: Final = "How likely are you to recommend Larkmoor to a colleague or friend?"

SURVEYS: Final = (
    Survey("nps-business", "nps", "Business customers", _RECOMMEND, "business", "", 760, 0.115, 900, 0.25),
    Survey("nps-retail", "nps", "Retail customers", _RECOMMEND, "retail", "", 3_000, 0.068, 30_000, -0.05),
    Survey("nps-institutional", "nps", "Institutional customers", _RECOMMEND, "institutional", "", 130, 0.125, 140,
           0.35),
    Survey("csat-support", "csat", "After a support case", "How satisfied are you with the help you got?",
           "retail", "", 9.0, 0.09, 30_000, -0.1),
    Survey("csat-instant-payouts", "csat", "After an instant payout", "How satisfied are you with this payout?",
           "business", "instant-payouts", 6.5, 0.11, 900, 0.3, 1.45),
    Survey("csat-virtual-cards", "csat", "After ordering a virtual card", "How satisfied are you with your card?",
           "retail", "virtual-cards", 8.0, 0.08, 30_000, 0.1, 1.2),
    Survey("csat-approvals", "csat", "After a delegated approval", "How satisfied are you with delegated approvals?",
           "business", "delegated-approvals", 2.2, 0.10, 900, 0.0),
    Survey("ces-onboarding", "ces", "After opening an account", "Larkmoor made it easy to open my account.",
           "retail", "account-opening", 8.0, 0.12, 30_000, 0.0, 1.1),
)  # fmt: skip


def quality(day: date) -> float:
    """How content customers are on a day, about 0: a little more each year, less so after the botched migration."""
    drift = 0.06 * (day - date(2024, 1, 1)).days / 365.25
    if in_bad_quarter(day):
        return drift - 0.75
    if day >= UPGRADE:
        return drift + 0.3 * min(1.0, (day - UPGRADE).days / 30)
    return drift - (0.6 if date(2026, 4, 1) <= day < _AFTERMATH else 0.0)


def feedback(story: Story) -> tuple[tuple[Wave, ...], tuple[Answer, ...]]:
    """All sendings of the story's years and the answers to them, oldest first, as they stand at its end."""
    waves: list[Wave] = []
    answers: list[Answer] = []
    for survey in SURVEYS:
        for month in range(month_of(story.start), month_of(story.end) + 1):
            if sending := _sending(story, survey, month):
                waves.append(sending[0])
                answers += sending[1]
    return tuple(sorted(waves, key=lambda w: (w.start, w.survey))), tuple(sorted(answers, key=lambda a: (a.at, a.id)))


def _sending(story: Story, survey: Survey, month: int) -> tuple[Wave, list[Answer]] | None:
    """One month of a survey, or its wave of that month; None where there is none yet, or none any more."""
    first = days_of(month)[0]
    start = _sent(first) if survey.quarterly else first
    if start is None or start > story.end or (survey.quarterly and start < story.start):
        return None
    random = generator(story.seed, "survey", survey.id, month)
    asked = _asked_once(random, survey, start) if survey.quarterly else _asked_daily(random, survey, month)
    shown = sum(count for day, count, _ in asked if story.start <= day <= story.end)
    given = sorted((at, day) for day, _, moments in asked for at in moments)
    people, until = random.permutation(survey.customers), story.until.timestamp()
    answers = [
        _answer(story.seed, survey, (month, place), start, at, int(people[place % survey.customers]))
        for place, (at, day) in enumerate(given)
        if day >= story.start and at < until
    ]
    opened = round(len(answers) + 0.35 * (shown - len(answers)))
    finished = sum(answer.finished for answer in answers)
    return Wave(survey.id, start, shown, opened, len(answers), finished), answers


def _sent(first: date) -> date | None:
    """The day of a wave: the second Tuesday of a quarter's first month."""
    if first.month % 3 != 1:
        return None
    return first + timedelta(days=(1 - first.weekday()) % 7 + 7)


Asked = list[tuple[date, int, list[float]]]


def _asked_once(random: np.random.Generator, survey: Survey, day: date) -> Asked:
    """A wave: how many were asked on its day, and when they answered in the days after."""
    shown = int(survey.shown * random.uniform(0.92, 1.08))
    number = int(random.binomial(shown, survey.answering))
    waits = np.minimum(random.exponential(_FALLS_AFTER, number), _LONGEST)
    sent = company_midnight(day) + 8 * HOUR
    return [(day, shown, [_awake(sent + wait) for wait in waits.tolist()])]


def _asked_daily(random: np.random.Generator, survey: Survey, month: int) -> Asked:
    """A month of a question that follows something a customer did: how many were asked each day, and who answered."""
    found: Asked = []
    for day in days_of(month):
        wanted = survey.shown * survey.grows ** ((day - date(2024, 1, 1)).days / 365.25)
        shown = int(random.poisson(wanted))
        number = int(random.binomial(shown, survey.answering))
        seconds = random.uniform(7 * HOUR, 22 * HOUR, number).tolist()
        found.append((day, shown, [company_midnight(day) + second for second in seconds]))
    return found


def _awake(at: float) -> float:
    """Nobody answers by night: such an instant moves to the morning after."""
    second = at % DAY
    if 6 * HOUR <= second < 21 * HOUR:
        return at
    return at - second + (DAY if second >= 21 * HOUR else 0) + 7 * HOUR + second / 12


def _answer(seed: int, survey: Survey, place: tuple[int, int], wave: date, at: float, customer: int) -> Answer:
    moment = instant(at)
    random = generator(seed, "answer", survey.id, *place)
    score = _score(random, survey, moment.date())
    own = f"{survey.id}-{place[0]}-{place[1]:04d}"
    text = comment(random, survey.feature, survey.form, score, moment.date())
    finished = text is not None or bool(random.random() < 0.86)
    return Answer(own, survey.id, wave, moment, score, text, f"{survey.audience}-{customer:05d}", finished)


def _score(random: np.random.Generator, survey: Survey, day: date) -> int:
    shares = np.array(_SHARES[survey.form])
    places = np.linspace(-1.0, 1.0, len(shares))
    tilted: np.ndarray[Any, np.dtype[np.float64]] = shares * np.exp(1.1 * (quality(day) + survey.mood) * places)
    return _LOWEST[survey.form] + int(random.choice(len(shares), p=tilted / tilted.sum()))
