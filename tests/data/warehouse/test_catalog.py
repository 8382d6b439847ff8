"""Scopes and names: from settings or mapped by a person, and what moves with them."""

from __future__ import annotations

from datetime import date

import pytest

from data.access import Actor, NotPermitted, Role
from data.settings import ConfigurationError
from data.warehouse.catalog import apply_settings, load_tree, map_key
from data.warehouse.change_log import entries, first_fault
from data.warehouse.engine import reading
from data.warehouse.read_sources import UnmappedKey, unmapped_keys
from tests.data.happenings import DAY, at, change, deployment, probe_day
from tests.data.warehouse.world import GROUP, MARIA, Company, settings

UNMAPPED = ("github", "repository", "acme/wallet")
ANALYST = Actor("local:ann", frozenset({Role.ANALYST}))
OCTOBER = (date(2026, 10, 1), date(2026, 10, 8))
DAY_UNIT = 1_000_000


def log(company: Company) -> list[tuple[str, str, str]]:
    with reading(company.engine) as connection:
        found = entries(connection)
    assert first_fault(found) is None
    return [(one.actor, one.action, one.object) for one in found]


def test_settings_are_taken_over_once_and_logged(company: Company) -> None:
    before, version = log(company), company.version()
    assert len(before) == len(GROUP)
    assert before[0] == ("cli:maria", "added", "scope america")
    assert apply_settings(company.engine, company.settings, MARIA) is False
    assert (log(company), company.version()) == (before, version)


def test_a_scope_that_left_the_settings_is_removed_and_a_changed_one_changed(company: Company) -> None:
    kept = [one | ({"name": "Hauptbuch"} if one["id"] == "ledger" else {}) for one in GROUP if one["id"] != "bank"]
    company.now(settings(kept))
    assert log(company)[-2:] == [
        ("cli:maria", "removed", "scope bank"),
        ("cli:maria", "changed", "scope ledger"),
    ]
    with reading(company.engine) as connection:
        tree = load_tree(connection)
    assert ("bank" in tree, tree.get("ledger").name) == (False, "Hauptbuch")


def test_a_tree_that_bites_its_tail_is_refused_and_nothing_changes(company: Company) -> None:
    crossed = [one | ({"parent": "wallet"} if one["id"] == "europe" else {}) for one in GROUP]
    with pytest.raises(ConfigurationError, match="lies below itself: correct its parent"):
        company.now(settings(crossed))
    with reading(company.engine) as connection:
        assert load_tree(connection).get("europe").parent == "group"


def test_an_unmapped_key_is_counted_and_mapping_it_moves_its_facts_and_its_days(company: Company) -> None:
    company.store(deployment("1", at("05 10:00"), key="acme/wallet"), change("2", at("05 09:00"), key="acme/wallet"))
    company.cover("deployment", "acme/wallet", *OCTOBER)
    assert company.touched() == set()
    with reading(company.engine) as connection:
        assert unmapped_keys(connection) == (
            UnmappedKey("github", "deployment", "repository", "acme/wallet", 1),
            UnmappedKey("github", "change", "repository", "acme/wallet", 1),
        )
    map_key(company.engine, company.settings, ANALYST, UNMAPPED, "wallet", "its new name")
    assert company.facts("deployment") == {"1": "wallet"}
    assert {("deployment", "wallet", date(2026, 10, day)) for day in range(1, 8)} <= company.touched()
    company.roll_up()
    assert company.rows("deployment_frequency", "wallet", "numerator") == {
        (date(2026, 10, day), ""): (DAY_UNIT if day == 5 else 0,) for day in range(1, 8)
    }
    with reading(company.engine) as connection:
        assert unmapped_keys(connection) == ()
        last = entries(connection)[-1]
    assert (last.actor, last.action, last.object, last.old, last.new, last.why) == (
        "local:ann", "mapped", "scope_alias github/repository/acme/wallet", None, "wallet", "its new name",
    )  # fmt: skip


def test_mapping_a_key_anew_takes_its_facts_away_from_where_they_were(company: Company) -> None:
    company.store(deployment("1", at("05 10:00"), key="acme/wallet"))
    company.cover("deployment", "acme/wallet", *OCTOBER)
    for scope in ("wallet", "ledger"):
        map_key(company.engine, company.settings, ANALYST, UNMAPPED, scope, "found out")
        company.roll_up()
    assert company.rows("deployment_frequency", "wallet") == {}
    assert len(company.rows("deployment_frequency", "ledger")) == 7
    europe = company.rows("deployment_frequency", "europe", "numerator")
    assert sum(numerator for (numerator,) in europe.values()) == DAY_UNIT
    assert log(company)[-2:] == [("local:ann", "mapped", "scope_alias github/repository/acme/wallet")] * 2


def test_a_persons_mapping_goes_before_the_settings(company: Company) -> None:
    alias = {"source": "github", "kind": "repository", "key": "acme/wallet", "scope": "ledger"}
    company.store(deployment("1", at("05 10:00"), key="acme/wallet"))
    company.now(settings(alias=(alias,)))
    assert company.facts("deployment") == {"1": "ledger"}
    map_key(company.engine, company.settings, ANALYST, UNMAPPED, "wallet", "not so")
    assert company.facts("deployment") == {"1": "wallet"}
    company.now(settings(alias=()))
    assert company.facts("deployment") == {"1": "wallet"}


def test_mapping_needs_the_right_and_a_scope_that_exists(company: Company) -> None:
    with pytest.raises(NotPermitted, match="may not map keys"):
        map_key(company.engine, company.settings, Actor("x", frozenset({Role.VIEWER})), UNMAPPED, "wallet", "")
    with pytest.raises(ConfigurationError, match="There is no scope 'valet': choose one that exists"):
        map_key(company.engine, company.settings, ANALYST, UNMAPPED, "valet", "")
    assert company.facts("deployment") == {}


def test_an_alias_that_ends_hands_its_key_to_the_next(company: Company) -> None:
    name = {"source": "github", "kind": "repository", "key": "acme/core"}
    until, since = ({"scope": "wallet", "valid_to": DAY}, {"scope": "ledger", "valid_from": DAY})
    company.now(settings(alias=(name | until, name | since)))
    company.store(*(deployment(f"{day}", at(f"{day:02d} 10:00"), key="acme/core") for day in (4, 5, 6)))
    company.cover("deployment", "acme/core", *OCTOBER)
    assert company.facts("deployment") == {"4": "wallet", "5": "ledger", "6": "ledger"}
    company.roll_up()
    assert [day.day for day, _ in sorted(company.rows("deployment_frequency", "wallet"))] == [4]
    company.store(*(deployment(f"early {day}", at(f"{day:02d} 10:00"), key="acme/core") for day in (1, 2)))
    company.roll_up()
    assert [day.day for day, _ in sorted(company.rows("deployment_frequency", "wallet"))] == [1, 2, 4]


def test_a_changed_tree_rolls_up_again_for_the_old_parent_and_the_new_one(company: Company) -> None:
    company.store(probe_day(key="wallet", down="864"), probe_day(key="kyc"))
    company.roll_up()
    assert set(company.rows("availability", "europe")) == set(company.rows("availability", "america")) == {(DAY, "")}
    moved = [one | ({"parent": "america"} if one["id"] == "wallet" else {}) for one in GROUP]
    company.now(settings(moved))
    company.roll_up()
    assert company.rows("availability", "europe") == {}
    america = company.rows("availability", "america", "numerator", "denominator")
    assert america == {(DAY, ""): ((172_800 - 864) * DAY_UNIT, 172_800 * DAY_UNIT)}
    assert company.rows("availability", "group", "numerator", "denominator") == america
