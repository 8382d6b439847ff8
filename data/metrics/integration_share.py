"""Integration and middleware share of technology spend."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from data.facts import Spend
from data.finance.spend_class import classify, shipped_rules
from data.metrics.base import Better, Bounds, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Totals, Unit
from data.metrics.spend import REPORTING, rates_into, unconverted
from data.money import millionths


def daily(day: ScopeDay) -> tuple[Row, ...]:
    """Integration spend over technology spend per reporting currency; `known` of `expected` is what was classified."""
    charges = [fact for fact in day.facts.get("spend", ()) if isinstance(fact, Spend)]
    if not charges:
        return ()
    rules = shipped_rules()
    sums: dict[tuple[str, str], Decimal] = {}
    for charge in charges:
        name = classify(charge, rules).name
        sums[charge.currency, name] = sums.get((charge.currency, name), Decimal(0)) + charge.effective
    return tuple(_row(day, sums, into, len(charges)) for into in day.currencies)


def _row(day: ScopeDay, sums: Mapping[tuple[str, str], Decimal], into: str, records: int) -> Row:
    rates = rates_into(day, {currency for currency, _ in sums}, into)
    if rates is None:
        return unconverted(into, records)
    by_class = {"integration": Decimal(0), "other": Decimal(0), "unclassified": Decimal(0)}
    for (currency, name), amount in sums.items():
        if name in by_class:
            by_class[name] += amount * rates[currency]
    whole = sum(by_class.values(), Decimal(0))
    return Row(
        variant=REPORTING + into,
        numerator=millionths(by_class["integration"]),
        denominator=millionths(whole),
        sample=records,
        known=millionths(whole - by_class["unclassified"]),
        expected=millionths(whole),
    )


def bounds(totals: Totals) -> Bounds:
    """None of the unclassified spend is integration, or all of it is."""
    unclassified = totals.expected - totals.known
    none = Decimal(totals.numerator) / totals.denominator
    every = Decimal(totals.numerator + unclassified) / totals.denominator
    return min(none, every), max(none, every)  # unclassified credits are negative


METRIC = Metric(
    id="integration_share",
    name="Integration share",
    version=1,
    meaning="How much of technology spend goes into integration and middleware.",
    formula="effective cost classified as integration / effective cost of all technology without taxes; classes by "
    "tag, FOCUS ServiceCategory, taxonomy, vendor list, else unclassified; "
    "the bounds count none and all of the unclassified as integration",
    origin="house policy 2026; classes after FOCUS ServiceCategory and TBM",
    unit=Unit.RATIO,
    better=Better.WITHIN,
    denominator=Denominator.OBSERVED,
    evidence=Evidence.SAMPLED,
    domain=Domain.SPEND,
    fact_kinds=("spend",),
    connect="Connect a source of type focus with the folder of the billing exports.",
    daily=daily,
    unknown_bounds=bounds,
    provider_days=True,
    parts_expected=False,
)
