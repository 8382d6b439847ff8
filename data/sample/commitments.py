"""Commitments to the cloud: bought at once, or month by month, and used up day by day to the last millionth."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from data.sample.price_list import CLOUD, tags
from data.sample.seasons import FIRST_YEAR, days_of, first_day, frozen

_MICRO: Final = 1_000_000
_UNUSED_IN_FREEZE: Final = 6  # per cent


@dataclass(frozen=True, slots=True)
class Commitment:
    """Capacity from `start` to `end` (exclusive) for `fee` millionths of USD, shared by services in parts of 100."""

    id: str
    kind: str
    service_name: str
    category: str
    subcategory: str
    cost_class: str
    start: date
    end: date
    fee: int
    parts: tuple[tuple[str, int], ...]


def commitments(month: int) -> tuple[Commitment, ...]:
    """The commitments that run in a month: machines bought for the month, databases bought for a year each 1 March."""
    first = first_day(month)
    year = first.year - (1 if first.month < 3 else 0)
    machines = Commitment(
        f"machines-{first:%Y-%m}",
        "Savings plan",
        "Nimbra Virtual Machines",
        "Compute",
        "Virtual Machines",
        "compute",
        first,
        first_day(month + 1),
        int(44_000 * 1.06 ** (first.year - FIRST_YEAR)) * _MICRO,
        (
            ("payments-api", 24),
            ("wallet", 21),
            ("ledger", 18),
            ("api-gateway", 14),
            ("fraud", 13),
            ("data-platform", 10),
        ),
    )
    databases = Commitment(
        f"databases-{year}",
        "Reserved capacity",
        "Nimbra Managed SQL",
        "Databases",
        "Relational Databases",
        "data",
        date(year, 3, 1),
        date(year + 1, 3, 1),
        (330_000 + 35_000 * (year - FIRST_YEAR)) * _MICRO,
        (("ledger", 46), ("wallet", 29), ("custody", 25)),
    )
    return machines, databases


def commitment_rows(month: int, days: Sequence[date]) -> pd.DataFrame:
    """Purchases and covered usage of a month's known days, with FOCUS columns; amounts are millionths."""
    rows: list[dict[str, Any]] = []
    for commitment in commitments(month):
        if commitment.start in days_of(month):
            rows.append(_purchase(commitment))
        for day in days:
            rows += _used(commitment, day)
    return pd.DataFrame(rows, dtype=object)


def _row(commitment: Commitment, start: date, end: date, billed: int, effective: int) -> dict[str, Any]:
    return {
        "ProviderName": CLOUD,
        "BillingCurrency": "USD",
        "ServiceName": commitment.service_name,
        "ServiceCategory": commitment.category,
        "ServiceSubcategory": commitment.subcategory,
        "BillingAccountId": "nmb-600417",
        "CommitmentDiscountId": commitment.id,
        "CommitmentDiscountType": commitment.kind,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        "BilledCost": billed,
        "EffectiveCost": effective,
        "ListCost": effective * 130 // 100,
        "ContractedCost": max(billed, effective),
    }


def _purchase(commitment: Commitment) -> dict[str, Any]:
    row = _row(commitment, commitment.start, commitment.end, commitment.fee, 0)
    often = "One-Time" if (commitment.end - commitment.start).days > 31 else "Recurring"
    return {**row, "ChargeCategory": "Purchase", "ChargeFrequency": often}


def _used(commitment: Commitment, day: date) -> Iterator[dict[str, Any]]:
    """One day's share of the fee: what each service used, and in the freeze a part that nobody did."""
    length, gone = (commitment.end - commitment.start).days, (day - commitment.start).days
    share = commitment.fee * (gone + 1) // length - commitment.fee * gone // length
    unused = share * _UNUSED_IN_FREEZE // 100 if frozen(day) else 0
    left = share - unused
    for n, (service, part) in enumerate(commitment.parts):
        amount = left if n == len(commitment.parts) - 1 else (share - unused) * part // 100
        left -= amount
        row = _row(commitment, day, day + timedelta(days=1), 0, amount)
        used = {"CommitmentDiscountStatus": "Used", "Tags": tags(service, commitment.cost_class)}
        yield {**row, **used, "ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based"}
    if unused:
        row = _row(commitment, day, day + timedelta(days=1), 0, unused)
        yield {**row, "CommitmentDiscountStatus": "Unused", "ChargeCategory": "Usage", "ChargeFrequency": "Usage-Based"}
