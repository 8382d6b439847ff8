"""How much each uncertain assumption moves the result on its own."""

from __future__ import annotations

from dataclasses import dataclass

from data.finance.case import Case
from data.finance.uncertain import uncertain


@dataclass(frozen=True)
class Swing:
    """Net present value with one parameter (`line.parameter`) at its 10th and 90th percentile, the rest as stated."""

    name: str
    low: float
    high: float
    at_low: float
    at_high: float

    @property
    def size(self) -> float:
        """How far the result moves."""
        return abs(self.at_high - self.at_low)


def tornado(case: Case) -> tuple[Swing, ...]:
    """One swing for each uncertain parameter, the largest first. What moves together moves alone here. BadCase."""
    model = uncertain(case)
    found = []
    for name, one in model.ranges.items():
        low, high = one.quantile(0.1), one.quantile(0.9)
        ends = (float(model.value({**model.stated, name: value})) for value in (low, high))
        found.append(Swing(name, low, high, *ends))
    return tuple(sorted(found, key=lambda swing: (-swing.size, swing.name)))
