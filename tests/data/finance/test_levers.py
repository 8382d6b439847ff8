"""Every lever is neutral at its defaults, finite within its range, and says what must not be counted twice."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal

import numpy as np
import pytest

from data.finance.levers import LEVERS, lever_named
from data.finance.levers.base import Lever, Side, Unit
from data.finance.measures import MEASURES

EACH = pytest.mark.parametrize("lever", LEVERS, ids=lambda one: one.id)


@EACH
def test_a_lever_is_neutral_at_its_defaults(lever: Lever) -> None:
    assert lever.amount(lever.defaults) == 0


@EACH
def test_a_lever_is_finite_at_every_corner_of_its_range(lever: Lever) -> None:
    ends = [(float(one.low), float(one.high)) for one in lever.parameters]
    names = [one.id for one in lever.parameters]
    for corner in itertools.product(*ends):
        assert math.isfinite(lever.amount(dict(zip(names, corner, strict=True))))


@EACH
def test_a_lever_says_the_same_of_a_number_and_of_draws(lever: Lever) -> None:
    exact = {one.id: (one.low + 3 * one.high) / 4 for one in lever.parameters}
    drawn = {name: np.full(3, float(value)) for name, value in exact.items()}
    assert list(lever.amount(drawn)) == pytest.approx([float(lever.amount(exact))] * 3)


@EACH
def test_a_lever_is_described_and_its_defaults_lie_in_their_range(lever: Lever) -> None:
    assert all((lever.name, lever.meaning, lever.formula, lever.guard))
    assert all(one.low <= one.default <= one.high for one in lever.parameters)
    assert all(one.high <= 1 for one in lever.parameters if one.unit is Unit.SHARE)
    assert {one.measure for one in lever.parameters} - {None} <= {one.id for one in MEASURES}
    assert {*lever.excludes, *lever.overlaps} <= {one.id for one in LEVERS}


@EACH
def test_what_excludes_or_overlaps_does_so_both_ways(lever: Lever) -> None:
    for name in lever.excludes:
        assert lever.id in lever_named(name).excludes
    for name in lever.overlaps:
        assert lever.id in lever_named(name).overlaps


@EACH
def test_costs_are_never_below_zero(lever: Lever) -> None:
    if lever.side is Side.COST:
        assert lever.amount({one.id: one.low for one in lever.parameters}) >= 0


def test_ids_are_unique() -> None:
    assert len({one.id for one in LEVERS}) == len(LEVERS)


GIVEN = {
    "time_to_market": ({"features_before": 50, "features_after": 56, "success_rate": "0.33", "revenue_effect": "0.005",
                        "revenue": 100_000_000, "margin": 1}, 990_000),
    "earlier_launch": ({"margin_a_month": 20_000, "months_earlier": 3}, 60_000),
    "instability": ({"deployments_before": 50, "deployments_after": 56, "fail_rate_before": "0.05",
                     "fail_rate_after": "0.06", "recovery_hours_before": 4, "recovery_hours_after": 4,
                     "downtime_cost": 100_000}, -344_000),
    "retention": ({"customers": 10_000, "churn_before": "0.06", "churn_after": "0.05", "margin": 20, "months": 12,
                   "incremental": "0.5"}, 12_000),
    "avoided_penalties": ({"chance_before": "0.2", "chance_after": "0.1", "loss_before": 5_000_000,
                           "loss_after": 1_000_000, "ceiling": 2_000_000}, 300_000),
    "partner_revenue": ({"partners_before": 4, "partners_after": 10, "margin": 50_000, "attributed": "0.8",
                         "anyway": "0.25"}, 180_000),
    "cost_savings": ({"people": 500, "cost_of_one": 176_000, "time_saved": "0.125", "realised": 1,
                      "spend_before": 900, "spend_after": 400, "licences_retired": 500}, 11_001_000),
    "integration_bugs": ({"bugs": 200, "reduction": "0.4", "cost_of_one": 1_500}, 120_000),
    "manual_interventions": ({"touches": 6_000, "removed": "0.5", "minutes": 20, "rate": 90}, 90_000),
    "build": ({"cost": 7}, 7),
    "run": ({"cost": 7}, 7),
    "licences": ({"people": 500, "price": 330}, 165_000),
    "migration": ({"cost": 7}, 7),
    "dual_running": ({"months": 4, "cost": 25_000}, 100_000),
    "training": ({"people": 500, "cost_of_one": 9_600}, 4_800_000),
    "compliance": ({"cost": 7}, 7),
    "productivity_dip": ({"people": 500, "cost_of_one": 176_000, "dip": "0.15", "months": 3}, 3_300_000),
}  # fmt: skip


@EACH
def test_a_lever_comes_to_what_is_worked_out_by_hand(lever: Lever) -> None:
    given, expected = GIVEN[lever.id]
    assert lever.amount({name: Decimal(value) for name, value in given.items()}) == expected


def test_more_features_never_bring_more_than_all_that_is_eligible() -> None:
    lever = lever_named("time_to_market")
    given = lever.defaults | {"features_after": Decimal(10_000), "revenue": Decimal(1_000), "margin": Decimal("0.4")}
    assert lever.amount(given) == 400
