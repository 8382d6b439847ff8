"""Ratios of requests: what availability by requests and the two error rates share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        by_key: dict[tuple[str, str, str], list[RequestDay]] = {}
        for fact in facts:
            by_key.setdefault((fact.source, fact.key_kind, fact.key), []).append(fact)
        counts = [_counts(one) for one in by_key.values()]
        total = sum((all_of_key for _, all_of_key, _ in counts), Decimal(0))
        failed = sum((failed_of_key for failed_of_key, _, _ in counts), Decimal(0))
        known = min(Decimal(1), sum((seconds for _, _, seconds in counts), Decimal(0)) / len(counts) / day.seconds)
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


def _counts(facts: Sequence[RequestDay]) -> tuple[Decimal, Decimal, Decimal]:
    """Failed requests, all requests and known seconds of one key: each class of failure repeats the same requests."""
    forms = {fact.form for fact in facts}
    total = max(sum((fact.total for fact in facts if fact.form == form), Decimal(0)) for form in forms)
    failed = sum((fact.failed for fact in facts), Decimal(0))
    return min(total, failed), total, max(fact.known for fact in facts)
