"""Customer effort score."""

from __future__ import annotations

import math
from collections import defaultdict
from decimal import Decimal

from data.facts import Response
from data.metrics.base import Better, Bounds, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit
from data.metrics.responses import answers, row_of, rows_of
from data.metrics.students_t import t_95

FORM = "ces"
SCALE = "scale:"
"""Starts the variant of one scale, written from its hardest to its easiest answer: scale:1-7, scale:5-1."""

Scale = tuple[Decimal, Decimal]


def scale_of(response: Response) -> Scale:
    """The hardest and the easiest answer of the scale: (5, 1) where 1 means very little effort."""
    ends = response.scale_low, response.scale_high
    return ends if response.high_is_good else (ends[1], ends[0])


def ease(response: Response) -> Decimal | None:
    """The score, turned round where a low one is the easy one, so that more is easier; None beyond its scale."""
    if not response.scale_low <= response.score <= response.scale_high or response.scale_low == response.scale_high:
        return None
    return response.score if response.high_is_good else response.scale_low + response.scale_high - response.score


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Scores over answers, by the day of the answer.

    Scores of two scales have no common mean, and rows of days and scopes add up: so the empty variant and those of
    audiences hold the company's one scale alone, in every day and scope, and each scale has a variant of its own.
    """
    hardest, easiest = day.rules.effort_scale
    company = Decimal(hardest), Decimal(easiest)

    def on_scale(response: Response) -> Decimal | None:
        return ease(response) if scale_of(response) == company else None

    by_scale: dict[Scale, list[Response]] = defaultdict(list)
    for one in answers(day, FORM):
        by_scale[scale_of(one)].append(one)
    own = [row_of(day, f"{SCALE}{_said(scale)}", map(ease, found)) for scale, found in sorted(by_scale.items())]
    return (*rows_of(day, FORM, on_scale), *own)


def interval(totals: Totals) -> Bounds | None:
    """Student's 95 % interval of the mean; None with fewer than two answers, or where all are alike."""
    n = totals.denominator / 1_000_000
    if n < 2:
        return None
    mean = totals.numerator / totals.denominator
    variance = (totals.sum_squares / totals.denominator - mean * mean) * n / (n - 1)
    if variance <= 1e-9:
        return None
    half = t_95(round(n) - 1) * math.sqrt(variance / n)
    return _decimal(mean - half), _decimal(mean + half)


def _said(scale: Scale) -> str:
    return "-".join(f"{end.normalize():f}" for end in scale)


def _decimal(number: float) -> Decimal:
    return Decimal(repr(round(number, 9)))


METRIC = Metric(
    id="ces",
    name="Customer effort score",
    version=1,
    meaning="How easy people found it, as the mean answer on the one scale of the settings (from 1, hard, to 7, "
    "easy, unless set otherwise). More is easier. Only the last answer of a person in a wave counts.",
    formula="sum of scores / answers on the scale metrics.effort_scale; where the low end is the easy one a score is "
    "turned round (low + high - score); answers on another scale are never mixed in, they are variants scale:LOW-HIGH; "
    "interval: Student's t",
    origin="house definition after Dixon, Freeman and Toman, Stop Trying to Delight Your Customers (2010); there is no "
    "one standard scale",
    unit=Unit.SCORE,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.FEEDBACK,
    fact_kinds=("response",),
    connect="Connect a source of answers (for example one of type zigpoll), map its polls, and set "
    "metrics.effort_scale to the scale they use.",
    daily=daily,
    interval=interval,
    survey=True,
)
