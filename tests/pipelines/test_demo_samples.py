"""Windows of scrapes are counted without writing samples out: here they are written out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.demo.samples import INTERVAL, Probe, Scrapes

spans = st.tuples(st.integers(10, 60), st.integers(1, 12)).map(lambda pair: (pair[0], pair[0] + pair[1]))
edges = st.builds(
    lambda minute, near: minute * INTERVAL + near, st.integers(0, 75), st.sampled_from([-1, 0, 1, 30_000])
)


@settings(max_examples=400)
@given(gap=spans, outages=st.lists(spans, max_size=4), edge=edges, other=edges)
def test_a_window_holds_the_scrapes_that_were_made_and_the_failures_among_them(
    gap: tuple[int, int], outages: list[tuple[int, int]], edge: int, other: int
) -> None:
    at, length = max(edge, other), abs(edge - other) + 1
    scrapes = Scrapes(5, 70, (gap,))
    apart = [
        (a, b) for n, (a, b) in enumerate(sorted(outages)) if n == 0 or a >= max(y for _, y in sorted(outages)[:n])
    ]
    probe = Probe({}, np.array([a for a, _ in apart], np.int64), np.array([b for _, b in apart], np.int64))
    made = [n for n in range(5, 70) if not gap[0] <= n < gap[1] and at - length < n * INTERVAL <= at]
    failed = [n for n in made if any(a <= n < b for a, b in apart)]
    picked = scrapes.pick(np.array([at]), length)
    assert picked.count.tolist() == [len(made)]
    assert probe.down(picked, scrapes.gaps).tolist() == [len(failed)]
    assert not made or (picked.first.tolist(), picked.last.tolist()) == ([made[0]], [made[-1]])
    assert probe.value(np.array(made, np.int64)).tolist() == [0.0 if n in failed else 1.0 for n in made]
