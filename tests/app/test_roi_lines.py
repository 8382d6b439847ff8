"""Lines of a case edited on the page ROI: added, named, spread, dated, tied, taken away and brought back as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.screens.roi_fields import rows
from data.finance.case import Case, Flow
from data.finance.case_file import template
from data.finance.case_lines import pairs
from data.finance.case_toml import toml
from data.finance.levers.base import Side, When
from data.warehouse.case_drafts import shipped
from tests.app.test_roi_unsaved import click, unsaved
from tests.app.test_screens import opened, text
from tests.app.world import World

Enter = Callable[[World], None]
HERE = shipped("delivery-roi")


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def field(at: AppTest, label: str) -> str:
    return next(one.value for one in at.text_input if one.label == label)


def typed(at: AppTest, label: str, said: str) -> AppTest:
    next(one for one in at.text_input if one.label == label).input(said).run()
    assert not at.exception
    return at


def choose(at: AppTest, label: str, chosen: object) -> AppTest:
    next(one for one in at.selectbox if one.label == label).set_value(chosen).run()
    assert not at.exception
    return at


def now(world: World) -> Case:
    found = unsaved(world, HERE)
    assert found is not None
    return found


def test_a_line_is_named_and_owned_and_falls_due_as_one_says(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    typed(at, "Name of the line", "People who wait less")
    choose(at, "Line", "training")
    typed(at, "Owner of the line", "Academy")
    choose(at, "Falls due", When.YEARLY)
    choose(at, "Line", "headcount")
    assert field(at, "Name of the line") == "People who wait less"
    found = now(world)
    assert (found.named("headcount").title, found.named("headcount").when) == ("People who wait less", When.FIRST_YEAR)
    assert (found.named("training").owner, found.named("training").when) == ("Academy", When.YEARLY)
    assert "3 changes unsaved since" in text(opened("roi"))


def test_a_ramp_is_taken_once_it_can_be_read_and_keeps_nothing_else_back(world: World, inside: Enter) -> None:
    inside(world)
    at = typed(opened("roi"), "Ramp (%)", "50, 60, 70")
    assert "Not taken yet: Give 2 shares, one for the start and one for each year; there are 3." in text(at)
    typed(at, "Owner of the line", "Anna")
    assert (now(world).named("headcount").ramp, now(world).named("headcount").owner) == ((), "Anna")
    typed(at, "Ramp (%)", "50, 60")
    assert "Not taken yet" not in text(at)
    assert now(world).named("headcount").ramp == (Decimal("0.5"), Decimal("0.6"))


@pytest.mark.parametrize("side", list(Side))
def test_a_line_of_dated_amounts_is_added_and_can_be_removed(world: World, inside: Enter, side: Side) -> None:
    inside(world)
    at = choose(opened("roi"), "Lever", f"dated {side.value}")
    click(at, "Add this line")
    line = now(world).line[-1]
    assert (line.id, line.stands, line.flows) == (
        f"dated-{side.value}", side, (Flow(date=date(2026, 1, 1), amount=Decimal(0)),),
    )  # fmt: skip
    assert next(one for one in at.selectbox if one.label == "Line").value == line.id
    click(at, "Remove this line")
    assert unsaved(world, HERE) is None


def test_a_grid_of_dated_amounts_is_read_as_it_stands() -> None:
    day = date(2027, 6, 30)
    flows = tuple(Flow(date=day, amount=Decimal(amount)) for amount in (1, 2, 3))
    told = {
        "edited_rows": {0: {"Amount": "1,500.25"}, "2": {"Date": "2027-12-31", "Amount": None}},
        "deleted_rows": [1],
        "added_rows": [{"Date": "2028-01-31T00:00:00.000", "Amount": "-7"}, {"Amount": "5"}, {}],
    }
    assert rows(flows, told) == [
        (day, "1,500.25"), (date(2027, 12, 31), ""), (date(2028, 1, 31), "-7"), (None, "5"), (None, ""),
    ]  # fmt: skip
    assert rows(flows, {}) == [(day, "1"), (day, "2"), (day, "3")]


def test_two_inputs_are_tied_and_what_cannot_be_is_refused(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    assert "Inputs are drawn by themselves." in text(at)
    click(at, "Let them move together")
    assert [how for _, _, how in pairs(now(world))] == [Decimal("0.5")]
    one, other, _ = pairs(now(world))[0]
    assert (one, other) == ("headcount.cost_of_one", "headcount.time_saved")
    choose(at, "With", one)
    click(at, "Let them move together")
    assert "An input moves with itself already: choose two." in text(at)
    choose(at, "With", other)
    click(at, "Let them move by themselves")
    assert unsaved(world, HERE) is None


def test_a_case_comes_back_from_a_file_all_at_once_after_a_look(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    (upload,) = at.get("file_uploader")
    changed = toml(template()).replace("years = 1\n", "years = 3\n").replace('name = "Down time"', 'name = "Outages"')
    upload.upload("case.toml", changed.encode(), "application/toml").run()
    said = text(at)
    assert "Years" in said
    assert "Outages" in said
    assert unsaved(world, HERE) is None
    click(at, "Take 2 changes")
    found = now(world)
    assert (found.years, found.named("downtime").title) == (3, "Outages")
    assert "2 changes unsaved since" in text(at)


def test_a_file_with_faults_is_not_taken_and_all_of_them_are_told(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    (upload,) = at.get("file_uploader")
    bad = toml(template()).replace("years = 1\n", "years = 99\n").replace("price = { value", "price = { worth")
    upload.upload("case.toml", bad.encode(), "application/toml").run()
    said = text(at)
    assert "Nothing is taken: 3 things cannot be read." in said
    assert "case.toml: years: Input should be less than or equal to 15. It is in row" in said
    assert not [one for one in at.button if one.key == "case-take-file"]
    assert unsaved(world, HERE) is None
