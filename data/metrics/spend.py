"""Spend on technology, as billed and as effective (amortised) cost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from data.facts import Spend
from data.metrics.base import DAY, Better, Denominator, Domain, Evidence, Metric, Row, ScopeDay, Unit
from data.money import millionths

REPORTING = "in:"
"""Prefix of the variants that are converted into a reporting currency."""


def currency_rows(day: ScopeDay, amounts: dict[str, Decimal], records: int) -> tuple[Row, ...]:
    """A row per original currency, and one per reporting currency where every rate of the day's month is known."""
    rows = [Row(currency, millionths(amount), 0, records, DAY, DAY) for currency, amount in sorted(amounts.items())]
    for into in day.currencies:
        rates = {currency: Decimal(1) if currency == into else day.rate(currency, into) for currency in amounts}
        total, known = Decimal(0), DAY
        for currency, amount in amounts.items():
            rate = rates[currency]
            if rate is None:
                known = 0
            else:
                total += amount * rate
        rows.append(Row(REPORTING + into, millionths(total), 0, records, known, DAY))
    return tuple(rows)


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
