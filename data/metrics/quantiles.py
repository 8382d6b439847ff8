"""Quantiles of values that are all known, and the interval of their median."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from data.metrics.base import Statistic


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Linear interpolation between the closest ranks (Hyndman and Fan 1996, type 7)."""
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median_rank(n: int) -> int | None:
    """How many of n ordered values lie below the 95 % interval of their median, as many as above; None under 6.

    Exact: each value lies below the median with probability one half (Conover 1999, section 3.2).
    """
    term, below, rank, whole = 1, 0, None, 2**n
    for count in range(n):
        below += term
        if below * 40 > whole:
            break
        rank = count
        term = term * (n - count) // (count + 1)
    return rank


def spread(values: Sequence[Decimal], shares: Sequence[tuple[str, str]]) -> tuple[Statistic, ...]:
    """Median with its 95 % interval from order statistics, the named further quantiles, and the mean."""
    if not values:
        return ()
    ordered, n = sorted(values), len(values)
    rank = median_rank(n)
    low, high = (None, None) if rank is None else (ordered[rank], ordered[n - 1 - rank])
    return (
        Statistic("median", quantile(ordered, Decimal("0.5")), low, high, n),
        *(Statistic(name, quantile(ordered, Decimal(share)), None, None, n) for name, share in shares),
        Statistic("mean", sum(ordered, Decimal(0)) / n, None, None, n),
    )
