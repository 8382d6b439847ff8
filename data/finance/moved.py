"""What moved a case: how much of the difference between two net present values each changed assumption made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from math import factorial

from data.finance.case import Assumption, Case, Line
from data.finance.levers.base import Side
from data.finance.roi import valuation
from data.finance.streams import cents


@dataclass(frozen=True)
class Move:
    """One assumption before and after, and what its change adds to the net present value."""

    line: str
    parameter: str
    before: Decimal
    after: Decimal
    npv: Decimal


def moved(before: Case, after: Case) -> tuple[Move, ...]:
    """The changed assumptions, the largest effect first; effects add up to the difference to the cent.

    Within a line the effect of several changes is shared out by Shapley's values: the mean over all orders in which
    they could have been made, so that none depends on which is named first. Both cases have the same lines and terms.
    """
    found: list[Move] = []
    for line in before.line:
        now = after.named(line.id)
        changed = [name for name, one, _ in line.parameters() if one.value != now.assumption(name).value]
        found += _of_line(before, line, now, changed)
    return tuple(sorted(found, key=lambda one: (-abs(one.npv), one.line, one.parameter)))


def _of_line(case: Case, line: Line, now: Line, changed: list[str]) -> list[Move]:
    if not changed:
        return []
    worth = {
        chosen: _npv(case, line, {name: now.assumption(name) for name in chosen})
        for size in range(len(changed) + 1)
        for chosen in combinations(changed, size)
    }
    shares = {name: cents(_shapley(name, changed, worth)) for name in changed}
    rest = worth[tuple(changed)] - worth[()] - sum(shares.values(), Decimal(0))
    largest = max(changed, key=lambda name: abs(shares[name]))
    shares[largest] += rest  # the cents that rounding left
    return [
        Move(line.id, name, line.assumption(name).value, now.assumption(name).value, shares[name]) for name in changed
    ]


def _npv(case: Case, line: Line, instead: Mapping[str, Assumption]) -> Decimal:
    """The net present value of a line alone, with other assumptions for some parameters."""
    alone = line.model_copy(update={"values": {**line.values, **instead}})
    (stream,) = valuation(case.model_copy(update={"line": (alone,)})).streams
    return stream.present_value if stream.side is Side.BENEFIT else -stream.present_value


def _shapley(name: str, changed: list[str], worth: Mapping[tuple[str, ...], Decimal]) -> Decimal:
    others, count, total = [one for one in changed if one != name], len(changed), Decimal(0)
    for size in range(count):
        weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
        for before in combinations(others, size):
            joined = tuple(one for one in changed if one in before or one == name)
            total += (worth[joined] - worth[before]) * weight.numerator / weight.denominator
    return total
