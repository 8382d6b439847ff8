"""Ratios of requests: what availability by requests and the two error rates share."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from data.facts import RequestDay
from data.metrics.base import DAY, Row, ScopeDay
from data.money import millionths


def request_rows(*, integrations: bool, good: bool) -> Callable[[ScopeDay], tuple[Row, ...]]:
    """Daily rows of good or failed requests over all requests, of integration scopes or of all others."""

    def daily(day: ScopeDay) -> tuple[Row, ...]:
        if (day.scope.kind == "integration") is not integrations:
            return ()
        facts = [fact for fact in day.facts.get("request_day", ()) if isinstance(fact, RequestDay)]
        if not facts:
            return ()
        total = max(sum((f.total for f in facts if f.form == form), Decimal(0)) for form in {f.form for f in facts})
        failed = min(total, sum((fact.failed for fact in facts), Decimal(0)))
        known = min(Decimal(1), max(fact.known for fact in facts) / day.seconds)
        return (
            Row(
                variant="",
                numerator=millionths(total - failed if good else failed),
                denominator=millionths(total),
                sample=int(total),
                known=millionths(known),
                expected=DAY,
            ),
        )

    return daily
