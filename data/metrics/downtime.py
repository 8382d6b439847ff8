"""Down time that incidents say: what the availability of own scopes and that of providers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from data.metrics.base import DAY, Outage, Row, ScopeDay
from data.money import millionths

WITHOUT_MAINTENANCE = "excl_maintenance"
"""The variant in which planned maintenance is no down time."""


def down_seconds(outages: Iterable[tuple[int, int, Decimal]], length: int) -> Decimal:
    """Seconds of a day that were down: at each instant only the heaviest of the outages (start, end, weight) counts.

    Summed over the weights w1 < w2 < …: (w_i - w_i-1) x seconds in which something of at least w_i was on.
    """
    within = [(max(0, start), min(length, end), weight) for start, end, weight in outages]
    down, lighter = Decimal(0), Decimal(0)
    for weight in sorted({weight for _, _, weight in within if weight > 0}):
        down += (weight - lighter) * union_seconds([(start, end) for start, end, of in within if of >= weight])
        lighter = weight
    return down


def union_seconds(spans: Sequence[tuple[int, int]]) -> int:
    """Seconds that lie in at least one of the spans [start, end)."""
    total, reached = 0, 0
    for start, end in sorted(spans):
        total += max(0, end - max(start, reached))
        reached = max(reached, end)
    return total


def uptime_rows(*, providers: bool) -> Callable[[ScopeDay], tuple[Row, ...]]:
    """Daily rows of seconds up over the seconds of the day, of providers or of all other scopes, in two variants."""

    def daily(day: ScopeDay) -> tuple[Row, ...]:
        if (day.scope.kind == "provider") is not providers or "incident" not in day.covered:
            return ()
        return tuple(
            _row(variant, day, [outage for outage in day.outages if not (without and outage.maintenance)])
            for variant, without in (("", False), (WITHOUT_MAINTENANCE, True))
        )

    return daily


def _row(variant: str, day: ScopeDay, outages: Sequence[Outage]) -> Row:
    weights = {str(impact): Decimal(str(weight)) for impact, weight in day.rules.impact_weights.items()}
    # planned maintenance is down while it lasts, whatever is said of its impact
    weighted = [(one.start, one.end, Decimal(1) if one.maintenance else weights[one.impact]) for one in outages]
    return Row(
        variant=variant,
        numerator=millionths(day.seconds - down_seconds(weighted, day.seconds)),
        denominator=day.seconds * DAY,
        sample=1,
        known=DAY,
        expected=DAY,
    )
