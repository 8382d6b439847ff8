"""Approvals and Audit: what waits is decided by another person, numbers are corrected, packs released, the log read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import text as sql
from streamlit.testing.v1 import AppTest

from app import load
from data.access import Actor, Role
from data.warehouse.audit import log
from data.warehouse.engine import reading
from data.warehouse.proposals import listed
from tests.app.test_benchmarks import field
from tests.app.test_screens import opened, text
from tests.app.world import World

Enter = Callable[[World], None]
ANA = Actor("oidc:ana", frozenset({Role.ANALYST}))
OTTO = Actor("oidc:otto", frozenset({Role.APPROVER}))
ADMIN = Actor("oidc:root", frozenset({Role.ADMIN}))


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Callable[[Actor], None]:
    """be(somebody): the page is theirs from now on."""
    return lambda actor: monkeypatch.setattr(load, "actor", lambda: actor)


def waiting(world: World) -> list[str]:
    engine = world.engine()
    with reading(engine) as connection:
        found = [one.object for one in listed(connection)]
    engine.dispose()
    return found


def press(at: AppTest, label: str) -> AppTest:
    next(button for button in at.button if button.label == label).click().run()
    assert not at.exception
    return at


def corrected(world: World) -> AppTest:
    """Ana proposes that Wallet was up all of the 14th of October."""
    at = opened("approvals", {"period": "2026-10", "scope": "wallet"})
    field(at, "Measure").set_value("availability")  # type: ignore[attr-defined]
    at.date_input(key="correct-day-2026-10").set_value(date(2026, 10, 14)).run()
    boxes = {box.label.partition(",")[0]: box for box in at.text_input}
    assert boxes["Numerator"].label == "Numerator, counted 85800"
    boxes["Numerator"].input("86400")
    boxes["Denominator"].input("86,400")
    next(box for box in at.text_input if box.key.startswith("correct-why")).input("the probe was down")
    return press(at.run(), "Propose")


def test_a_number_is_corrected_by_two_people_on_the_page(world: World, inside: Enter, be: Callable[..., None]) -> None:
    inside(world)
    be(ANA)
    at = corrected(world)
    assert "The correction of Uptime is proposed." in text(at)
    assert "numerator 86400 (counted 85800)" in text(at)
    assert "oidc:ana (you)" in text(at)
    assert waiting(world) == ["Uptime of wallet in 2026-10-14"]
    be(OTTO)
    at = press(opened("approvals", {"period": "2026-10", "scope": "wallet"}), "Approve")
    assert "Uptime of wallet in 2026-10-14 is approved" in text(at)
    assert "Corrected numbers" in text(at)
    assert waiting(world) == []


def test_what_is_typed_wrong_is_a_sentence_and_nothing_is_kept(
    world: World, inside: Enter, be: Callable[..., None]
) -> None:
    inside(world)
    be(ANA)
    at = opened("approvals", {"period": "2026-10", "scope": "wallet"})
    field(at, "Measure").set_value("availability")  # type: ignore[attr-defined]
    press(at.run(), "Propose")
    assert "write each number plainly, for example 86340 or 12.5." in text(at)
    assert waiting(world) == []


def test_readers_are_offered_nothing_to_do(world: World, inside: Enter, be: Callable[..., None]) -> None:
    inside(world)
    be(ANA)
    corrected(world)
    be(Actor("oidc:eve", frozenset({Role.VIEWER})))
    at = opened("approvals")
    assert not at.exception
    assert "Uptime of wallet in 2026-10-14" in text(at)
    assert not {"Approve", "Decline", "Propose", "Release"} & {button.label for button in at.button}


def test_a_pack_is_prepared_and_released_on_the_page(
    world: World, inside: Enter, be: Callable[..., None], tmp_path: Path
) -> None:
    told = world.settings_file.read_text(encoding="utf-8")
    world.settings_file.write_text(f'packs = "{tmp_path / "packs"}"\n{told}', encoding="utf-8")
    inside(world)
    be(Actor("oidc:fin", frozenset({Role.FINANCE_EDITOR})))
    at = press(opened("approvals", {"period": "2026-10"}), "Prepare October 2026")
    assert "board pack of Testmoor Group, October 2026" in text(at)
    assert "Release" not in {button.label for button in at.button}
    be(OTTO)
    at = press(opened("approvals", {"period": "2026-10"}), "Release")
    assert sorted(one.name for one in (tmp_path / "packs").iterdir()) == [
        "plumbline-2026-10-final.pdf", "plumbline-2026-10-unreleased.pdf",
    ]  # fmt: skip
    assert waiting(world) == []


def test_the_log_is_read_searched_and_its_chain_told(world: World, inside: Enter, be: Callable[..., None]) -> None:
    inside(world)
    be(ANA)
    corrected(world)
    be(OTTO)
    at = opened("audit")
    assert not at.exception
    assert "whole" in text(at)
    assert "proposal 1: Uptime of wallet in 2026-10-14" in text(at)
    at.selectbox(key="audit-who").set_value("cli:tester").run()
    assert "proposal 1: Uptime" not in text(at)
    at.text_input(key="audit-what").input("house_2026").run()
    assert "cycle" in text(at)
    at.date_input(key="audit-to").set_value(date(2026, 11, 8)).run()
    assert "No entry is like that." in text(at)


def test_an_altered_log_is_told_on_the_page(world: World, inside: Enter, be: Callable[..., None]) -> None:
    engine = world.engine()
    with engine.begin() as connection:
        (name,) = connection.execute(
            sql("SELECT name FROM sqlite_master WHERE tbl_name = 'change_log' AND type = 'trigger' AND sql LIKE :act"),
            {"act": "%UPDATE%"},
        ).one()
        connection.execute(sql(f"DROP TRIGGER {name}"))
        connection.execute(sql("UPDATE change_log SET why = 'other' WHERE seq = 3"))
    engine.dispose()
    inside(world)
    be(ADMIN)
    at = opened("audit")
    assert "Entry 3 was altered or moved" in text(at)
    assert "broken" in text(at)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.FINANCE_EDITOR])
def test_who_may_not_read_the_log_sees_none_of_it(
    world: World, inside: Enter, be: Callable[..., None], role: Role
) -> None:
    inside(world)
    be(Actor("oidc:eve", frozenset({role})))
    at = opened("audit")
    assert not at.exception
    assert "may not read the change log" in text(at)
    engine = world.engine()
    with reading(engine) as connection:
        rows = log(connection, ADMIN)
    engine.dispose()
    assert not any(one.object in text(at) for one in rows)
