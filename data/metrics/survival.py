"""How long things last when some have not ended yet: the estimator of Kaplan and Meier (1958)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from itertools import groupby

from data.metrics.base import ABOVE, Statistic
from data.metrics.intervals import Z_95

Sample = tuple[Decimal, bool]
"""Hours, and whether it ended then (True) or is only known to have lasted that long (False)."""

HALF = Fraction(1, 2)
_DIGITS = 34
_CLOSE = 1e-6
_Z_SQUARED = Decimal(repr(Z_95)) ** 2


@dataclass(frozen=True)
class Step:
    """A time at which something ended: how many could have, how many did, and the share that lasts longer.

    `spread` is Greenwood's sum, the variance of the share over its square; None once nothing is left.
    """

    hours: Decimal
    at_risk: int
    ended: int
    survival: Fraction
    spread: Decimal | None


def curve(samples: Sequence[Sample]) -> tuple[Step, ...]:
    """The survival curve, a step for each time at which something ended. Before the first step the share is 1."""
    steps: list[Step] = []
    at_risk, survival, spread = len(samples), Fraction(1), Decimal(0)
    with localcontext(Context(prec=_DIGITS)):
        for time, same in groupby(sorted(samples), key=lambda sample: sample[0]):
            over = [ended for _, ended in same]
            ended, left = sum(over), at_risk - sum(over)
            if ended:
                survival *= Fraction(left, at_risk)
                spread += Decimal(ended) / (at_risk * left) if left else 0
                steps.append(Step(time, at_risk, ended, survival, spread if left else None))
            at_risk -= len(over)
    return tuple(steps)


def quantile(steps: Sequence[Step], share: Fraction) -> Decimal | None:
    """The shortest time by which at least the share had ended; None where too much goes on to tell."""
    return next((step.hours for step in steps if step.survival <= 1 - share), None)


def median_interval(steps: Sequence[Step]) -> tuple[Decimal | None, Decimal | None]:
    """The 95 % interval of the median on the log-log scale (Brookmeyer and Crowley 1982); None for an unknown end.

    From the first time at which a survival of one half is not rejected to the next time after the last such one.
    """
    near = [place for place, step in enumerate(steps) if _may_be_half(step)]
    if not near:
        return None, None
    after = near[-1] + 1
    return steps[near[0]].hours, steps[after].hours if after < len(steps) else None


def quantiles(samples: Sequence[Sample]) -> tuple[Statistic, ...]:
    """Median with its interval, and p90; one that is not reached is only known to lie above the longest known time."""
    if not samples:
        return ()
    steps, n = curve(samples), len(samples)
    longest = max(length for length, _ in samples)
    found = []
    for name, share in (("median", HALF), ("p90", Fraction(9, 10))):
        at = quantile(steps, share)
        low, high = median_interval(steps) if share == HALF and at is not None else (None, None)
        told = (f"{name}{ABOVE}", longest) if at is None else (name, at)
        found.append(Statistic(*told, low, high, n))
    return tuple(found)


def _may_be_half(step: Step) -> bool:
    """Whether a survival of one half at that time is not rejected, on the scale of log(-log(share)).

    Floats decide all but the close cases, which many digits do: their logarithms take a hundred times as long.
    """
    if step.spread is None:
        return False
    rough = math.log(step.survival)
    distance = (math.log(rough / math.log(0.5)) * rough) ** 2 / (Z_95**2 * float(step.spread))
    if abs(distance - 1) > _CLOSE:
        return distance < 1
    with localcontext(Context(prec=_DIGITS)):
        log = (Decimal(step.survival.numerator) / step.survival.denominator).ln()
        apart = (log / Decimal("0.5").ln()).ln()
        return (apart * log) ** 2 <= _Z_SQUARED * step.spread
