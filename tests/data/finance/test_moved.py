"""What moved a case is told input by input, and the parts add up."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.finance.case import Assumption, Case, View
from data.finance.case_file import template
from data.finance.moved import Move, moved
from data.finance.roi import valuation


def changed(case: Case, values: dict[tuple[str, str], Decimal]) -> Case:
    lines = []
    for line in case.line:
        own = {name: Assumption(value=value) for (of, name), value in values.items() if of == line.id}
        lines.append(line.model_copy(update={"values": line.values | own}))
    return case.model_copy(update={"line": tuple(lines)})


def test_a_single_change_made_all_of_the_difference() -> None:
    case = template()
    after = changed(case, {("headcount", "time_saved"): Decimal("0.1")})
    assert moved(case, after) == (
        Move("headcount", "time_saved", Decimal("0.125"), Decimal("0.1"), Decimal("-2200000.00")),
    )


def test_two_changes_of_a_product_share_what_they_did_together() -> None:
    case = template()
    after = changed(case, {("licences", "people"): Decimal(600), ("licences", "price"): Decimal(430)})
    # from 165,000 to 258,000: 33,000 for the people, 50,000 for the price, 10,000 for both at once
    found = {one.parameter: one.npv for one in moved(case, after)}
    assert found == {"people": Decimal("-38000.00"), "price": Decimal("-55000.00")}


def test_nothing_moved_where_nothing_changed() -> None:
    assert moved(template(), template()) == ()


@pytest.mark.parametrize("view", list(View))
@given(st.lists(st.integers(0, 1000), min_size=9, max_size=9))
def test_the_parts_add_up_to_the_difference_to_the_cent(view: View, given: list[int]) -> None:
    case = template().model_copy(update={"view": view, "discount_rate": Decimal("0.07")})
    names = [
        *(("downtime", name) for name in ("deployments_before", "deployments_after", "recovery_hours_before")),
        *(("downtime", name) for name in ("recovery_hours_after", "downtime_cost")),
        *(("headcount", name) for name in ("people", "cost_of_one")),
        *(("j-curve", name) for name in ("people", "cost_of_one")),
    ]
    after = changed(case, {name: Decimal(value) / 7 for name, value in zip(names, given, strict=True)})
    difference = valuation(after).npv - valuation(case).npv
    assert sum((one.npv for one in moved(case, after)), Decimal(0)) == difference
