"""Spend on technology, as billed and as effective (amortised) cost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal

from data.facts import Spend
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.money import millionths

REPORTING = "in:"
"""Prefix of the variants that are converted into a reporting currency."""

UNCONVERTED = "no rate:"
"""Prefix of the variants that mark days which lack a rate into a reporting currency."""


def currency_rows(day: ScopeDay, amounts: Mapping[str, Decimal], records: int) -> tuple[Row, ...]:
    """A row per original currency, and one per reporting currency: the converted sum, or the mark that a rate lacks."""
    rows = [Row(currency, millionths(amount), 0, records, DAY, DAY) for currency, amount in sorted(amounts.items())]
    for into in day.currencies:
        rates = rates_into(day, amounts, into)
        total = None if rates is None else sum((amounts[one] * rates[one] for one in amounts), Decimal(0))
        rows.append(
            unconverted(into, records)
            if total is None
            else Row(REPORTING + into, millionths(total), 0, records, DAY, DAY)
        )
    return tuple(rows)


def rates_into(day: ScopeDay, currencies: Iterable[str], into: str) -> dict[str, Decimal] | None:
    """The average rates of the day's month into one currency; None where one of them is missing."""
    rates = {one: Decimal(1) if one == into else day.rate(one, into) for one in currencies}
    return None if None in rates.values() else {one: rate for one, rate in rates.items() if rate is not None}


def unconverted(into: str, records: int) -> Row:
    """The mark of a day that cannot be told in a reporting currency."""
    return Row(UNCONVERTED + into, 0, 0, records, 0, 0)


def tellable(variants: Collection[str], currencies: Collection[str]) -> frozenset[str]:
    """Of the variants of a wider scope those that are whole: in its own reporting currencies, every part converted."""
    lacking = {REPORTING + one.removeprefix(UNCONVERTED) for one in variants if one.startswith(UNCONVERTED)}
    others = {
        one
        for one in variants
        if (one.startswith(REPORTING) and one.removeprefix(REPORTING) not in currencies)
        or (one.startswith(UNCONVERTED) and one.removeprefix(UNCONVERTED) not in currencies)
    }
    return frozenset(variants) - lacking - others


def _daily(amount: Callable[[Spend], Decimal]) -> Callable[[ScopeDay], tuple[Row, ...]]:
    def daily(day: ScopeDay) -> tuple[Row, ...]:
        charges = [fact for fact in day.facts.get("spend", ()) if isinstance(fact, Spend)]
        if not charges and "spend" not in day.covered:
            return ()
        amounts: dict[str, Decimal] = {}
        for charge in charges:
            amounts[charge.currency] = amounts.get(charge.currency, Decimal(0)) + amount(charge)
        return currency_rows(day, amounts, len(charges))

    return daily


def _metric(metric_id: str, name: str, meaning: str, column: str, amount: Callable[[Spend], Decimal]) -> Metric:
    return Metric(
        id=metric_id,
        name=name,
        version=1,
        meaning=meaning,
        formula=f"sum of {column} of all charges of the provider's UTC days in the period, taxes, credits and "
        "corrections included; each day converted at the average rate of its month",
        origin="FinOps Open Cost and Usage Specification (FOCUS) 1.0 to 1.4",
        unit=Unit.MONEY,
        better=Better.NEITHER,
        denominator=Denominator.TOTAL,
        evidence=Evidence.COUNTED,
        domain=Domain.SPEND,
        fact_kinds=("spend",),
        connect="Connect a source of type focus with the folder of the billing exports.",
        daily=_daily(amount),
        provider_days=True,
        parts_expected=False,
    )


BILLED = _metric(
    "spend_billed",
    "Spend, billed",
    "What the invoices of the period add up to (cash view).",
    "BilledCost",
    lambda charge: charge.billed,
)
EFFECTIVE = _metric(
    "spend_effective",
    "Spend",
    "What was used in the period, commitments spread over the time they cover (accrual view).",
    "EffectiveCost",
    lambda charge: charge.effective,
)
