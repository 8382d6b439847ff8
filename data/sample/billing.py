"""Invoices of the demo company, month by month, as rows with the columns of FOCUS."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from data.sample.chance import generator
from data.sample.commitments import commitment_rows
from data.sample.plot import BILLING_CREDIT
from data.sample.price_list import CLOUD, Line, lines
from data.sample.seasons import FIRST_YEAR, days_of, first_day, load, month_of

MICRO: Final = 1_000_000
AMOUNTS: Final = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
"""The columns with amounts: whole millionths of the billing currency."""

CORRECTED: Final = (2026 * 12 + 6, 2026 * 12 + 8)
"""A month whose cloud charges were found too high, and the month on whose invoice that was put right."""

_TAX: Final = {"EUR": 0.19, "USD": 0.0}


def focus_version(month: int) -> str:
    """The FOCUS version of a month's export: 1.2 from July 2025 on, 1.0 before."""
    return "1.2" if month >= 2025 * 12 + 6 else "1.0"


def billing_months(start: date, end: date) -> range:
    """The billing periods that overlap the days from `start` to `end`."""
    return range(month_of(start), month_of(end) + 1)


def billing(seed: int, month: int, end: date) -> pd.DataFrame:
    """The rows of one billing period, as they stand at the close of `end`.

    Columns are those of FOCUS 1.2, dates are `date`, amounts are whole millionths (`AMOUNTS`); absent cells are None.
    Taxes and corrections come with the last day of the month, purchases with the first.
    """
    known = [day for day in days_of(month) if day <= end]
    parts = [_usage(seed, month, known), commitment_rows(month, known)]
    if len(known) == len(days_of(month)):
        parts += [_corrections(seed, month), _taxes(parts[0], month)]
    if month == month_of(BILLING_CREDIT.date()) and BILLING_CREDIT.date() <= end:
        parts.append(_credit())
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    return _dressed(frame, month)


def _usage(seed: int, month: int, days: Sequence[date]) -> pd.DataFrame:
    bought = lines()
    costs = np.concatenate([_daily(seed, line, month)[: len(days)] for line in bought])
    frame = _lines_frame(bought).loc[np.repeat(np.arange(len(bought)), len(days))].reset_index(drop=True)
    frame["ChargePeriodStart"] = list(days) * len(bought)
    frame["ChargePeriodEnd"] = [day + timedelta(days=1) for day in days] * len(bought)
    frame["ChargeCategory"] = "Usage"
    frame["ChargeFrequency"] = "Usage-Based"
    frame["BilledCost"] = frame["EffectiveCost"] = frame["ContractedCost"] = costs
    frame["ListCost"] = costs * 108 // 100
    return frame


def _daily(seed: int, line: Line, month: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Cost of a line on each day of a month, in millionths."""
    days = days_of(month)
    noise = np.exp(0.03 * generator(seed, "billing", line.id, month).standard_normal(len(days)))
    growth = np.array([load(day) ** line.elastic for day in days])
    price = 1.035 ** (days[0].year - FIRST_YEAR)
    cost: np.ndarray[Any, np.dtype[np.int64]] = np.rint(line.daily * price * growth * noise * MICRO).astype(np.int64)
    return cost


def _lines_frame(bought: Sequence[Line]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ProviderName": [line.provider for line in bought],
            "BillingCurrency": [line.currency for line in bought],
            "ServiceName": [line.service_name for line in bought],
            "ServiceCategory": [line.category for line in bought],
            "ServiceSubcategory": [line.subcategory for line in bought],
            "BillingAccountId": [line.account for line in bought],
            "SubAccountId": [line.sub_account for line in bought],
            "RegionId": [line.region for line in bought],
            "ResourceId": [f"urn:{line.account}:{line.id}" for line in bought],
            "Tags": [line.tags for line in bought],
        },
        dtype=object,
    )


def _taxes(usage: pd.DataFrame, month: int) -> pd.DataFrame:
    """Value-added tax on each EUR invoice of the month."""
    euros = usage[usage["BillingCurrency"] == "EUR"]
    frame = euros.drop_duplicates("ProviderName").reset_index(drop=True)
    sums = euros.groupby("ProviderName", sort=False)["BilledCost"].sum()
    amounts = np.rint(sums.loc[frame["ProviderName"]].to_numpy() * _TAX["EUR"]).astype(np.int64)
    whole: dict[str, Any] = {"ChargePeriodStart": first_day(month), "ChargePeriodEnd": first_day(month + 1)}
    cleared = {
        "ChargeCategory": "Tax",
        "Tags": None,
        "ResourceId": None,
        "ChargeFrequency": "Recurring",
        "ServiceName": "VAT 19 %",
    }
    for column, value in {**whole, **cleared, **dict.fromkeys(AMOUNTS, amounts)}.items():
        frame[column] = value
    return frame


def _corrections(seed: int, month: int) -> pd.DataFrame:
    """Eight per cent of the virtual machines of an earlier month, taken back on this month's invoice."""
    if month != CORRECTED[1]:
        return pd.DataFrame()
    days = days_of(CORRECTED[0])[:9]
    usage = _usage(seed, CORRECTED[0], days)
    frame = usage[usage["ServiceName"] == "Nimbra Virtual Machines"].reset_index(drop=True)
    frame["ChargeClass"] = "Correction"
    for name in AMOUNTS:
        frame[name] = -(frame[name] * 8 // 100)
    return frame


def _credit() -> pd.DataFrame:
    day = BILLING_CREDIT.date()
    amounts = dict.fromkeys(AMOUNTS, -40_000 * MICRO)
    row = {
        "ProviderName": CLOUD,
        "BillingCurrency": "USD",
        "ServiceName": "Nimbra Virtual Machines",
        "ServiceCategory": "Compute",
        "ServiceSubcategory": "Virtual Machines",
        "BillingAccountId": "nmb-600417",
        "ChargeCategory": "Credit",
        "ChargePeriodStart": day,
        "ChargePeriodEnd": day + timedelta(days=1),
        "ChargeFrequency": "One-Time",
        **amounts,
    }
    return pd.DataFrame([row], dtype=object)


def _dressed(frame: pd.DataFrame, month: int) -> pd.DataFrame:
    """All columns of the export, derived ones added, in alphabetical order."""
    period = f"{month // 12}-{month % 12 + 1:02d}"
    for column in ("ChargeClass", "CommitmentDiscountId", "CommitmentDiscountStatus", "CommitmentDiscountType"):
        if column not in frame:
            frame[column] = None
    frame["BillingPeriodStart"], frame["BillingPeriodEnd"] = first_day(month), first_day(month + 1)
    frame["PublisherName"] = frame["InvoiceIssuerName"] = frame["ProviderName"]
    frame["InvoiceId"] = frame["BillingAccountId"].str.split("-").str[0].str.upper() + f"-{period}"
    frame["BillingAccountName"] = "Larkmoor Group"
    frame["SubAccountName"] = frame["SubAccountId"]
    frame["BillingAccountType"], frame["SubAccountType"] = "Billing account", "Project"
    frame[list(AMOUNTS)] = frame[list(AMOUNTS)].astype(np.int64)
    ordered: pd.DataFrame = frame[sorted(frame.columns)].astype({c: object for c in frame.columns if c not in AMOUNTS})
    return ordered.where(ordered.notna(), None)
