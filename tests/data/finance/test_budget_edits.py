"""Cells are texts that come back as the same values, and a difference makes one scenario of the other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given

from data.finance.budget import BadBudget, Scenario, view
from data.finance.budget_edits import (
    ADDED,
    HEAD,
    REMOVED,
    BadCell,
    Change,
    applied,
    cells,
    changes,
    number_of,
)
from data.finance.budget_lines import filled, with_copy, without
from tests.data.finance.budgets import BASE, CLOUD, months, scenarios


def test_a_difference_names_each_cell_with_what_it_was() -> None:
    after = BASE.with_line(filled(CLOUD, 2, 3, Decimal("710.50")))
    assert changes(BASE, after) == (
        Change("cloud", "m03", "700", "710.5"),
        Change("cloud", "m04", "700", "710.5"),
    )


def test_added_and_removed_lines_say_where_they_stood() -> None:
    after = without(with_copy(BASE, "cloud", "Cloud in reserve"), "pilot")
    found = changes(BASE, after)
    assert found[0] == Change("cloud-in-reserve", ADDED, "", "cloud")
    assert found[-1] == Change("pilot", REMOVED, "Digital identity", "")
    assert applied(BASE, found) == after


@given(scenarios(), scenarios())
def test_a_difference_applied_gives_the_other_scenario(one: Scenario, other: Scenario) -> None:
    target = replace(other, id=one.id, kind=one.kind, fiscal_start=one.fiscal_start, name=other.name.strip() or "x")
    made = applied(one, changes(one, target))
    assert cells(made) == cells(target)
    assert view(made, "line").months == view(target, "line").months
    assert changes(made, target) == ()


def test_rates_limit_and_drivers_are_cells_too() -> None:
    edits = (
        Change(HEAD, "rate GBP", "", "1.17"), Change(HEAD, "rate USD", "0.9", ""), Change(HEAD, "pool_limit", "40", ""),
        Change("@calls", "m01", "100", "200"), Change("@users", ADDED, "", ""), Change("@users", "unit", "", "users"),
    )  # fmt: skip
    made = applied(BASE, edits)
    assert made.rates == (("GBP", Decimal("1.17")),)
    assert made.pool_limit is None
    assert made.driver("calls").months[0] == 200
    assert made.driver("users").unit == "users"


@pytest.mark.parametrize(
    ("written", "value"),
    [("1234.5", "1234.5"), ("1,234.50", "1234.5"), ("1 234,567", None), ("−12", "-12"), ("(1,000.00)", "-1000"),
     ("3 %", "0.03"), ("1\u202f234", "1234"), ("1e3", "1000"), ("", None), ("12,34", None), ("abc", None),
    ("=1+1", None),     ("NaN", None), ("9" * 14, None), (".", None), ("-", None), ("1.2.3", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them_or_refused(written: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(BadBudget):
            number_of(written)
    else:
        assert number_of(written) == Decimal(value)


@pytest.mark.parametrize(
    ("field", "new", "said"),
    [
        ("m01", "1.234", "at most two decimals"),
        ("m01", "many", "is no number"),
        ("currency", "euro", "no currency code"),
        ("purpose", "fun", "is none of these: run, legacy upgrade"),
        ("name", " ", "A name is missing"),
        ("mandatory", "perhaps", "neither yes nor no"),
        ("colour", "red", "has no cell 'colour'"),
        ("note", "x" * 2001, "too long"),
    ],
)
def test_a_cell_that_cannot_be_is_named_with_its_fix(field: str, new: str, said: str) -> None:
    with pytest.raises(BadCell, match=said) as raised:
        applied(BASE, [Change("cloud", field, "", new)])
    assert (raised.value.row, raised.value.field) == ("cloud", field)


def test_a_cell_of_a_line_that_is_gone_is_refused_and_its_removal_is_not() -> None:
    with pytest.raises(BadCell, match="not there any more"):
        applied(BASE, [Change("gone", "m01", "", "1")])
    assert applied(BASE, [Change("gone", REMOVED, "x", "")]) == BASE


def test_an_emptied_month_is_nothing_planned() -> None:
    assert applied(BASE, [Change("cloud", "m01", "700", "")]).line("cloud").months == (Decimal(0), *months("700")[1:])
