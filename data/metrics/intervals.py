"""Intervals of proportions, and what unobserved time may hide."""

from __future__ import annotations

import math
from decimal import Decimal

from data.metrics.base import Bounds, Totals

Z_95 = 1.959963984540054


def wilson(events: float, trials: float) -> Bounds | None:
    """Wilson's 95 % score interval of a proportion (Wilson 1927); None without trials."""
    if trials <= 0:
        return None
    share = min(1.0, max(0.0, events / trials))
    square = Z_95**2 / trials
    centre = (share + square / 2) / (1 + square)
    half = Z_95 * math.sqrt(share * (1 - share) / trials + square / (4 * trials)) / (1 + square)
    return _decimal(max(0.0, centre - half)), _decimal(min(1.0, centre + half))


def sampled_interval(totals: Totals) -> Bounds | None:
    """Wilson's interval of a ratio that was measured on `sample` samples."""
    if totals.denominator == 0:
        return None
    return wilson(totals.numerator / totals.denominator * totals.sample, totals.sample)


def counted_interval(totals: Totals) -> Bounds | None:
    """Wilson's interval of counted events over counted trials."""
    return wilson(totals.numerator / 1_000_000, totals.denominator / 1_000_000)


def unseen_bounds(totals: Totals) -> Bounds:
    """The ratio if the unobserved part, as large as its share of time, held none of the events, or only events."""
    ratio = Decimal(totals.numerator) / totals.denominator
    return ratio * totals.coverage, ratio * totals.coverage + (1 - totals.coverage)


def _decimal(number: float) -> Decimal:
    return Decimal(repr(round(number, 12)))
