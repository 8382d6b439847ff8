"""Days of a scope for tests of metrics, and their values over a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.facts import FACTS, Fact
from data.metrics.base import Metric, Row, ScopeDay, Statistic, Totals, Value, value_of
from data.scopes import Scope
from data.settings import MetricRules
from tests.data.happenings import DAY as MONDAY

SERVICE, INTEGRATION = Scope("wallet", "service", "Wallet"), Scope("kyc", "integration", "KYC")
PROVIDER = Scope("chain-watch", "provider", "Chain Watch")
EVERY_KIND = frozenset(fact.kind for fact in FACTS)


def scope_day(*facts: Fact, **other: object) -> ScopeDay:
    """A day of a service on which every kind of fact was read completely."""
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    return replace(ScopeDay(SERVICE, MONDAY, 86_400, by_kind, EVERY_KIND, MetricRules()), **other)  # type: ignore[arg-type]


def totals_of(rows: Sequence[Row], length: int | None = None) -> Totals:
    """Rows of several days added up."""
    sums = [sum(getattr(row, name) for row in rows) for name in ("numerator", "denominator", "sum_squares", "sample")]
    known, expected = sum(row.known for row in rows), sum(row.expected for row in rows)
    return Totals(*sums, known, expected, len(rows), length or len(rows))


def over(metric: Metric, *days: ScopeDay, variant: str = "", found: Sequence[Statistic] | None = None) -> Value:
    """The value of a metric over days, with the statistics of their samples."""
    rows = [row for day in days for row in metric.daily(day) if row.variant == variant]
    if found is None and metric.samples and metric.statistics:
        found = metric.statistics(sorted(one for day in days for one in metric.samples(day)))
    return value_of(metric, totals_of(rows) if rows else None, found or ())
