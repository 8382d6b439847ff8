"""Scenarios add up however they are looked at and whatever is done to their lines."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.finance.budget import VIEWS, BadBudget, Line, Scenario, Side, content, costs, fingerprint, month_of, view
from data.finance.budget_lines import (
    all_driven,
    driven,
    filled,
    scaled,
    spread,
    spread_line,
    with_copy,
    with_new,
    without,
)
from tests.data.finance.budgets import AMOUNTS, BASE, CALLED, CALLS, CLOUD, POSITIVE, decimals, lines, months, scenarios


def test_the_small_budget_comes_to_what_it_was_made_of() -> None:
    dollars = sum(Decimal(100 + at) * Decimal("0.5") for at in range(12))
    assert costs(BASE).total == 12 * Decimal(200 + 700 + 30 + 50 + 20 + 10) + dollars * Decimal("0.9")
    assert view(BASE, "side").rows["benefit"] == months("90.00")
    assert view(BASE, "purpose", Side.COST).rows["legacy upgrade"] == months("50.00")


def test_a_fiscal_year_has_its_own_twelve_months() -> None:
    april = replace(BASE, fiscal_start=4)
    assert [april.periods[0].label, april.periods[-1].label] == ["2025-04", "2026-03"]
    assert (month_of(april, date(2026, 3, 31)), month_of(april, date(2026, 4, 1))) == (11, None)


def test_a_currency_without_a_rate_is_named_and_never_counted_as_another() -> None:
    bare = replace(BASE, rates=())
    assert view(bare, "line").unconverted == ("USD",)
    assert "calls" not in view(bare, "line").rows


@given(scenarios())
def test_every_view_adds_up_to_the_same_whole(any_one: Scenario) -> None:
    totals = {by: view(any_one, by).months for by in VIEWS}
    assert set(totals.values()) == {totals["line"]}
    assert view(any_one, "side").total == sum(view(any_one, "line", side).total for side in Side)


def _acts() -> st.SearchStrategy[tuple[str, tuple[object, ...]]]:
    month = st.integers(0, 11)
    return st.one_of(
        st.tuples(st.just("copy"), st.tuples(st.text(max_size=5))),
        st.tuples(st.just("spread"), st.tuples(AMOUNTS, st.none() | st.lists(POSITIVE, min_size=12, max_size=12))),
        st.tuples(st.just("fill"), st.tuples(month, month, AMOUNTS)),
        st.tuples(st.just("scale"), st.tuples(decimals(-1, 2, 3), month)),
        st.tuples(st.just("drop"), st.just(())),
    )


def _done(scenario: Scenario, act: str, how: tuple[object, ...]) -> Scenario:
    line = scenario.lines[0]
    made = {
        "copy": lambda: with_copy(scenario, line.id, *how),
        "spread": lambda: scenario.with_line(spread_line(line, *how)),
        "fill": lambda: scenario.with_line(filled(line, *how)),
        "scale": lambda: scenario.with_line(scaled(line, *how)),
        "drop": lambda: without(scenario, line.id),
    }
    return made[act]()


@given(scenarios(), st.lists(_acts(), max_size=5))
def test_views_still_add_up_after_any_run_of_operations(scenario: Scenario, acts: list[tuple[str, tuple]]) -> None:
    for act, how in acts:
        if scenario.lines:
            with contextlib.suppress(BadBudget):
                scenario = _done(scenario, act, how)
    assert len({view(scenario, by).months for by in VIEWS}) == 1
    assert len({line.id for line in scenario.lines}) == len(scenario.lines)
    assert all(amount == round(amount, 2) for line in scenario.lines for amount in line.months)


@given(AMOUNTS, st.none() | st.lists(POSITIVE, min_size=12, max_size=12))
def test_a_spread_amount_adds_up_to_the_cent(annual: Decimal, season: list[Decimal] | None) -> None:
    parts = spread(annual, season)
    assert sum(parts) == annual
    even = season is None or not any(season)
    whole = Decimal(12) if even else sum(season, Decimal(0))
    for part, weight in zip(parts, [Decimal(1)] * 12 if even else season, strict=True):
        assert abs(part - annual * weight / whole) < Decimal("0.010001")


def test_a_year_is_spread_as_last_year_went() -> None:
    last_year = [Decimal(one) for one in (1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5)]
    assert spread(Decimal("100.00"), last_year) == (Decimal("6.25"),) * 11 + (Decimal("31.25"),)
    assert spread(Decimal("100.00")) == (Decimal("8.34"),) * 4 + (Decimal("8.33"),) * 8
    assert spread_line(CLOUD, Decimal("1200.00")).annual == 1200


@pytest.mark.parametrize(
    ("season", "said"),
    [
        ([Decimal(1)] * 11, "12 months; this one has 11"),
        ([Decimal(-1)] + [Decimal(2)] * 11, "spread the amount evenly"),
    ],
)
def test_a_season_that_is_none_is_refused_with_what_to_do(season: list[Decimal], said: str) -> None:
    with pytest.raises(BadBudget, match=said):
        spread(Decimal(100), season)


@given(lines("one"), st.text(max_size=8))
def test_a_copied_line_equals_its_source_in_all_but_its_name(line: Line, name: str) -> None:
    scenario = replace(BASE, lines=(line, CLOUD))
    if not name.strip():
        with pytest.raises(BadBudget, match="Give the copy a name"):
            with_copy(scenario, "one", name)
        return
    source, copy, other = with_copy(scenario, "one", name).lines
    assert (source, other) == (line, CLOUD)
    assert replace(copy, id="one", name=line.name) == line


@given(scenarios())
def test_a_copied_scenario_equals_its_source(source: Scenario) -> None:
    copy = replace(source, id="any-2", name="Another", version=2, parent=source.id, reason="a new price")
    assert content(copy) == content(source)
    assert fingerprint(copy) == fingerprint(source)


def test_a_fingerprint_tells_any_cent_and_no_way_of_writing_it() -> None:
    same = BASE.with_line(replace(CLOUD, months=months("700.0000")))
    other = BASE.with_line(filled(CLOUD, 11, 11, Decimal("700.01")))
    assert fingerprint(same) == fingerprint(BASE) != fingerprint(other)


def test_a_driver_gives_quantity_times_price_with_inflation() -> None:
    line = driven(replace(CALLED, inflation=Decimal("0.03"), annual=Decimal(1)), CALLS)
    assert line.months[:2] == (Decimal("51.50"), Decimal("52.02"))  # 101 × 0.50 × 1.03 = 52.015, half to even
    assert line.annual == line.total
    assert all_driven(BASE) == BASE


def test_what_cannot_be_is_refused_with_what_to_do() -> None:
    refusals = {
        "has no line 'no'": lambda: BASE.line("no"),
        "has no driver 'no'": lambda: BASE.driver("no"),
        "has no unit price": lambda: driven(CLOUD, CALLS),
        "exchange the two": lambda: filled(CLOUD, 5, 4, Decimal(1)),
        "parts of a cent": lambda: filled(CLOUD, 0, 1, Decimal("0.001")),
        "too large": lambda: filled(CLOUD, 0, 1, Decimal(10) ** 13),
        "above −100 %": lambda: scaled(CLOUD, Decimal(-1)),
        "Give the line a name": lambda: with_new(BASE, replace(CLOUD, name=" ")),
    }
    for said, refused in refusals.items():
        with pytest.raises(BadBudget, match=said):
            refused()


def test_a_new_line_gets_an_id_of_its_name() -> None:
    names = [
        line.id for line in with_new(with_new(BASE, replace(CLOUD, name="Cloud")), replace(CLOUD, name="Ümläut!")).lines
    ]
    assert names[-2:] == ["cloud-2", "ml-ut"]
