"""The Budget page as Streamlit runs it: what each role is offered, what is told, what an address may name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app import load
from app.screens.budget_desk import Desk, drafted, plainly
from app.screens.budget_grid import pasted
from app.screens.budget_save import settled
from data.access import Actor, Role
from data.finance.budget import BadBudget
from data.finance.budget_edits import ADDED, REMOVED, Change, applied
from data.warehouse.budget_drafts import Edit
from data.warehouse.budget_rows import stored
from data.warehouse.budget_states import approve, submit
from data.warehouse.budgets import Clash, Conflict, create
from data.warehouse.engine import reading
from tests.app.test_screens import opened, text
from tests.app.world import NOW, World, held_clock
from tests.data.finance.budgets import BASE, upside
from tests.data.warehouse.budget_world import APPROVER, EDITOR

Enter = Callable[[World], None]


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def planned(world: World, inside: Enter) -> World:
    """The company with a base that waits for approval and an upside that is a draft."""
    engine = world.engine()
    with held_clock(NOW):
        for one in (BASE, upside()):
            create(engine, world.settings, EDITOR, one, "the plan")
        submit(engine, world.settings, EDITOR, "fy2026-base-1", 1)
    engine.dispose()
    inside(world)
    return world


def as_(monkeypatch: pytest.MonkeyPatch, *roles: Role, name: str = "web:ada") -> None:
    monkeypatch.setattr(load, "actor", lambda: Actor(name, frozenset(roles)))


def buttons(at: AppTest) -> set[str]:
    return {one.label for one in at.button}


def test_a_viewer_reads_and_is_offered_nothing_to_change(planned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    as_(monkeypatch, Role.VIEWER)
    at = opened("budget", {"budget": "fy2026-upside"})
    assert not at.exception
    assert "FY2026 upside plans €11.8 k of costs" in text(at)
    assert not buttons(at) & {"Hand in", "Save …", "Approve", "Undo", "Copy", "Keep"}
    assert "BR-1 Integration share" in text(at)
    assert "Forecast and landing" in text(at)


def test_an_editor_types_and_hands_in_and_does_not_approve(planned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    as_(monkeypatch, Role.FINANCE_EDITOR)
    at = opened("budget", {"budget": "fy2026-upside"})
    assert {"Hand in", "Save …", "Undo", "Paste"} <= buttons(at)
    assert "Approve" not in buttons(at)
    at = opened("budget", {"budget": "fy2026-base"})
    assert not buttons(at) & {"Hand in", "Save …", "Approve"}


def test_an_approver_approves_what_another_handed_in(planned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    as_(monkeypatch, Role.APPROVER)
    at = opened("budget", {"budget": "fy2026-base"})
    assert {"Approve", "Return"} <= buttons(at)
    next(one for one in at.button if one.label == "Approve").click().run()
    assert "Give a reason, which the log keeps." in text(at)
    next(one for one in at.text_input if one.label == "Reason, for the log").input("in the frame")
    next(one for one in at.button if one.label == "Approve").click().run()
    assert not at.exception
    assert "version 1 is approved" in text(at)
    assert "€120 of €120 are left; up to €40 an experiment approves itself." in text(at)


def test_a_submitter_who_may_approve_is_told_to_leave_it_to_another(
    planned: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_(monkeypatch, Role.FINANCE_EDITOR, Role.APPROVER, name="local:erin")
    at = opened("budget", {"budget": "fy2026-base"})
    next(one for one in at.text_input if one.label == "Reason, for the log").input("mine")
    next(one for one in at.button if one.label == "Approve").click().run()
    assert "somebody else has to approve it" in text(at)


def test_scenarios_are_compared_by_reason_and_month_by_month(planned: World) -> None:
    at = opened("budget", {"budget": "fy2026-base"})
    assert "Costs are €840 (6.6 %) below FY2026 base: favourable" in text(at)
    at.selectbox(key="budget-compare-with").select("actuals").run()
    assert not at.exception
    assert "Nobody bills these lines, so they are left out on both sides" in text(at)
    at.radio(key="budget-compare-how").set_value("Month by month").run()
    assert not at.exception
    assert "October 2026" in text(at)


def test_an_address_that_names_no_scenario_says_what_is_shown(planned: World) -> None:
    at = opened("budget", {"budget": "<b>none</b>"})
    assert not at.exception
    assert "There is no scenario" in text(at)
    assert "<b>none" not in text(at)


def desk(world: World, *edits: Change, seen: dict[str, int]) -> Desk:
    engine = world.engine()
    with reading(engine) as connection:
        found = stored(connection, world.settings, EDITOR, "fy2026-upside")
    engine.dispose()
    draft, bad = drafted(found.scenario, edits)
    return Desk(found, draft, (Edit(1, NOW, "typed", edits, seen),), "erin", bad)


def test_picked_values_are_saved_over_the_others_and_untouched_rows_stay(planned: World) -> None:
    mine = (Change("cloud", "m01", "630", "1"), Change("cloud", "m02", "630", "2"), Change("hub", "m01", "200", "3"))
    made = desk(planned, *mine, seen={"cloud": 1, "hub": 1})
    clashes = (Clash("cloud", "m01", "630", "9", "1"), Clash("cloud", "m02", "630", "630", "2"))
    conflict = Conflict(clashes, {"cloud": 5, "hub": 1}, "web:otto", None)
    edits, seen = settled(made, conflict, clashes[1:])
    assert edits == (Change("hub", "m01", "200", "3"), Change("cloud", "m02", "630", "2"))
    assert seen == {"hub": 1, "cloud": 5}
    assert settled(made, conflict, clashes)[0][1:] == (
        Change("cloud", "m01", "9", "1"),
        Change("cloud", "m02", "630", "2"),
    )


def test_a_line_that_somebody_removed_comes_back_whole_if_it_is_wanted(planned: World) -> None:
    made = desk(planned, Change("pilot", "m01", "20", "21"), seen={"pilot": 1})
    clash = Clash("pilot", "m01", "20", REMOVED, "21")
    edits, _ = settled(made, Conflict((clash,), {}, "web:otto", None), (clash,))
    assert edits[0] == Change("pilot", ADDED, "", "")
    without = replace(made.stored.scenario, lines=tuple(one for one in made.stored.scenario.lines if one.id != "pilot"))
    assert applied(without, edits).line("pilot") == made.draft.line("pilot")


def test_what_cannot_be_read_stays_as_it_was_typed_and_is_named(planned: World) -> None:
    made = desk(planned, Change("cloud", "m01", "630", "many"), Change("hub", "m01", "200", "5"), seen={})
    assert [(one.row, one.field) for one in made.bad] == [("cloud", "m01")]
    assert made.draft.line("hub").months[0] == 5
    assert [plainly("m01", one) for one in ("1,234.50", "many", "")] == ["1234.5", "many", "0"]
    assert plainly("note", "1,234.50") == "1,234.50"


def test_a_pasted_block_falls_where_it_was_put_or_is_refused_whole() -> None:
    made = pasted(BASE, "1,000.50\t2\r\n3\t\r\n", "cloud", 10)
    assert made.line("cloud").months[9:] == (
        700,
        applied(BASE, [Change("cloud", "m01", "", "1000.5")]).line("cloud").months[0],
        2,
    )
    assert made.line("calls").months[10:] == (3, 0)
    for block, line, month, said in (
        ("1\t2\t3", "cloud", 10, "does not fit"), ("", "cloud", 0, "nothing to paste"), ("x", "cloud", 0, "no number"),
        ("1\n2", "saved", 0, "1 lines"),
    ):  # fmt: skip
        with pytest.raises(BadBudget, match=said):
            pasted(BASE, block, line, month)


def test_what_is_approved_is_not_typed_in(planned: World, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = planned.engine()
    with held_clock(NOW):
        approve(engine, planned.settings, APPROVER, "fy2026-base-1", 2, "fine")
    engine.dispose()
    as_(monkeypatch, Role.ADMIN)
    at = opened("budget", {"budget": "fy2026-base"})
    assert {"Lock", "New version", "Ask the pool"} <= buttons(at)
    assert "Save …" not in buttons(at)


def test_the_grid_is_made_anew_where_the_page_is_entered_and_at_no_other_time(planned: World) -> None:
    at = opened("budget", {"budget": "fy2026-upside-1"})
    turn = at.session_state["budget-desk"].turn
    assert at.run().session_state["budget-desk"].turn == turn
    at.session_state["page-arrived"] = True  # another page was shown, and left before it was drawn
    assert at.run().session_state["budget-desk"].turn == turn + 1
    assert at.run().session_state["budget-desk"].turn == turn + 1
