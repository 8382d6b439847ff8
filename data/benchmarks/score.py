"""The verdict of a value against its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from data.benchmarks.theil_sen import theil_sen
from data.metrics.base import (
    BELOW_MIN_N,
    NO_DATA,
    NO_SOURCE,
    REASONS,
    STILL_OPEN,
    Better,
    Bounds,
    Evidence,
    Metric,
    Value,
)

ENOUGH_COVERAGE = Decimal("0.95")
TREND_PERIODS = 6
TREND_AHEAD = 2


class Word(StrEnum):
    """What a verdict says."""

    MET = "met"
    MISSED = "missed"
    AT_RISK = "at_risk"
    CANNOT_TELL = "cannot_tell"
    NO_DATA = "no_data"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True)
class Target:
    """A row of policy: the value should be at least `low`, under `high`, or within both, from a day on."""

    benchmark: str
    metric: str
    scope: str | None
    kind: str
    low: Decimal | None
    high: Decimal | None
    statistic: str
    valid_from: date
    valid_to: date | None
    owner: str
    publisher: str
    vintage: str
    approved_by: str | None = None

    def holds(self, value: Decimal) -> bool:
        """At least `low`; under `high`, or at most `high` when the target is a band."""
        if self.low is not None and value < self.low:
            return False
        if self.high is None:
            return True
        return value <= self.high if self.low is not None else value < self.high

    def distance(self, value: Decimal) -> Decimal:
        """Room to the nearest edge in the value's unit: positive inside, negative outside."""
        room = [value - self.low] if self.low is not None else []
        if self.high is not None:
            room.append(self.high - value)
        return min(room)


@dataclass(frozen=True)
class Verdict:
    """A word, the reason in a sentence, and the room to the target in the value's unit (negative beyond it)."""

    word: Word
    reason: str
    to_target: Decimal | None = None


@dataclass(frozen=True)
class OpenPeriod:
    """How far an open period has come: days with data so far, days in all."""

    days: int
    length: int


def score(
    metric: Metric,
    value: Value,
    target: Target | None,
    *,
    still_open: OpenPeriod | None = None,
    history: Sequence[Decimal | None] = (),
) -> Verdict | None:
    """The verdict; None without a target. `history` holds the values of the periods before, oldest first."""
    if value.reason == NO_SOURCE:
        return Verdict(Word.NOT_CONFIGURED, metric.connect)
    if target is None:
        return None
    if value.reason in (BELOW_MIN_N, STILL_OPEN):
        return Verdict(Word.CANNOT_TELL, f"There is no value: {REASONS[value.reason]}.")
    if value.value is None:
        return Verdict(Word.NO_DATA, f"There is no value: {REASONS.get(value.reason or NO_DATA, value.reason)}.")
    room = target.distance(value.value)
    verdict = _by_evidence(metric, value, target, room)
    if still_open is not None:
        return _while_open(metric, value, target, verdict, still_open)
    if verdict.word is Word.MET and _crosses_soon(target, [*history, value.value]):
        return Verdict(Word.AT_RISK, f"It holds, but its trend crosses the target within {TREND_AHEAD} periods.", room)
    return verdict


def _by_evidence(metric: Metric, value: Value, target: Target, room: Decimal) -> Verdict:
    assert value.value is not None
    sampled = metric.evidence is Evidence.SAMPLED
    if sampled and value.interval is not None and _straddles(target, value.interval):
        return Verdict(Word.CANNOT_TELL, "The 95 % interval of the samples lies on both sides of the target.", room)
    if value.coverage < ENOUGH_COVERAGE and value.bounds is None:
        return Verdict(Word.CANNOT_TELL, f"Only {value.coverage:.0%} of the period was observed.", room)
    if value.bounds is not None and (sampled or value.coverage < ENOUGH_COVERAGE):
        if _straddles(target, value.bounds):
            return Verdict(Word.CANNOT_TELL, "What was not observed could put it on either side of the target.", room)
        held = target.holds(value.bounds[0])
    else:
        held = target.holds(value.value)
    return Verdict(Word.MET, "It holds.", room) if held else Verdict(Word.MISSED, "It does not hold.", room)


def _straddles(target: Target, ends: Bounds) -> bool:
    low_holds, high_holds = target.holds(ends[0]), target.holds(ends[1])
    if low_holds != high_holds:
        return True
    whole_band_inside = (
        target.low is not None and target.high is not None and ends[0] < target.low and ends[1] > target.high
    )
    return not low_holds and whole_band_inside


def _while_open(metric: Metric, value: Value, target: Target, verdict: Verdict, period: OpenPeriod) -> Verdict:
    """Beyond the target so far, but the budget of the whole period is not used up: at risk, not yet missed."""
    if verdict.word is not Word.MISSED or not metric.has_budget or period.days == 0:
        return verdict
    assert value.value is not None
    goal = target.low if metric.better is Better.HIGHER else target.high
    if goal is None:
        return verdict
    bad = 1 - value.value if metric.better is Better.HIGHER else value.value
    allowed = 1 - goal if metric.better is Better.HIGHER else goal
    if bad * period.days >= allowed * period.length:
        return Verdict(Word.MISSED, "The budget of the whole period is already used up.", verdict.to_target)
    runs_out = int(allowed * period.length / bad)
    return Verdict(Word.AT_RISK, f"At the present rate the budget runs out on day {runs_out + 1}.", verdict.to_target)


def _crosses_soon(target: Target, values: Sequence[Decimal | None]) -> bool:
    recent = [value for value in values[-TREND_PERIODS:] if value is not None]
    if len(recent) < TREND_PERIODS:
        return False
    slope, intercept = theil_sen(recent)
    ahead = intercept + slope * (TREND_PERIODS - 1 + TREND_AHEAD)
    return not target.holds(Decimal(ahead.numerator) / ahead.denominator)
