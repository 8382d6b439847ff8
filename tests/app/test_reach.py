"""What is read is what somebody may read: asked of the functions that read, not of the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import streamlit as st
from sqlalchemy import insert, select

from app import load
from app.content.sections.base import Comparison
from app.load import Choice
from data.access import Actor, NotPermitted, Role
from data.period import parse
from data.warehouse import schema
from data.warehouse.engine import writing
from tests.app.test_sections import table
from tests.app.world import World

Enter = Callable[[World], None]
OCTOBER = parse("2026-10")


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


def of(role: Role, *entities: str) -> Actor:
    return Actor("oidc:eve", frozenset({role}), frozenset(entities) or None)


def choice(scope: str) -> Choice:
    return Choice(OCTOBER, scope, Comparison.PREVIOUS)


def here(world: World, inside: Enter) -> load.State:
    inside(world)
    found = load.state()
    assert found is not None
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_reads_the_whole_company(world: World, inside: Enter, role: Role) -> None:
    at = here(world, inside)
    assert load.sections(of(role), at, ("delivery.summary", "health.sources"), choice("group"))
    assert load.outline(at, of(role)).home == "group"


def test_somebody_without_a_role_reads_nothing(world: World, inside: Enter) -> None:
    at, nobody = here(world, inside), Actor("oidc:eve", frozenset())
    for act in (
        lambda: load.sections(nobody, at, ("delivery.summary",), choice("group")),
        lambda: load.about(nobody, at, choice("group"), ("availability",)),
        lambda: load.outline(at, nobody),
        lambda: load.unmapped(nobody, at),
    ):
        with pytest.raises(NotPermitted, match=r"oidc:eve \(no role\) may not read"):
            act()


@pytest.mark.parametrize("role", Role)
def test_a_role_limited_to_one_scope_reads_it_and_what_lies_below_it_alone(
    world: World, inside: Enter, role: Role
) -> None:
    at, eve = here(world, inside), of(role, "wallet")
    assert load.sections(eve, at, ("delivery.summary",), choice("wallet"))
    assert load.sections(eve, at, ("delivery.summary",), choice("exchange"))
    assert load.about(eve, at, choice("exchange"), ("availability",)).scope == "Exchange orders"
    for scope in ("ledger", "europe", "group", "bank"):
        with pytest.raises(NotPermitted, match="may read for wallet only"):
            load.sections(eve, at, ("delivery.summary",), choice(scope))
        with pytest.raises(NotPermitted):
            load.about(eve, at, choice(scope), ("availability",))
    for name in ("health.sources", "health.runs"):
        with pytest.raises(NotPermitted):
            load.sections(eve, at, (name,), choice("wallet"))
    with pytest.raises(NotPermitted):
        load.unmapped(eve, at)


def test_what_was_read_for_one_is_not_shown_to_another_from_the_cache(world: World, inside: Enter) -> None:
    at = here(world, inside)
    load.sections(of(Role.ADMIN), at, ("delivery.summary",), choice("group"))
    with pytest.raises(NotPermitted):
        load.sections(of(Role.ADMIN, "wallet"), at, ("delivery.summary",), choice("group"))


def test_the_tree_starts_at_the_entities_of_the_reader(world: World, inside: Enter) -> None:
    at = here(world, inside)
    whole = load.outline(at, of(Role.VIEWER))
    assert {"group", "europe", "admin", "ledger", "bank", "wallet", "exchange"} <= {one.id for _, one in whole.scopes}
    part = load.outline(at, of(Role.VIEWER, "wallet", "exchange", "ledger"))
    assert [one.id for depth, one in part.scopes if depth == 0] == ["ledger", "wallet"]
    assert {one.id for depth, one in part.scopes if depth == 1} == {"bank", "cards", "exchange", "payouts"}
    assert part.home == "ledger"
    assert load.outline(at, of(Role.VIEWER, "mars")).home is None


def test_the_register_holds_no_target_of_another_entity(world: World, inside: Enter) -> None:
    engine = world.engine()
    with writing(engine) as connection:
        row = dict(connection.execute(select(schema.target).limit(1)).mappings().one())
        for scope in ("ledger", "wallet"):
            own = {"scope": scope, "low": "0.5", "high": None, "valid_from": date(2026, 2, 1), "metric": "availability"}
            own |= {"benchmark": f"own-{scope}"}
            connection.execute(insert(schema.target).values(**{k: v for k, v in (row | own).items() if k != "id"}))
    engine.dispose()
    at = here(world, inside)
    names = ("benchmarks.targets",)
    whole = {one[1] for one in table(load.sections(of(Role.VIEWER), at, names, choice("wallet"))[0])}
    part = {one[1] for one in table(load.sections(of(Role.VIEWER, "wallet"), at, names, choice("wallet"))[0])}
    assert (whole - part, "Wallet" in part) == ({"Ledger"}, True)
