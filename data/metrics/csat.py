"""Customer satisfaction."""

from __future__ import annotations

from decimal import Decimal

from data.facts import Response
from data.metrics.base import Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.metrics.intervals import counted_interval
from data.metrics.responses import rows_of, step_of

FORM = "csat"
_POSITIVE_FROM = {2: 2, 5: 4, 7: 5}
"""From which place on a scale of that many an answer is positive."""


def positive(response: Response) -> Decimal | None:
    """1 for a positive answer, else 0; None on a scale for which no rule is agreed."""
    place = step_of(response)
    if place is None or place[1] not in _POSITIVE_FROM:
        return None
    return Decimal(place[0] >= _POSITIVE_FROM[place[1]])


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Positive answers over answers, by the day of the answer."""
    return rows_of(day, FORM, positive)


METRIC = Metric(
    id="csat",
    name="Customer satisfaction",
    version=1,
    meaning="The share of answers that are positive. Only the last answer of a person in a wave counts.",
    formula="positive answers / answers; positive are the upper two of five places, the upper three of seven, the "
    "upper one of two; a scale whose low end is the good one is turned round; answers on another scale are not counted",
    origin="rule of the upper answers after help.zencity.io; interval: Wilson 1927",
    unit=Unit.RATIO,
    better=Better.HIGHER,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.FEEDBACK,
    fact_kinds=("response",),
    connect="Connect a source of answers (for example one of type zigpoll) and map its polls.",
    daily=daily,
    interval=counted_interval,
    survey=True,
)
