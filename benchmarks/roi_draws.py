"""How fast a business case is drawn, beside a loop over numpy-financial in the same run.

    python -m benchmarks.roi_draws [--loop 20000]

The case is the default template. Ours are whole arrays; the loop is what one would write first: for each draw a value
of every range, the lines from the same formulas, and numpy_financial.npv of their flows. Both are checked against each
other. Goals: 1,000,000 draws in 1 s, 100,000 in 200 ms with every figure and chart of the page, 100 times the loop.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy_financial

from app.content.business_case import sections
from data.finance.case import Case
from data.finance.case_file import template
from data.finance.levers.base import Side
from data.finance.monte_carlo import Range
from data.finance.streams import amount_of, shares_of
from data.finance.uncertain import simulated, uncertain

MILLION = 1_000_000


def seconds(of: Callable[[], object], runs: int = 5) -> float:
    """The median time of some calls."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        of()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def looped(case: Case, draws: int) -> np.ndarray[Any, Any]:
    """Net present values, one draw after the other."""
    generator, rate = np.random.default_rng(case.seed), float(case.discount_rate)
    lines = [
        (
            1.0 if line.stands is Side.BENEFIT else -1.0,
            amount_of(line),
            [float(share) for share in shares_of(case, line)],
            [(name, _range(given)) for name, given, _ in line.parameters()],
        )
        for line in case.line
    ]
    found = np.empty(draws)
    for place in range(draws):
        flows = [0.0] * (case.years + 1)
        for sign, amount, shares, inputs in lines:
            worth = sign * amount({name: _drawn(generator, one) for name, one in inputs})
            flows = [flow + worth * share for flow, share in zip(flows, shares, strict=True)]
        found[place] = numpy_financial.npv(rate, flows)
    return found


def _range(given: Any) -> Range | float:
    if not given.is_uncertain:
        return float(given.value)
    return Range(float(given.low), float(given.value), float(given.high))


def _drawn(generator: np.random.Generator, one: Range | float) -> float:
    if isinstance(one, float):
        return one
    peak = (one.mode - one.low) / (one.high - one.low)
    return one.low + (one.high - one.low) * float(generator.beta(1 + 4 * peak, 5 - 4 * peak))


def main() -> None:
    """All figures; the exit code says whether the goals are met."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--loop", type=int, default=20_000)
    chosen = options.parse_args()
    case = template()
    print(f"{case.name}: {len(case.line)} lines, {len(uncertain(case).ranges)} ranges")
    first = seconds(lambda: simulated(case, 100_000), runs=1)
    page = seconds(lambda: sections(case))
    million = seconds(lambda: simulated(case, MILLION))
    start = time.perf_counter()
    loop = looped(case, chosen.loop)
    each = (time.perf_counter() - start) / chosen.loop
    ours, faster = simulated(case, MILLION), each * MILLION / million
    apart = abs(ours.mean - loop.mean()) / math.hypot(ours.standard_error, loop.std() / math.sqrt(chosen.loop))
    print(f"100,000 draws    first {first * 1000:.0f} ms   with every figure of the page {page * 1000:.0f} ms")
    print(f"1,000,000 draws  {million:.2f} s")
    print(f"A loop           {each * 1e6:.0f} µs a draw, {each * MILLION:.0f} s for 1,000,000: {faster:.0f} times ours")
    print(f"Means            {ours.mean:,.0f} and {loop.mean():,.0f}, {apart:.1f} standard errors apart")
    if million > 1 or page > 0.2 or faster < 100 or apart > 4:
        raise SystemExit("A goal is missed.")


if __name__ == "__main__":
    main()
