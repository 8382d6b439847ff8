"""The Theil–Sen line: a trend that one wild value does not bend."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from statistics import median


def theil_sen(values: Sequence[Decimal]) -> tuple[Fraction, Fraction]:
    """Slope per step and intercept of two or more values at the places 0, 1, 2 …; both exact.

    The slope is the median of the slopes of all pairs (Sen 1968), the intercept median(y) - slope * median(x)
    (Conover 1980).
    """
    known = [Fraction(value) for value in values]
    pairs = combinations(enumerate(known), 2)
    slope = median((later - earlier) / (last - first) for (first, earlier), (last, later) in pairs)
    return slope, median(known) - slope * Fraction(len(known) - 1, 2)
