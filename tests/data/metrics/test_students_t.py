"""Student's t, against SciPy's."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.special import stdtrit

from data.metrics.students_t import t_95


@given(st.integers(1, 10_000_000))
@example(1)
@example(2)
@example(99)
@example(100)
def test_95_percent_lie_within_the_t_of_scipy(freedom: int) -> None:
    assert t_95(freedom) == pytest.approx(float(stdtrit(freedom, 0.975)), rel=1e-10)
