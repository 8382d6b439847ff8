"""Draws held against formulas, another library's distributions, and a seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from data.finance.monte_carlo import Array, BadRange, Range, samples, simulate

GT_R15 = (100.0, 150.0, 300.0)


@dataclass(frozen=True)
class Sum:
    """The sum of its ranges."""

    ranges: Mapping[str, Range]
    correlation: tuple[tuple[float, ...], ...] | None = None

    def value(self, draws: Mapping[str, Array]) -> Array | float:
        return sum(draws.values(), np.float64(0))


def drawn(one: Range, draws: int = 400_000) -> Array:
    return np.concatenate([chunk["x"] for chunk in samples({"x": one}, None, 7, draws)])


@pytest.mark.parametrize(
    ("shape", "mean", "variance"), [("triangular", "183.333", "1805.556"), ("pert", "166.667", "1269.841")]
)
def test_gt_r15_mean_and_variance_of_both_shapes(shape: str, mean: str, variance: str) -> None:
    one = Range(*GT_R15, shape)
    assert (f"{one.mean:.3f}", f"{one.variance:.3f}") == (mean, variance)
    found = drawn(one)
    assert found.mean() == pytest.approx(one.mean, abs=4 * math.sqrt(one.variance / len(found)))
    assert found.var() == pytest.approx(one.variance, rel=0.01)
    assert found.min() >= 100
    assert found.max() <= 300


@pytest.mark.parametrize("mode", [100.0, 101.0, 150.0, 299.0, 300.0])
def test_quantiles_are_those_of_the_named_distributions(mode: float) -> None:
    shares = np.array([0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999])
    pert = Range(100, mode, 300)
    alpha, beta = 1 + 4 * (mode - 100) / 200, 1 + 4 * (300 - mode) / 200
    expected = 100 + 200 * stats.beta(alpha, beta).ppf(shares)
    assert [pert.quantile(share) for share in shares] == pytest.approx(expected, abs=0.02)
    triangle = Range(100, mode, 300, "triangular")
    expected = stats.triang((mode - 100) / 200, 100, 200).ppf(shares)
    assert [triangle.quantile(share) for share in shares] == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize("shape", ["pert", "triangular"])
def test_draws_follow_the_distribution(shape: str) -> None:
    one = Range(*GT_R15, shape)
    cdf = stats.beta(2, 4, 100, 200).cdf if shape == "pert" else stats.triang(0.25, 100, 200).cdf
    assert stats.kstest(drawn(one, 50_000), cdf).pvalue > 0.001


def test_the_same_seed_makes_the_same_draws_and_another_one_others() -> None:
    model = Sum({"a": Range(0, 1, 5), "b": Range(0, 3, 4, "triangular")})
    first = simulate(model, 42, 10_000)
    assert simulate(model, 42, 10_000) == first
    assert simulate(model, 43, 10_000) != first
    assert (first.seed, first.draws, sum(first.counts)) == (42, 10_000, 10_000)


def test_percentiles_chance_and_their_errors_come_from_the_draws() -> None:
    model = Sum({"x": Range(-100, 0, 100, "triangular")})
    told = simulate(model, 1, 100_000)
    found = np.concatenate([chunk["x"] for chunk in samples(model.ranges, None, 1, 100_000)])
    assert (told.p10, told.p50, told.p90) == tuple(np.percentile(found, (10, 50, 90)))
    assert told.chance == np.mean(found > 0)
    assert told.standard_error == pytest.approx(np.std(found, ddof=1) / math.sqrt(100_000))
    assert told.chance_error == pytest.approx(math.sqrt(told.chance * (1 - told.chance) / 100_000))
    assert abs(told.mean) < 4 * told.standard_error


@pytest.mark.parametrize("rho", [-0.7, 0.5, 1.0])
def test_ranges_move_together_as_much_as_is_said(rho: float) -> None:
    ranges = {"a": Range(0, 1, 4), "b": Range(0, 2, 3, "triangular")}
    chunks = list(samples(ranges, ((1.0, rho), (rho, 1.0)), 3, 200_000))
    a, b = (np.concatenate([chunk[name] for chunk in chunks]) for name in "ab")
    # Spearman's coefficient of a Gaussian copula
    assert stats.spearmanr(a, b).statistic == pytest.approx(6 / math.pi * math.asin(rho / 2), abs=0.01)


def test_correlation_widens_the_spread_of_a_sum() -> None:
    ranges = {"a": Range(0, 1, 4), "b": Range(0, 1, 4)}
    alone = simulate(Sum(ranges), 5, 50_000)
    together = simulate(Sum(ranges, ((1.0, 0.8), (0.8, 1.0))), 5, 50_000)
    assert together.deviation > alone.deviation * 1.2


def test_correlations_that_contradict_each_other_are_refused() -> None:
    ranges = {name: Range(0, 1, 2) for name in "abc"}
    with pytest.raises(BadRange, match="contradict"):
        list(samples(ranges, ((1, 0.9, 0.9), (0.9, 1, -0.9), (0.9, -0.9, 1)), 1, 1000))


@pytest.mark.parametrize("ends", [(2, 1, 3), (1, 4, 3), (3, 2, 1), (0, math.inf, math.inf), (math.nan, 1, 2)])
def test_ends_out_of_order_are_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(BadRange, match="runs from low"):
        Range(*ends)


def test_a_range_without_width_is_its_value() -> None:
    one = Range(5, 5, 5)
    assert (one.mean, one.variance, one.quantile(0.1)) == (5, 0, 5)
    assert set(drawn(one, 1000)) == {5.0}
