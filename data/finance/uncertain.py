"""A business case as a function of what is uncertain in it. It knows no factor of risk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from data.finance.case import BadCase, Case, Line
from data.finance.levers.base import Side, Values
from data.finance.monte_carlo import Array, BadRange, Range, Simulation, simulate
from data.finance.streams import amount_of, shares_of


@dataclass(frozen=True)
class Part:
    """A line: its amount from its parameters, the net present value of one of it, and what is fixed or open in it."""

    line: str
    weight: float
    amount: Callable[[Values], Any]
    fixed: Mapping[str, float]
    open: tuple[str, ...]

    def value(self, given: Mapping[str, Array | float]) -> Any:
        """Its net present value; costs are below zero."""
        drawn = {name: given[f"{self.line}.{name}"] for name in self.open}
        return self.amount({**self.fixed, **drawn}) * self.weight


@dataclass(frozen=True)
class Uncertain:
    """All parts, the ranges of what is open by `line.parameter`, and how they move together."""

    parts: tuple[Part, ...]
    ranges: Mapping[str, Range]
    correlation: tuple[tuple[float, ...], ...] | None

    def value(self, given: Mapping[str, Array | float]) -> Any:
        """Net present value, as stated but for what is given."""
        return sum(part.value(given) for part in self.parts) if self.parts else 0.0

    @cached_property
    def stated(self) -> dict[str, float]:
        """The open parameters at their stated values."""
        return {name: one.mode for name, one in self.ranges.items()}


def uncertain(case: Case) -> Uncertain:
    """The case with its ranges, without its factors of risk. BadCase."""
    ranges = {
        f"{line.id}.{name}": Range(float(given.low), float(given.value), float(given.high), given.shape)
        for line in case.line
        for name, given, _ in line.parameters()
        if given.is_uncertain and given.low is not None and given.high is not None
    }
    return Uncertain(tuple(_part(case, line) for line in case.line), ranges, _correlation(case, tuple(ranges)))


def simulated(case: Case, draws: int | None = None) -> Simulation:
    """The draws of a case, by its own seed. BadCase."""
    try:
        return simulate(uncertain(case), case.seed, draws or case.draws)
    except BadRange as error:
        raise BadCase(f"{error}") from error


def _part(case: Case, line: Line) -> Part:
    rate = float(case.discount_rate)
    present = sum(float(share) / (1 + rate) ** year for year, share in enumerate(shares_of(case, line)))
    sign = 1 if line.stands is Side.BENEFIT else -1
    given = {name: (float(one.value), one.is_uncertain) for name, one, _ in line.parameters()}
    fixed = {name: value for name, (value, is_open) in given.items() if not is_open}
    return Part(line.id, sign * present, amount_of(line), fixed, tuple(name for name in given if name not in fixed))


def _correlation(case: Case, names: tuple[str, ...]) -> tuple[tuple[float, ...], ...] | None:
    pairs: dict[frozenset[str], float] = {}
    for group in case.together:
        moving = [name for name in group.of if name in names]
        for place, one in enumerate(moving):
            for other in moving[place + 1 :]:
                pair = frozenset({one, other})
                if pair in pairs:
                    raise BadCase(f"together: {one} and {other} are in two groups: leave them in one.")
                pairs[pair] = float(group.correlation)
    if not pairs:
        return None
    return tuple(tuple(1.0 if a == b else pairs.get(frozenset({a, b}), 0.0) for b in names) for a in names)
