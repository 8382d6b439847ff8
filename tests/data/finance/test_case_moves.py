"""Moves between two business cases: told piece by piece, put together with those of somebody else, never lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.finance.case import Assumption, BadCase, Case, Flow, Line
from data.finance.case_file import template
from data.finance.case_moves import ORDER, Clash, Move, clashes, merged, moves
from data.finance.levers.base import Side
from tests.data.finance.cases import cases

BASE = template()


def with_value(case: Case, line: str, name: str, value: str) -> Case:
    """The case with one input on another value, without its range."""
    found = case.named(line)
    values = {**found.values, name: Assumption(value=Decimal(value))}
    return with_line(case, found.model_copy(update={"values": values}))


def with_line(case: Case, line: Line) -> Case:
    return case.model_copy(update={"line": tuple(line if one.id == line.id else one for one in case.line)})


def added(case: Case, name: str) -> Case:
    made = Line(id=name, side=Side.COST, flows=(Flow(date=date(2026, 6, 1), amount=Decimal(100)),))
    return case.model_copy(update={"line": (*case.line, made)})


def removed(case: Case, name: str) -> Case:
    return case.model_copy(update={"line": tuple(one for one in case.line if one.id != name)})


MINE = with_value(BASE, "headcount", "time_saved", "0.1")


def test_one_input_that_moved_is_one_move_with_its_range_and_origin() -> None:
    (found,) = moves(BASE, MINE)
    assert (found.place, found.before["value"], found.after) == (
        ("line", "headcount", "values", "time_saved"), Decimal("0.125"), {"value": Decimal("0.1")},
    )  # fmt: skip


def test_the_same_number_written_otherwise_has_not_moved() -> None:
    assert (
        moves(BASE, BASE.model_copy(update={"discount_rate": Decimal(f"{BASE.discount_rate}") * Decimal("1.0")})) == ()
    )


def test_a_line_that_came_or_went_is_one_move_and_so_is_the_order_of_lines() -> None:
    extra = added(BASE, "extra")
    (came,) = moves(BASE, extra)
    assert (came.place, came.before, came.after["side"]) == (("line", "extra"), None, "cost")
    (went,) = moves(extra, BASE)
    assert (went.place, went.after) == (("line", "extra"), None)
    turned = BASE.model_copy(update={"line": tuple(reversed(BASE.line))})
    names = [one.id for one in BASE.line]
    assert moves(BASE, turned) == (Move(ORDER, names, names[::-1]),)


def test_what_two_people_moved_apart_is_put_together_whole() -> None:
    theirs = added(BASE.model_copy(update={"discount_rate": Decimal("0.12")}), "theirs")
    mine = added(MINE, "mine")
    assert clashes(BASE, mine, theirs) == ()
    both = merged(BASE, mine, theirs)
    assert both.discount_rate == Decimal("0.12")
    assert both.named("headcount").assumption("time_saved").value == Decimal("0.1")
    assert [one.id for one in both.line] == [*(one.id for one in BASE.line), "theirs", "mine"]


def test_where_two_people_moved_the_same_both_values_are_told_and_either_can_hold() -> None:
    theirs = with_value(BASE, "headcount", "time_saved", "0.2")
    place = ("line", "headcount", "values", "time_saved")
    (found,) = clashes(BASE, MINE, theirs)
    assert (found.place, found.mine, found.theirs) == (place, {"value": Decimal("0.1")}, {"value": Decimal("0.2")})
    assert isinstance(found, Clash)
    assert merged(BASE, MINE, theirs) == MINE
    assert merged(BASE, MINE, theirs, {place}) == theirs
    assert clashes(BASE, MINE, MINE) == ()


def test_a_line_that_one_removed_and_the_other_moved_is_settled_as_a_whole() -> None:
    mine, theirs = removed(BASE, "headcount"), with_value(BASE, "headcount", "people", "90")
    (found,) = clashes(BASE, mine, theirs)
    assert (found.place, found.mine, found.theirs["id"]) == (("line", "headcount"), None, "headcount")
    assert merged(BASE, mine, theirs) == mine
    kept = merged(BASE, mine, theirs, {found.place})
    assert kept.named("headcount") == theirs.named("headcount")
    assert [one.id for one in kept.line] == [one.id for one in BASE.line]


def test_moves_that_make_no_case_together_are_refused() -> None:
    ramped = BASE.line[0].model_copy(update={"ramp": (Decimal(0),) * (BASE.years + 1)})
    with pytest.raises(BadCase, match="the ramp has"):
        merged(BASE, with_line(BASE, ramped), BASE.model_copy(update={"years": BASE.years + 1}))


def test_a_line_put_before_others_stays_there() -> None:
    mine = BASE.model_copy(update={"line": (added(BASE, "first").line[-1], *BASE.line)})
    assert merged(BASE, mine, BASE) == mine
    theirs = BASE.model_copy(update={"discount_rate": Decimal("0.12")})
    assert merged(BASE, mine, theirs).line == mine.line


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_moves_take_one_case_to_the_other_and_merging_loses_none(data: st.DataObject) -> None:
    base, mine = data.draw(cases()), data.draw(cases())
    assert moves(base, base) == ()
    assert (moves(base, mine) == ()) == (base == mine)
    assert merged(base, mine, base) == mine
    assert merged(base, base, mine) == mine
    assert merged(base, mine, mine) == mine
