"""What is moved on the page ROI and not saved is found again, by the same person, until it is saved or let go."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.access import Actor, Role, local_actor
from data.finance.case import Case
from data.finance.case_moves import merged
from data.warehouse.case_drafts import draft, shipped
from data.warehouse.cases import Kept, create, save
from data.warehouse.engine import reading
from tests.app.test_roi_page import ANNA, approved, figure, kept, press, promised_case, reason
from tests.app.test_screens import opened, text
from tests.app.world import World

Enter = Callable[[World], None]
HERE = ("gateway", 1)


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def number(at: AppTest, label: str, value: float) -> AppTest:
    next(one for one in at.number_input if one.label == label).set_value(value).run()
    assert not at.exception
    return at


def click(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    assert not at.exception
    return at


def unsaved(world: World, place: tuple[str, int] = HERE) -> Case | None:
    engine = world.engine()
    with reading(engine) as connection:
        found = draft(connection, local_actor(getpass.getuser()), place)
    engine.dispose()
    return found.case if found else None


@pytest.fixture
def gateway(world: World, inside: Enter) -> Kept:
    """A draft of Anna's; the page is open to the one person of this machine."""
    inside(world)
    engine = world.engine()
    made = create(engine, ANNA, promised_case(), "w")
    engine.dispose()
    return made


def theirs(world: World, seen: Kept, case: Case) -> None:
    engine = world.engine()
    save(engine, ANNA, seen, case, "an offer")
    engine.dispose()


def value(case: Case | None, line: str, name: str) -> Decimal:
    assert case is not None
    return case.named(line).assumption(name).value


def test_moves_of_a_shipped_case_are_there_after_a_new_start_and_can_be_let_go(world: World, inside: Enter) -> None:
    inside(world)
    at = opened("roi")
    assert "unsaved" not in text(at)
    next(one for one in at.slider if one.label == "Time saved (%)").set_value(10.0).run()
    number(at, "Years", 2)
    click(at, "Add this line from measured values")
    moved = figure(at)
    again = opened("roi")
    assert "3 changes unsaved since 9 Nov 2026, " in text(again)
    assert ", kept for you: saved only when you save." in text(again)
    assert figure(again) == moved
    click(again, "Let go of what is unsaved")
    assert "is worth $3.28 M over 1 year" in figure(again)
    assert "unsaved" not in text(opened("roi"))
    assert unsaved(world, shipped("delivery-roi")) is None


@pytest.mark.usefixtures("gateway")
def test_fields_are_made_anew_where_the_page_is_entered_and_show_what_was_typed() -> None:
    def rate(at: AppTest) -> tuple[str | None, float | None]:
        found = next(one for one in at.number_input if one.label == "Rate (%)")
        return found.key, found.value

    at = number(opened("roi"), "Rate (%)", 12.0)
    typed = rate(at)
    assert rate(at.run()) == typed
    at.session_state["page-arrived"] = True  # another page was shown, and left before it was drawn
    key, value = rate(at.run())
    assert (key != typed[0], value) == (True, 12.0)
    assert rate(at.run()) == (key, 12.0)


def test_saving_leaves_nothing_unsaved(world: World, gateway: Kept) -> None:
    at = number(opened("roi"), "Rate (%)", 12.0)
    assert value(unsaved(world), "build", "cost") == 100_000
    press(at, "save")
    assert "Give a reason" in text(at)
    assert "1 change unsaved since" in text(at)
    press(reason(at, "dearer money"), "save")
    assert kept(world)[0].case == gateway.case.model_copy(update={"discount_rate": Decimal("0.12")})
    assert unsaved(world) is None
    assert "unsaved" not in text(opened("roi"))


@pytest.mark.usefixtures("gateway")
def test_two_windows_of_one_person_lose_nothing_to_each_other(world: World) -> None:
    one, other = opened("roi"), opened("roi")
    number(one, "Rate (%)", 12.0)
    number(other, "Build (EUR once)", 90_000.0)
    both = unsaved(world)
    assert both is not None
    assert (both.discount_rate, value(both, "build", "cost")) == (Decimal("0.12"), 90_000)
    press(reason(one, "dearer money"), "save")
    assert kept(world)[0].case == both
    assert unsaved(world) is None


def test_where_somebody_saved_the_same_input_both_values_are_shown_and_one_is_picked(
    world: World, gateway: Kept
) -> None:
    at = number(opened("roi"), "Build (EUR once)", 90_000.0)
    number(at, "Rate (%)", 12.0)
    dearer = merged(gateway.case, costing(gateway.case, 130_000), gateway.case.model_copy(update={"years": 3}))
    theirs(world, gateway, dearer)
    again = opened("roi")
    assert "oidc:anna changed this version meanwhile (it is draft now): 2 changes." in text(again)
    assert "What you moved (2 changes) is kept for you, and nothing of it is saved." in text(again)
    (pick,) = again.radio
    assert plain(pick.label) == "Build: build (it was €100 k)"
    assert [plain(one) for one in pick.options] == ["Mine: €90.0 k", "Theirs: €130 k"]
    assert next(one for one in again.button if one.key == "case-settle").disabled
    press(reason(again, "mine"), "save")
    assert "oidc:anna changed it after you opened it" in text(again)
    assert kept(world)[0].case == dearer
    pick.set_value("Theirs").run()
    click(again, "Put the two together")
    assert "Both are together now: 1 change of yours unsaved on what oidc:anna saved." in text(again)
    assert kept(world)[0].case == dearer
    press(reason(again, "dearer money"), "save")
    assert kept(world)[0].case == dearer.model_copy(update={"discount_rate": Decimal("0.12")})
    assert unsaved(world) is None


def test_ones_own_moves_can_be_let_go_for_what_somebody_saved(world: World, gateway: Kept) -> None:
    at = number(opened("roi"), "Build (EUR once)", 90_000.0)
    theirs(world, gateway, costing(gateway.case, 130_000))
    click(at.run(), "Let go of mine and look at theirs")
    assert "meanwhile" not in text(at)
    assert next(one for one in at.number_input if one.label == "Build (EUR once)").value == 130_000
    assert unsaved(world) is None


def test_moves_of_an_approved_version_go_into_the_next_one(world: World, inside: Enter) -> None:
    approved(world)
    inside(world)
    at = number(opened("roi"), "Build (EUR once)", 90_000.0)
    press(reason(at, "new prices"), "revise")
    assert "1 input unsaved since" in text(at)
    press(reason(at, "an offer"), "save")
    assert [(one.version, value(one.case, "build", "cost")) for one in kept(world)] == [(2, 90_000), (1, 100_000)]


def test_who_may_not_edit_moves_what_they_like_and_nothing_is_kept(
    world: World, gateway: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.load.actor", lambda: Actor("local:tester", frozenset({Role.VIEWER})))
    at = opened("roi")
    assert "it is not kept, as you may not edit this case" in text(at)
    number(at, "Build (EUR once)", 90_000.0)
    assert "1 input moved, and not kept." in text(at)
    assert unsaved(world) is None
    assert kept(world) == [gateway]


def costing(case: Case, cost: int) -> Case:
    build = case.named("build")
    dearer = build.assumption("cost").model_copy(update={"value": Decimal(cost)})
    return case.model_copy(update={"line": (case.line[0], build.model_copy(update={"values": {"cost": dearer}}))})


def plain(words: str) -> str:
    return unescape(words).replace("\u202f", " ").replace("\u00a0", " ")
