"""What metrics of feedback share: which answers count, and their sums for everyone and for each audience."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from data.facts import Response
from data.metrics.base import DAY, WITHHELD, Row, ScopeDay, Totals, Value
from data.money import millionths

AUDIENCE = "audience:"
"""Starts the variant of one audience; the variant of everyone is empty."""

Measured = Callable[[Response], Decimal | None]
"""What an answer counts for; None where its scale does not say."""


def guarded(audiences: Mapping[str, Value], answered: int, least: int) -> dict[str, Value]:
    """The values of audiences, the smallest withheld as long as what is left of `answered` by those that are told is
    fewer than `least` answers: the score of the rest follows from that of everyone."""
    found = dict(audiences)
    told = sorted((one.sample, name) for name, one in found.items() if one.value is not None)
    rest = answered - sum(sample for sample, _ in told)
    for sample, name in told:
        if not 0 < rest < least:
            break
        found[name] = Value(None, WITHHELD, sample=sample, coverage=found[name].coverage)
        rest += sample
    return found


def answers(day: ScopeDay, form: str) -> tuple[Response, ...]:
    """The answers of a form, without those that their respondent gave anew later."""
    found = (fact for fact in day.facts.get(Response.kind, ()) if isinstance(fact, Response) and fact.form == form)
    return tuple(one for one in found if (one.source, one.source_id) not in day.superseded)


def rows_of(day: ScopeDay, form: str, measured: Measured) -> tuple[Row, ...]:
    """One row for everyone and one per audience.

    An answer whose scale does not say what it counts for is unobserved: it lowers the known part of the day.
    """
    given = answers(day, form)
    if not given and Response.kind not in day.covered:
        return ()
    audiences = sorted({one.audience for one in given if one.audience})
    return (
        row_of(day, "", map(measured, given)),
        *(row_of(day, AUDIENCE + name, (measured(one) for one in given if one.audience == name)) for name in audiences),
    )


def row_of(day: ScopeDay, variant: str, values: Iterable[Decimal | None]) -> Row:
    """The sums of what answers count for."""
    given = tuple(values)
    told = [one for one in given if one is not None]
    known = DAY if Response.kind in day.covered else 0
    return Row(
        variant=variant,
        numerator=millionths(sum(told, Decimal(0))),
        denominator=len(told) * DAY,
        sample=len(told),
        known=known * len(told) // len(given) if given else known,
        expected=DAY,
        sum_squares=millionths(sum((one * one for one in told), Decimal(0))),
    )


def step_of(response: Response) -> tuple[int, int] | None:
    """The place of an answer on its scale, counted from 1 at the bad end, and how many places the scale has.

    A scale whose low end is the good one is turned round. None for what is no whole step of the scale.
    """
    size, above = response.scale_high - response.scale_low, response.score - response.scale_low
    if size <= 0 or not 0 <= above <= size or size != int(size) or above != int(above):
        return None
    return int(above if response.high_is_good else size - above) + 1, int(size) + 1


@dataclass(frozen=True)
class Difference:
    """How far the scores of two waves are apart, its standard error, and the distance in standard errors."""

    apart: Decimal
    standard_error: Decimal
    z: Decimal


def difference(now: Totals, then: Totals) -> Difference | None:
    """z = (S1 - S2) / √(SE1² + SE2²); |z| > 1.96 is a difference at 95 %. A score is a mean of answers.

    None where a wave has no answers or all of its answers are alike, so that its error is not known.
    """
    if 0 in (now.denominator, then.denominator):
        return None
    errors = [_squared_error(one) for one in (now, then)]
    if 0 in errors:
        return None
    apart = now.numerator / now.denominator - then.numerator / then.denominator
    error = math.sqrt(sum(errors))
    return Difference(*(Decimal(repr(round(one, 9))) for one in (apart, error, apart / error)))


def _squared_error(totals: Totals) -> float:
    """Of a mean: the variance of what one answer counts for, over their number; 0 where all are alike."""
    mean = totals.numerator / totals.denominator
    variance = totals.sum_squares / totals.denominator - mean * mean
    return variance / (totals.denominator / DAY) if variance > 1e-9 else 0.0
