"""Cash flows held against published numbers, each under its number, and against laws."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
import pyxirr
from hypothesis import assume, given
from hypothesis import strategies as st

from data.finance.cash_flow import (
    Irr,
    Payback,
    Roots,
    Timing,
    benefit_cost,
    discounted_payback,
    irr,
    mirr,
    npv,
    payback,
    present_values,
    xirr,
    xnpv,
)

PUBLISHED = [-40000, 5000, 8000, 12000, 30000]
DATED = list(
    zip(
        (date(2008, 1, 1), date(2008, 3, 1), date(2008, 10, 30), date(2009, 2, 15), date(2009, 4, 1)),
        (-10000, 2750, 4250, 3250, 2750),
        strict=True,
    )
)
LOANS = [-120000, 39000, 30000, 21000, 37000, 46000]
SHOP = [-70000, 12000, 15000, 18000, 21000, 26000]


def test_gt_r02_value_return_and_both_paybacks_of_a_published_row() -> None:
    assert f"{npv(0.08, PUBLISHED):.5f}" == "3065.22267"
    (rate,) = irr(PUBLISHED).rates
    assert f"{rate * 100:.4f}" == "10.5823"
    assert payback(PUBLISHED) == Payback(3.5, 3.5)
    assert f"{discounted_payback(0.08, PUBLISHED).lasting:.3f}" == "3.861"


def test_gt_r03_value_at_five_percent() -> None:
    assert f"{npv(0.05, [-15000, 1500, 2500, 3500, 4500, 6000]):.6f}" == "122.894855"


@pytest.mark.parametrize(
    ("flows", "printed"),
    [
        ([-100, 39, 59, 55, 20], "0.28095"),
        ([-100, 0, 0, 74], "-0.0955"),
        ([-100, 100, 0, -7], "-0.0833"),
        ([-100, 100, 0, 7], "0.06206"),
        ([-5, 10.5, 1, -8, 1], "0.0886"),
        ([-150000, 15000, 25000, 35000, 45000, 60000], "0.0524"),
    ],
)
def test_gt_r04_the_published_rate_is_among_the_rates_of_return(flows: list[float], printed: str) -> None:
    digits = len(printed.partition(".")[2])
    assert printed in [f"{rate:.{digits}f}" for rate in irr(flows).rates]


def test_gt_r04_rows_whose_sign_turns_more_than_once_have_every_rate_said() -> None:
    assert irr([-100, 100, 0, -7]).rates == pytest.approx((-0.67889, -0.08330), abs=5e-6)
    assert irr([-100, 100, 0, -7]).found is Roots.SEVERAL
    assert irr([-100, 39, 59, 55, 20]).found is Roots.ONE


@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2, -3], [0, 0, 0], []])
def test_gt_r05_flows_of_one_sign_have_no_rate(flows: list[float]) -> None:
    assert irr(flows) == Irr(())
    assert irr(flows).found is Roots.NONE


def test_gt_r06_the_spreadsheet_discounts_the_first_flow_too() -> None:
    flows = [-10000, 3000, 4200, 6800]
    assert f"{npv(0.10, flows, Timing.SPREADSHEET):.7f}" == "1188.4434123"
    assert npv(0.10, flows) == pytest.approx(1188.4434123 * 1.1)


@pytest.mark.parametrize(("length", "printed"), [(6, "0.0866309"), (5, "-0.0212448"), (3, "-0.4435069")])
def test_gt_r08_rates_of_a_row_and_of_its_beginnings(length: int, printed: str) -> None:
    assert [f"{rate:.7f}" for rate in irr(SHOP[:length]).rates] == [printed]


def test_gt_r09_value_of_dated_flows() -> None:
    assert f"{xnpv(0.09, DATED):.7f}" == "2086.6476020"


def test_gt_r10_rate_of_dated_flows() -> None:
    assert f"{xirr(DATED):.10f}" == "0.3733625335"


@pytest.mark.parametrize(
    ("flows", "reinvest", "printed"),
    [(LOANS, 0.12, "0.1260941"), (LOANS[:4], 0.12, "-0.0480447"), (LOANS, 0.14, "0.1347591")],
)
def test_gt_r11_modified_rates(flows: list[float], reinvest: float, printed: str) -> None:
    assert f"{mirr(flows, 0.10, reinvest):.7f}" == printed


def test_gt_r12_a_modified_rate_with_two_payments() -> None:
    flows = [-4500, -800, 800, 800, 600, 600, 800, 800, 700, 3000]
    assert f"{mirr(flows, 0.08, 0.055):.7f}" == "0.0665972"


def test_gt_r14_two_rates_are_both_said() -> None:
    assert irr([-100, 230, -132]).rates == pytest.approx((0.10, 0.20), abs=1e-12)
    assert irr([-100, 230, -132]).found is Roots.SEVERAL


def test_gt_r17_values_of_two_rows_at_three_rates() -> None:
    found = [[f"{npv(rate, row):.2f}" for row in ([-4000, 500, 800], [-5000, 600, 900])] for rate in (0, 0.05, 0.1)]
    assert found == [["-2700.00", "-3500.00"], ["-2798.19", "-3612.24"], ["-2884.30", "-3710.74"]]


def test_a_rate_at_which_the_value_only_touches_zero_is_said_once() -> None:
    assert irr([-1, 2, -1]).rates == (0.0,)
    assert irr([-100, 220, -121]).rates == pytest.approx((0.10,), abs=1e-6)


def test_flows_that_change_sign_and_have_no_rate_say_so() -> None:
    assert irr([-100, 150, -100]) == Irr(())


def test_zeros_before_and_after_move_no_rate() -> None:
    assert irr([0, 0, -100, 110, 0]).rates == pytest.approx((0.10,))


def test_dated_flows_whose_sign_turns_twice_have_no_single_rate() -> None:
    days = (date(2026, 1, 1), date(2027, 1, 1), date(2028, 1, 1))
    assert xirr(list(zip(days, (-100, 230, -132), strict=True))) is None


def test_a_modified_rate_needs_payments_and_receipts() -> None:
    assert mirr([1, 2], 0.1, 0.1) is None
    assert mirr([-1, -2], 0.1, 0.1) is None


def test_payback_says_the_first_time_and_the_time_from_which_it_lasts() -> None:
    assert payback([-100, 150, -100, 100]) == Payback(100 / 150, 2.5)
    assert payback([-100, 150, -100, 100]).dips
    assert payback([-100, 150, -100]) == Payback(100 / 150, None)
    assert payback([-100, 50]) == Payback(None, None)
    assert payback([-100, 0, 100]) == Payback(2.0, 2.0)
    assert payback([5, -3]) == Payback(0.0, 0.0)
    assert payback([0, -3, 3]) == Payback(0.0, 2.0)
    assert not payback([-100, 100]).dips


def test_benefit_over_cost_needs_costs() -> None:
    assert benefit_cost(150, 100) == 1.5
    assert benefit_cost(150, 0) is None


FLOWS = st.lists(st.integers(-1_000_000, 1_000_000).map(float), min_size=2, max_size=16)


@given(FLOWS)
def test_the_value_at_each_rate_of_return_is_nothing(flows: list[float]) -> None:
    for rate in irr(flows).rates:
        size = sum(abs(flow) / (1 + rate) ** place for place, flow in enumerate(flows))
        assert abs(sum(present_values(rate, flows))) <= 1e-6 * size


@given(FLOWS)
def test_rates_rise_and_are_no_more_than_the_turns_of_sign(flows: list[float]) -> None:
    rates = irr(flows).rates
    signs = [flow > 0 for flow in flows if flow]
    turns = sum(one is not other for one, other in pairwise(signs))
    assert list(rates) == sorted(set(rates))
    assert len(rates) <= turns
    assert all(rate > -1 for rate in rates)
    if turns == 1:
        assert len(rates) == 1


@given(st.floats(1, 1e6), st.lists(st.floats(1, 1e6), min_size=1, max_size=12))
def test_a_single_rate_is_that_of_the_library(paid: float, receipts: list[float]) -> None:
    (rate,) = irr([-paid, *receipts]).rates
    assume(-0.9 < rate < 10)
    assert rate == pytest.approx(pyxirr.irr([-paid, *receipts]), abs=1e-8)


@given(FLOWS, st.floats(-0.5, 1.0))
def test_the_value_is_the_sum_of_its_parts(flows: list[float], rate: float) -> None:
    size = sum(map(abs, present_values(rate, flows))) or 1.0
    assert npv(rate, flows) == pytest.approx(sum(present_values(rate, flows)), abs=1e-9 * size)


@given(FLOWS)
def test_what_was_paid_back_for_good_never_was_below_zero_again(flows: list[float]) -> None:
    lasting, total = payback(flows).lasting, 0.0
    for place, flow in enumerate(flows):
        total += flow
        if lasting is not None and place >= lasting:
            assert total >= 0
    assert (lasting is None) == (total < 0)
