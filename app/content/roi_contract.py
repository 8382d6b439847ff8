"""The JSON of `python -m app roi`: a contract, described field by field in docs/roi.md."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from data.finance.case import Case, double_counts, overlaps
from data.finance.cash_flow import Payback, Timing
from data.finance.levers.base import Side
from data.finance.monte_carlo import Simulation
from data.finance.moved import Move
from data.finance.roi import Stream, Valuation, as_stated, risk_adjusted, valuation
from data.finance.tornado import tornado
from data.finance.uncertain import simulated

SCHEMA = 1
_INDEPENDENT = "The ranges are drawn independently: if they move together, the true spread is wider."


def document(case: Case) -> dict[str, Any]:
    """A case worked out: the fixed figures of its own view on top, each view by itself below."""
    own, drawn = valuation(case), simulated(case)
    return {
        "schema": SCHEMA,
        "case": {
            "name": case.name,
            "owner": case.owner,
            "currency": case.currency,
            "start": case.start.isoformat(),
            "years": case.years,
            "discount_rate": float(case.discount_rate),
            "template": case.template,
            "limits": list(case.limits),
        },
        "view": case.view.value,
        "timing": Timing.FIRST_NOW.value,
        **_figures(own),
        "as_stated": _figures(as_stated(case)),
        "risk_adjusted": _figures(risk_adjusted(case)),
        "monte_carlo": _draws(case, drawn),
        "lines": [_line(case, one) for one in own.streams],
        "flows": [
            {"day": day.isoformat(), "benefits": money(benefit), "costs": money(cost), "net": money(net)}
            for day, benefit, cost, net in zip(
                own.days, own.by_year(Side.BENEFIT), own.by_year(Side.COST), own.flows, strict=True
            )
        ],
        "tornado": [
            {
                "input": one.name,
                "low": one.low,
                "high": one.high,
                "at_low": money(one.at_low),
                "at_high": money(one.at_high),
            }
            for one in tornado(case)
        ],
        "double_counts": list(double_counts(case)),
        "overlaps": list(overlaps(case)),
    }


def moves(before: Case, after: Case, found: Sequence[Move]) -> dict[str, Any]:
    """What moved a case between two sets of inputs."""
    old, new = valuation(before).npv, valuation(after).npv
    return {
        "npv_before": money(old),
        "npv_after": money(new),
        "inputs": [
            {
                "input": f"{one.line}.{one.parameter}",
                "before": float(one.before),
                "after": float(one.after),
                "npv": money(one.npv),
            }
            for one in found
        ],
    }


def money(amount: Decimal | float | None) -> float | None:
    """An amount as a number with at most two decimals."""
    return None if amount is None else round(float(amount), 2)


def _figures(told: Valuation) -> dict[str, Any]:
    roi = told.roi
    return {
        "npv": money(told.npv),
        "roi_pct": None if roi is None else round(float(roi * 100), 6),
        "benefit_cost": None if told.benefit_cost is None else round(float(told.benefit_cost), 6),
        "pv_benefits": money(told.benefits),
        "pv_costs": money(told.costs),
        "irr": list(told.irr.rates),
        "irr_found": told.irr.found.value,
        "mirr": told.mirr,
        "xnpv": money(told.xnpv),
        **_payback("payback", told.payback),
        **_payback("discounted_payback", told.discounted_payback),
    }


def _payback(name: str, found: Payback) -> dict[str, Any]:
    return {f"{name}_years": found.lasting, f"{name}_first_years": found.first}


def _draws(case: Case, drawn: Simulation) -> dict[str, Any]:
    return {
        "seed": drawn.seed,
        "draws": drawn.draws,
        "mean": money(drawn.mean),
        "p10": money(drawn.p10),
        "p50": money(drawn.p50),
        "p90": money(drawn.p90),
        "chance_npv_positive": drawn.chance,
        "standard_error": money(drawn.standard_error),
        "chance_standard_error": drawn.chance_error,
        "note": "" if case.together else _INDEPENDENT,
    }


def _line(case: Case, one: Stream) -> dict[str, Any]:
    line = case.named(one.line)
    return {
        "id": one.line,
        "name": one.title,
        "side": one.side.value,
        "lever": line.lever,
        "risk": float(line.risk),
        "amounts": [money(amount) for amount in one.amounts],
        "total": money(one.total),
        "present_value": money(one.present_value),
        "guard": line.kind.guard if line.kind else "",
    }
