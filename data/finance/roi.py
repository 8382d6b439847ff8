"""The return of a business case, as stated or with factors of risk.

Amounts are exact; each line's amounts and its present value are rounded to the cent once, and every total is the sum of
the rounded parts. Risk is told either here, by a factor per line before discounting (as in Total Economic Impact
studies: benefits × (1 − risk), costs × (1 + risk)), or by draws (`data.finance.uncertain`, which knows no factors): a
`Valuation` has no ranges, a `Simulation` no factors, so that no figure can hold both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from data.finance import cash_flow
from data.finance.case import Case, Line, View
from data.finance.cash_flow import Irr, Payback
from data.finance.levers.base import Side
from data.finance.streams import amounts, cents

Told = Literal[View.AS_STATED, View.RISK_ADJUSTED]


@dataclass(frozen=True)
class Stream:
    """A line in money: its amount at t0 and in each year, and their present value; both sides are told above zero."""

    line: str
    title: str
    side: Side
    amounts: tuple[Decimal, ...]
    present_value: Decimal

    @property
    def total(self) -> Decimal:
        """The sum over all years, undiscounted."""
        return sum(self.amounts, Decimal(0))


@dataclass(frozen=True)
class Valuation:
    """A case in figures. The first flow is at t0, that of each year at its end; `days` are those instants."""

    view: Told
    currency: str
    discount_rate: Decimal
    finance_rate: Decimal
    reinvest_rate: Decimal
    days: tuple[date, ...]
    streams: tuple[Stream, ...]

    def of(self, side: Side) -> tuple[Stream, ...]:
        """The lines of one side."""
        return tuple(one for one in self.streams if one.side is side)

    def by_year(self, side: Side) -> tuple[Decimal, ...]:
        """The sum of one side at t0 and in each year."""
        return _summed([one.amounts for one in self.of(side)], len(self.days))

    @cached_property
    def flows(self) -> tuple[Decimal, ...]:
        """Benefits less costs at t0 and in each year."""
        both = zip(self.by_year(Side.BENEFIT), self.by_year(Side.COST), strict=True)
        return tuple(benefit - cost for benefit, cost in both)

    @property
    def benefits(self) -> Decimal:
        """Present value of the benefits."""
        return sum((one.present_value for one in self.of(Side.BENEFIT)), Decimal(0))

    @property
    def costs(self) -> Decimal:
        """Present value of the costs."""
        return sum((one.present_value for one in self.of(Side.COST)), Decimal(0))

    @property
    def npv(self) -> Decimal:
        """Net present value."""
        return self.benefits - self.costs

    @property
    def roi(self) -> Decimal | None:
        """Net present value over the present value of the costs, as a share of one; None without costs."""
        return self.npv / self.costs if self.costs > 0 else None

    @property
    def benefit_cost(self) -> Decimal | None:
        """Present value of the benefits over that of the costs; None without costs."""
        return self.benefits / self.costs if self.costs > 0 else None

    @cached_property
    def irr(self) -> Irr:
        """Every internal rate of return."""
        return cash_flow.irr(self._floats)

    @property
    def mirr(self) -> float | None:
        """Modified internal rate of return; None without payments or receipts."""
        return cash_flow.mirr(self._floats, float(self.finance_rate), float(self.reinvest_rate))

    @property
    def payback(self) -> Payback:
        """Years until what was paid is back, undiscounted."""
        return cash_flow.payback(self._floats)

    @property
    def discounted_payback(self) -> Payback:
        """Years until what was paid is back in present values."""
        return cash_flow.discounted_payback(float(self.discount_rate), self._floats)

    @property
    def xnpv(self) -> float:
        """Net present value by the days of the flows and years of 365 days, as of the start."""
        return cash_flow.xnpv(float(self.discount_rate), list(zip(self.days, self._floats, strict=True)))

    def npv_at(self, rate: float) -> float:
        """Net present value at another discount rate."""
        return cash_flow.npv(rate, self._floats)

    @property
    def _floats(self) -> list[float]:
        return [float(flow) for flow in self.flows]


def as_stated(case: Case) -> Valuation:
    """The case as its assumptions say it."""
    return _valued(case, View.AS_STATED, [amounts(case, line) for line in case.line])


def risk_adjusted(case: Case) -> Valuation:
    """The case with each line's factor of risk, before discounting."""
    adjusted = [tuple(_adjusted(line, amount) for amount in amounts(case, line)) for line in case.line]
    return _valued(case, View.RISK_ADJUSTED, adjusted)


def valuation(case: Case) -> Valuation:
    """The fixed figures that belong to the case's own view: with factors where it says so, as stated otherwise."""
    return risk_adjusted(case) if case.view is View.RISK_ADJUSTED else as_stated(case)


def _adjusted(line: Line, amount: Decimal) -> Decimal:
    """Less of a benefit, more of a cost; a benefit below zero costs, so it becomes more too."""
    worse = amount < 0 if line.stands is Side.BENEFIT else amount > 0
    return cents(amount * (1 + line.risk if worse else 1 - line.risk))


def _valued(case: Case, view: Told, found: Sequence[tuple[Decimal, ...]]) -> Valuation:
    rate = case.discount_rate
    return Valuation(
        view=view,
        currency=case.currency,
        discount_rate=rate,
        finance_rate=rate if case.finance_rate is None else case.finance_rate,
        reinvest_rate=rate if case.reinvest_rate is None else case.reinvest_rate,
        days=case.days,
        streams=tuple(_stream(line, flows, rate) for line, flows in zip(case.line, found, strict=True)),
    )


def _stream(line: Line, flows: tuple[Decimal, ...], rate: Decimal) -> Stream:
    present = sum((flow / (1 + rate) ** year for year, flow in enumerate(flows)), Decimal(0))
    return Stream(line.id, line.title, line.stands, flows, cents(present))


def _summed(rows: Sequence[tuple[Decimal, ...]], years: int) -> tuple[Decimal, ...]:
    return tuple(sum((row[year] for row in rows), Decimal(0)) for year in range(years))
