"""What a person does to the lines of a case: each act gives a case that can be worked out, or one plain sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from data.finance.case import BadCase, Flow, Line, Together
from data.finance.case_file import BadFile, read, template
from data.finance.case_lines import (
    dated,
    flows_of,
    pairs,
    ramp_of,
    ramp_said,
    tied,
    untied,
    with_new,
    without,
)
from data.finance.case_toml import brought, toml
from data.finance.levers.base import Side
from data.finance.uncertain import uncertain

BASE = template()
A, B, C = "headcount.time_saved", "headcount.cost_of_one", "features.success_rate"


def test_a_new_line_gets_an_id_that_is_free_and_goes_with_what_it_moved_with() -> None:
    two = with_new(with_new(BASE, dated(BASE, Side.COST)), dated(BASE, Side.COST))
    assert [one.id for one in two.line[-2:]] == ["dated-cost", "dated-cost-2"]
    assert two.line[-1].flows == (Flow(date=BASE.start, amount=Decimal(0)),)
    both = tied(BASE, (A, C), Decimal("0.5"))
    assert without(both, "headcount").together == ()
    assert without(both, "training").together == both.together


def test_a_case_that_is_full_takes_no_line() -> None:
    full = BASE
    for _ in range(60 - len(BASE.line)):
        full = with_new(full, Line(id="run", lever="run"))
    with pytest.raises(BadCase, match="at most 60 lines"):
        with_new(full, Line(id="run", lever="run"))


def test_a_ramp_is_read_as_it_is_typed_and_said_the_same() -> None:
    shares = (Decimal(0), Decimal("0.5"), Decimal("1.25"))
    assert ramp_of("0, 50 %; 125", 2) == shares
    assert ramp_of(ramp_said(shares), 2) == shares
    assert (ramp_of(" ", 2), ramp_said(())) == ((), "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0, 50", "Give 3 shares, one for the start and one for each year; there are 2."),
        ("0, half, 100", "'half' is no number"),
        ("0, -5, 100", "A share of -5 % is out of reach"),
    ],
)
def test_a_ramp_that_cannot_be_is_told_in_a_sentence(typed: str, said: str) -> None:
    with pytest.raises(BadCase) as refused:
        ramp_of(typed, 2)
    assert f"{refused.value}".startswith(said)


def test_dated_amounts_are_read_from_a_grid_and_empty_rows_are_none() -> None:
    day = BASE.start
    assert flows_of([(day, "1,234.50"), (None, " "), (day, "-7")], BASE) == (
        Flow(date=day, amount=Decimal("1234.50")), Flow(date=day, amount=Decimal(-7)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(BASE.start, "1"), (None, "5")], "Row 2 lacks its date."),
        ([(BASE.start, "")], "Row 1 lacks its amount."),
        ([(date(2030, 1, 1), "5")], "Row 1: 2030-01-01 lies after the last year"),
        ([(BASE.start, "much")], "'much' is no number"),
        ([(None, "")], "A line of dated amounts needs one"),
        ([(BASE.start, "1")] * 201, "A line has at most 200 dated amounts; these are 201."),
    ],
)
def test_dated_amounts_that_cannot_be_are_told_by_their_row(rows: list[tuple[date | None, str]], said: str) -> None:
    with pytest.raises(BadCase) as refused:
        flows_of(rows, BASE)
    assert f"{refused.value}".startswith(said)


def test_two_inputs_are_tied_tied_anew_and_let_go() -> None:
    case = tied(BASE, (A, C), Decimal("0.5"))
    case = tied(case, (C, A), Decimal("-0.25"))
    assert pairs(case) == ((C, A, Decimal("-0.25")),)
    assert untied(case, (A, C)).together == ()


def test_letting_two_of_a_group_go_leaves_the_others_together() -> None:
    group = Together(name="the market", of=(A, B, C), correlation=Decimal("0.4"))
    case = BASE.model_copy(update={"together": (group,)})
    left = untied(case, (B, A))
    assert pairs(left) == ((A, C, Decimal("0.4")), (B, C, Decimal("0.4")))
    assert {one.name for one in left.together} == {"the market"}
    matrix = uncertain(tied(case, (A, B), Decimal("0.9"))).correlation
    assert matrix is not None
    assert sorted({how for row in matrix for how in row}) == [0.0, 0.4, 0.9, 1.0]


def test_correlations_that_contradict_each_other_are_refused() -> None:
    case = tied(tied(BASE, (A, B), Decimal("0.6")), (B, C), Decimal("0.6"))
    with pytest.raises(BadCase, match="These correlations contradict each other"):
        tied(case, (A, C), Decimal("-0.9"))
    with pytest.raises(BadCase, match="An input moves with itself"):
        tied(case, (A, A), Decimal(1))
    with pytest.raises(BadCase, match="less than or equal to 1"):
        tied(BASE, (A, C), Decimal(2))


def test_a_file_brought_back_keeps_the_template_and_is_refused_where_it_cannot_be_drawn() -> None:
    here = BASE.model_copy(update={"template": "delivery-roi"})
    assert brought(toml(here), "case.toml", here) == here
    bad = Together(of=(A, B), correlation=Decimal("0.9")), Together(of=(B, C), correlation=Decimal("0.9"))
    worse = BASE.model_copy(update={"together": (*bad, Together(of=(A, C), correlation=Decimal("-0.9")))})
    with pytest.raises(BadCase, match="contradict each other"):
        brought(toml(worse), "case.toml", BASE)


def test_a_file_tells_all_its_faults_by_line_field_and_row() -> None:
    text = toml(BASE).replace("years = 1\n", "years = 99\n").replace("price = { value = ", "price = { worth = ")
    rows = {one.split(" =")[0]: at for at, one in enumerate(text.splitlines(), 1)}
    with pytest.raises(BadFile) as refused:
        read(text, "gateway.toml")
    assert refused.value.faults[0] == (
        f"gateway.toml: years: Input should be less than or equal to 15. It is in row {rows['years']}."
    )
    assert refused.value.faults[1] == (
        f"gateway.toml: line licences.values.price.value: Field required. It is in row {rows['price']}."
    )
