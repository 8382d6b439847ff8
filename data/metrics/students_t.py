"""Student's t, for the interval of a mean."""

from __future__ import annotations

import math
from functools import cache

from data.metrics.intervals import Z_95

_MANY = 100


@cache
def t_95(freedom: int) -> float:
    """The t that 95 % of the distribution of so many degrees of freedom (1 or more) lie within, on both sides of 0.

    Few: the sums 26.7.3 and 26.7.4 of Abramowitz and Stegun (1964), turned round; many: their expansion 26.7.5.
    """
    if freedom >= _MANY:
        return _expanded(freedom)
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < 0.95 else (low, middle)
    return math.tan(low) * math.sqrt(freedom)


def _within(angle: float, freedom: int) -> float:
    """The probability of less than the t whose share of the root of the freedom is the tangent of the angle."""
    sine, cosine, odd = math.sin(angle), math.cos(angle), freedom % 2
    term = cosine if odd else 1.0
    total = 0.0
    for power in range(1 + odd, freedom, 2):
        total += term
        term *= power / (power + 1) * cosine**2
    return 2 / math.pi * (angle + sine * total) if odd else sine * total


def _expanded(freedom: int) -> float:
    z, square = Z_95, Z_95**2
    first = z * (square + 1) / 4
    second = z * ((5 * square + 16) * square + 3) / 96
    third = z * (((3 * square + 19) * square + 17) * square - 15) / 384
    fourth = z * ((((79 * square + 776) * square + 1482) * square - 1920) * square - 945) / 92160
    return z + (first + (second + (third + fourth / freedom) / freedom) / freedom) / freedom
