"""What a run of cash flows is worth: net present value, rates of return, payback, benefit over cost.

Rates are shares of one a period, flows are amounts of one currency, costs below zero. Conventions: facts of the field's
textbooks and of the usual spreadsheet, each said where it bites.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

import pyxirr

_FLAT = 1e-12
"""A turning point this close to zero, in parts of all that flows, is a root that only touches."""
_HALVINGS = 200


class Timing(StrEnum):
    """When the first flow of a row happens; every other one follows a period later."""

    FIRST_NOW = "first at t0, the others at the end of their period"
    SPREADSHEET = "every flow at the end of its period, the first after one period"


class Roots(StrEnum):
    """How many rates of return a row of flows has."""

    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class Irr:
    """Every rate above −100 % at which the flows are worth nothing, in rising order."""

    rates: tuple[float, ...]

    @property
    def found(self) -> Roots:
        """None, one or several: only one single rate says anything of its own."""
        return (Roots.NONE, Roots.ONE)[len(self.rates)] if len(self.rates) < 2 else Roots.SEVERAL


@dataclass(frozen=True)
class Payback:
    """Periods until what was paid is back. `first`: until the sum is first no longer below zero; `lasting`: until it
    stays so to the end. None: not within the horizon."""

    first: float | None
    lasting: float | None

    @property
    def dips(self) -> bool:
        """Whether the sum falls below zero again after it was paid back first."""
        return self.first != self.lasting


def npv(rate: float, flows: Sequence[float], timing: Timing = Timing.FIRST_NOW) -> float:
    """Net present value at a rate a period."""
    found = pyxirr.npv(rate, list(flows), start_from_zero=timing is Timing.FIRST_NOW)
    assert found is not None
    return found


def present_values(rate: float, flows: Sequence[float]) -> tuple[float, ...]:
    """Each flow at t0, the first one being there already."""
    return tuple(flow / (1 + rate) ** place for place, flow in enumerate(flows))


def xnpv(rate: float, dated: Sequence[tuple[date, float]]) -> float:
    """Net present value of dated flows at a rate a year of 365 days, as of the first of them."""
    found = pyxirr.xnpv(rate, [day for day, _ in dated], [flow for _, flow in dated])
    assert found is not None
    return found


def xirr(dated: Sequence[tuple[date, float]]) -> float | None:
    """The rate a year of 365 days at which dated flows are worth nothing; None where none or several may be."""
    in_order = sorted(dated, key=lambda one: one[0])
    if _sign_changes([flow for _, flow in in_order]) != 1:
        return None
    return pyxirr.xirr([day for day, _ in in_order], [flow for _, flow in in_order], silent=True)


def irr(flows: Sequence[float]) -> Irr:
    """All real internal rates of return above −100 %.

    With v = 1 / (1 + rate) the value is a polynomial in v > 0. Its roots up to 1 (rates from 0 up) are looked for as
    they are, those above 1 (negative rates) as roots of the reversed polynomial, where 1 / v lies below 1.
    """
    kept = _trimmed(flows)
    if _sign_changes(kept) == 0:
        return Irr(())
    largest = max(abs(flow) for flow in kept)
    scaled = [flow / largest for flow in kept]
    rates = [1 / v - 1 for v in _roots(scaled)]
    rates += [factor - 1 for factor in _roots(scaled[::-1]) if factor < 1]
    return Irr(tuple(sorted(rates)))


def mirr(flows: Sequence[float], finance_rate: float, reinvest_rate: float) -> float | None:
    """Modified internal rate of return: receipts grow at one rate to the end, payments are financed at the other.

    None without both payments and receipts.
    """
    if min(flows, default=0) >= 0 or max(flows, default=0) <= 0:
        return None
    return pyxirr.mirr(list(flows), finance_rate, reinvest_rate)


def payback(flows: Sequence[float]) -> Payback:
    """Undiscounted payback, in periods from t0, even within each period."""
    crossed: list[float] = []
    total, below = 0.0, False
    for place, flow in enumerate(flows):
        before, total = total, total + flow
        if total < 0:
            below = True
        elif below or not crossed:
            crossed.append(place - 1 + -before / flow if before < 0 else float(place))
            below = False
    return Payback(crossed[0] if crossed else None, crossed[-1] if crossed and not below else None)


def discounted_payback(rate: float, flows: Sequence[float]) -> Payback:
    """Payback of the present values."""
    return payback(present_values(rate, flows))


def benefit_cost(benefits: float, costs: float) -> float | None:
    """Present value of the benefits over that of the costs, both as positive amounts; None without costs."""
    return benefits / costs if costs > 0 else None


def _trimmed(flows: Sequence[float]) -> list[float]:
    """Without zeros at both ends, which move no root."""
    places = [place for place, flow in enumerate(flows) if flow]
    return list(flows[places[0] : places[-1] + 1]) if places else []


def _sign_changes(flows: Sequence[float]) -> int:
    """How often the sign turns: by Descartes' rule, no more positive roots than that."""
    signs = [flow > 0 for flow in flows if flow]
    return sum(one is not other for one, other in pairwise(signs))


def _value(polynomial: Sequence[float], at: float) -> float:
    total = 0.0
    for factor in reversed(polynomial):
        total = total * at + factor
    return total


def _roots(polynomial: Sequence[float]) -> list[float]:
    """The roots in (0, 1], simple or touching, of a polynomial given from its constant up.

    Between two neighbouring turning points lies at most one root; the turning points are the roots of the derivative.
    """
    if len(polynomial) < 2 or _sign_changes(polynomial) == 0:
        return []
    turns = _roots([place * factor for place, factor in enumerate(polynomial)][1:])
    size = sum(map(abs, polynomial))
    found: list[float] = []
    for low, high in pairwise([0.0, *[turn for turn in turns if turn < 1], 1.0]):
        left, right = _value(polynomial, low), _value(polynomial, high)
        if abs(right) <= _FLAT * size:
            found.append(high)
        elif abs(left) > _FLAT * size and (left < 0) is not (right < 0):
            found.append(_bisected(polynomial, low, high))
    return found


def _bisected(polynomial: Sequence[float], low: float, high: float) -> float:
    rising = _value(polynomial, low) < 0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if (_value(polynomial, middle) < 0) is rising:
            low = middle
        else:
            high = middle
    return (low + high) / 2
