"""Business cases in figures: the published case, laws over made-up ones, and risk told one way at a time."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.finance.case import Assumption, Case, Flow, Line, View, year_of
from data.finance.case_file import checked, document, template
from data.finance.cash_flow import Roots
from data.finance.levers.base import Side
from data.finance.monte_carlo import Simulation
from data.finance.roi import Valuation, as_stated, risk_adjusted, valuation
from data.finance.streams import amounts, full_amount
from data.finance.tornado import tornado
from data.finance.uncertain import Uncertain, simulated, uncertain


def test_gt_r01_the_published_delivery_case_with_every_intermediate_result() -> None:
    case = template()
    found = {line.id: full_amount(line) for line in case.line}
    assert found == {
        "headcount": 11_000_000,
        "features": 990_000,
        "downtime": -344_000,
        "licences": 165_000,
        "infrastructure": 100_000,
        "training": 4_800_000,
        "j-curve": 3_300_000,
    }
    assert found["licences"] + found["infrastructure"] + found["training"] == 5_065_000
    told = as_stated(case)
    assert (told.costs, told.benefits, told.npv) == (8_365_000, 11_646_000, 3_281_000)
    assert told.roi is not None
    assert f"{told.roi * 100:.2f}" == "39.22"
    assert f"{told.payback.lasting:.3f}" == "0.718"
    assert told.irr.found is Roots.ONE
    assert f"{told.irr.rates[0] * 100:.2f}" == "39.22"
    assert told.flows == (-8_365_000, 11_646_000)


def test_gt_r16_draws_of_constants_are_the_fixed_figure() -> None:
    case = template().model_copy(update={"line": tuple(map(_certain, template().line))})
    found = simulated(case, 1000)
    assert (found.p10, found.p50, found.p90, found.mean) == (3_281_000.0,) * 4
    assert (found.deviation, found.standard_error, found.chance, found.chance_error) == (0, 0, 1, 0)
    assert uncertain(case).ranges == {}
    assert tornado(case) == ()


def _certain(line: Line) -> Line:
    values = {name: one.model_copy(update={"low": None, "high": None}) for name, one in line.values.items()}
    return line.model_copy(update={"values": values})


def _case(**more: object) -> Case:
    lines = (
        Line(id="build", lever="build", risk="0.1", values={"cost": {"value": 1000, "low": 900, "high": 1500}}),
        Line(id="run", lever="run", risk=Decimal("0.2"), values={"cost": Assumption(value=100)}),
        Line(
            id="bugs", lever="integration_bugs", ramp=(0, Decimal("0.5"), 1, 1), risk=Decimal("0.25"),
            values={"bugs": 100, "reduction": {"value": "0.4", "low": "0.1", "high": "0.6"}, "cost_of_one": 20},
        ),
        Line(
            id="grant", side=Side.BENEFIT,
            flows=(Flow(date=date(2027, 7, 1), amount=300), Flow(date=date(2028, 1, 1), amount=50)),
        ),
    )  # fmt: skip
    given = {"name": "n", "owner": "o", "currency": "EUR", "start": date(2027, 1, 1), "years": 3, "line": lines}
    return Case(**given | {"discount_rate": Decimal("0.1")} | more)


def test_each_line_falls_due_when_it_says() -> None:
    case = _case()
    found = {line.id: amounts(case, line) for line in case.line}
    assert found == {
        "build": (1000, 0, 0, 0),
        "run": (0, 100, 100, 100),
        "bugs": (0, 400, 800, 800),
        "grant": (0, 350, 0, 0),
    }
    assert as_stated(case).flows == (-1000, 650, 700, 700)


def test_factors_of_risk_lower_benefits_and_raise_costs_before_discounting() -> None:
    told = risk_adjusted(_case())
    assert [one.amounts for one in told.streams] == [
        (1100, 0, 0, 0), (0, 120, 120, 120), (0, 300, 600, 600), (0, 350, 0, 0),
    ]  # fmt: skip
    by_hand = [-1100, 530, 480, 480]
    assert float(told.npv) == pytest.approx(sum(one / 1.1**year for year, one in enumerate(by_hand)), abs=0.02)


def test_a_benefit_below_zero_gets_worse_by_its_risk() -> None:
    downtime = template().named("downtime").model_copy(update={"risk": Decimal("0.5")})
    case = template().model_copy(update={"line": (downtime,)})
    assert as_stated(case).benefits == -344_000
    assert risk_adjusted(case).benefits == -516_000


def test_a_figure_has_factors_or_draws_and_no_way_to_hold_both() -> None:
    case = _case()
    riskier = case.model_copy(
        update={"line": tuple(one.model_copy(update={"risk": Decimal("0.9")}) for one in case.line)}
    )
    assert simulated(riskier, 2000) == simulated(case, 2000)
    surer = case.model_copy(update={"line": tuple(map(_certain, case.line))})
    assert risk_adjusted(surer) == risk_adjusted(case)
    assert risk_adjusted(riskier).npv < risk_adjusted(case).npv < as_stated(case).npv
    names = {one.name for kind in (Uncertain, Simulation) for one in fields(kind)}
    assert not {"risk", "view"} & names
    assert not {"ranges", "p10", "seed"} & {one.name for one in fields(Valuation)}


def test_the_fixed_figures_follow_the_view_of_the_case() -> None:
    assert valuation(_case(view=View.RISK_ADJUSTED)).view is View.RISK_ADJUSTED
    assert valuation(_case(view=View.MONTE_CARLO)).view is View.AS_STATED


def test_figures_that_need_costs_are_absent_without_them() -> None:
    case = _case(line=(_case().named("grant"),))
    told = as_stated(case)
    assert (told.roi, told.benefit_cost, told.mirr, told.irr.rates) == (None, None, None, ())
    assert told.payback.lasting == 0


def test_the_mean_of_the_draws_is_the_value_of_the_means() -> None:
    model = uncertain(template())  # every line is a product of different inputs, so that expectations multiply
    expected = float(model.value({name: one.mean for name, one in model.ranges.items()}))
    drawn = simulated(template(), 400_000)
    assert abs(drawn.mean - expected) < 4 * drawn.standard_error
    assert drawn.standard_error < 5_000


def test_a_case_without_lines_is_worth_nothing() -> None:
    assert as_stated(_case(line=())).npv == 0
    assert simulated(_case(line=()), 1000).mean == 0


def test_the_tornado_moves_one_assumption_at_a_time_and_starts_with_the_largest_swing() -> None:
    case = _case()
    swings = tornado(case)
    assert [one.name for one in swings] == ["bugs.reduction", "build.cost"]
    first = swings[0]
    changed = case.named("bugs").values | {"reduction": Assumption(value=Decimal(str(first.low)))}
    lines = tuple(one.model_copy(update={"values": changed}) if one.id == "bugs" else one for one in case.line)
    assert float(as_stated(case.model_copy(update={"line": lines})).npv) == pytest.approx(first.at_low, abs=0.05)


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2026, 5, 1), 0), (date(2027, 1, 1), 0), (date(2027, 1, 2), 1), (date(2028, 1, 1), 1), (date(2028, 1, 2), 2)],
)
def test_a_day_belongs_to_the_year_that_ends_with_its_anniversary(day: date, year: int) -> None:
    assert year_of(date(2027, 1, 1), day) == year


MONEY = st.integers(0, 10**9).map(lambda one: Decimal(one) / 100)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cases of a few lines with ranges and factors."""
    years = draw(st.integers(1, 6))
    lines = []
    for place in range(draw(st.integers(1, 5))):
        lever = draw(st.sampled_from(["build", "run", "earlier_launch", "licences"]))
        name = {"earlier_launch": "margin_a_month", "licences": "price"}.get(lever, "cost")
        amount = draw(MONEY) / 1000
        values = {name: Assumption(value=amount, low=amount / 2, high=amount * 2)}
        if lever in ("earlier_launch", "licences"):
            values["months_earlier" if lever == "earlier_launch" else "people"] = Assumption(
                value=draw(st.integers(0, 60))
            )
        ramp = tuple(draw(st.lists(st.integers(0, 3).map(Decimal), min_size=years + 1, max_size=years + 1)))
        risk = Decimal(draw(st.integers(0, 100))) / 100
        lines.append(Line(id=f"line-{place}", lever=lever, values=values, ramp=ramp, risk=risk))
    rate = Decimal(draw(st.integers(-20, 60))) / 100
    return _case(years=years, line=tuple(lines), discount_rate=rate)


@given(cases())
def test_the_parts_of_every_view_add_up_to_the_cent(case: Case) -> None:
    for told in (as_stated(case), risk_adjusted(case)):
        signed = [(1 if one.side is Side.BENEFIT else -1, one) for one in told.streams]
        assert told.npv == sum((sign * one.present_value for sign, one in signed), Decimal(0))
        assert told.npv == told.benefits - told.costs
        for year, flow in enumerate(told.flows):
            assert flow == sum((sign * one.amounts[year] for sign, one in signed), Decimal(0))
        assert float(told.npv) == pytest.approx(told.npv_at(float(case.discount_rate)), abs=0.01 * len(told.streams))
        size = float(sum((one.total for one in told.streams), Decimal(1)))
        for rate in told.irr.rates:
            scale = size * max(1.0, (1 + rate) ** -len(told.days))
            assert abs(told.npv_at(rate)) <= 1e-6 * scale


@given(cases())
def test_a_case_that_is_stored_and_read_again_is_the_same(case: Case) -> None:
    assert checked(json.loads(json.dumps(document(case)))) == case


@given(cases())
def test_the_uncertain_model_at_its_stated_values_is_the_fixed_figure(case: Case) -> None:
    model = uncertain(case)
    assert float(model.value(model.stated)) == pytest.approx(
        float(as_stated(case).npv), rel=1e-9, abs=0.01 * len(case.line) * (case.years + 2) * 10
    )
