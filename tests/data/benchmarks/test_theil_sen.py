"""The line of a trend, against SciPy's."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from data.benchmarks.theil_sen import theil_sen


def test_one_wild_value_does_not_bend_the_line() -> None:
    values = [Decimal(one) for one in ("0.1", "0.4", "99", "1.0", "1.3")]
    assert theil_sen(values) == (Fraction(3, 10), Fraction(4, 10))


@given(st.lists(st.decimals(-1000, 1000, places=6), min_size=2, max_size=12))
def test_slope_and_intercept_are_those_of_scipy(values: list[Decimal]) -> None:
    slope, intercept, _, _ = theilslopes([float(value) for value in values])
    assert [float(one) for one in theil_sen(values)] == pytest.approx([slope, intercept], rel=1e-9, abs=1e-9)
