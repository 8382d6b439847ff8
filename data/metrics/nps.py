"""Net promoter score."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from data.facts import Response
from data.metrics.base import Better, Bounds, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit
from data.metrics.intervals import Z_95
from data.metrics.responses import rows_of

FORM = "nps"
_WHOLE = Decimal(100)
_ADDED = 3.0
"""Pseudo-answers added before the interval is taken: a quarter of them promoters, a quarter detractors."""


def points(response: Response) -> Decimal | None:
    """100 for a promoter (9 or 10), -100 for a detractor (0 to 6), 0 between; None off the scale from 0 to 10."""
    score = response.score
    standard = response.scale_low == 0 and response.scale_high == 10 and response.high_is_good
    if not standard or not 0 <= score <= 10 or score != int(score):
        return None
    return _WHOLE if score >= 9 else -_WHOLE if score <= 6 else Decimal(0)


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Points over answers, by the day of the answer."""
    return rows_of(day, FORM, points)


@dataclass(frozen=True)
class Shares:
    """Answers, and which part of them came from promoters and from detractors."""

    n: float
    promoters: float
    detractors: float

    @property
    def score(self) -> float:
        """The net promoter score in points."""
        return 100 * (self.promoters - self.detractors)

    @property
    def variance(self) -> float:
        """Of one answer: p + d - (p - d)²."""
        return max(0.0, self.promoters + self.detractors - (self.promoters - self.detractors) ** 2)

    @property
    def standard_error(self) -> float:
        """Of the score, in points."""
        return 100 * math.sqrt(self.variance / self.n)


def shares(totals: Totals) -> Shares | None:
    """Promoters and detractors, from the sums alone; None without answers."""
    if totals.denominator <= 0:
        return None
    net = totals.numerator / totals.denominator / 100
    extreme = totals.sum_squares / totals.denominator / 10_000
    return Shares(totals.denominator / 1_000_000, (extreme + net) / 2, (extreme - net) / 2)


def interval(totals: Totals) -> Bounds | None:
    """Adjusted Wald 95 % interval: three answers are added, then score ± 1.96 standard errors, within -100 to 100.

    It keeps its coverage with few answers and where all are alike (Rocks 2016, The American Statistician 70(4));
    it always holds the score itself.
    """
    found = shares(totals)
    if found is None:
        return None
    n = found.n + _ADDED
    raised = Shares(
        n,
        (found.promoters * found.n + _ADDED / 4) / n,
        (found.detractors * found.n + _ADDED / 4) / n,
    )
    half = Z_95 * raised.standard_error
    low, high = min(raised.score - half, found.score), max(raised.score + half, found.score)
    return _decimal(max(-100.0, low)), _decimal(min(100.0, high))


def _decimal(number: float) -> Decimal:
    return Decimal(repr(round(number, 9)))


METRIC = Metric(
    id="nps",
    name="Net promoter score",
    version=1,
    meaning="How many more people would recommend the company, or a feature of it, than would not, in points between "
    "-100 and 100. Only the last answer of a person in a wave counts.",
    formula="100 x (promoters - detractors) / answers; promoters answer 9 or 10, detractors 0 to 6, on a scale from 0 "
    "to 10; answers on any other scale are not counted; interval: adjusted Wald with three answers added",
    origin="Reichheld, The One Number You Need to Grow (2003); interval after Rocks, The American Statistician (2016)",
    unit=Unit.POINTS,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.FEEDBACK,
    fact_kinds=("response",),
    connect="Connect a source of answers (for example one of type zigpoll) and map its polls.",
    daily=daily,
    interval=interval,
    survey=True,
)
