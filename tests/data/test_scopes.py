"""The tree as of a day, and the sources' own names."""

from __future__ import annotations

from datetime import date

import pytest

from data.scopes import Alias, Resolver, Scope, Tree

MOVED = date(2026, 1, 1)
BEFORE, AFTER = date(2025, 12, 31), MOVED
TREE = Tree(
    (
        Scope("group", "portfolio", "Group"),
        Scope("europe", "entity", "Europe", "group", currency="EUR"),
        Scope("america", "entity", "America", "group", currency="USD"),
        Scope("wallet", "service", "Wallet", "europe", tier=1, valid_to=MOVED),
        Scope("wallet", "service", "Wallet", "america", tier=1, valid_from=MOVED),
        Scope("ledger", "service", "Ledger", "europe", currency="GBP"),
        Scope("old", "service", "Old", "europe", valid_to=MOVED),
    )
)


def test_a_scope_lies_below_the_parent_of_the_day() -> None:
    assert TREE.path("wallet", BEFORE) == ("wallet", "europe", "group")
    assert TREE.path("wallet", AFTER) == ("wallet", "america", "group")
    assert [one.id for one in TREE.children("europe", BEFORE)] == ["ledger", "old", "wallet"]
    assert [one.id for one in TREE.children("europe", AFTER)] == ["ledger"]
    assert [one.id for one in TREE.below("group", AFTER, "service")] == ["wallet", "ledger"]
    assert TREE.ever_below("europe") == {"europe", "wallet", "ledger", "old"}


def test_the_reporting_currency_is_the_nearest_one_above() -> None:
    assert TREE.currency("wallet", BEFORE, "CHF") == "EUR"
    assert TREE.currency("wallet", AFTER, "CHF") == "USD"
    assert TREE.currency("ledger", AFTER, "CHF") == "GBP"
    assert TREE.currency("group", AFTER, "CHF") == "CHF"


def test_every_scope_comes_before_each_of_its_parents() -> None:
    order = TREE.bottom_up()
    for row in TREE.rows:
        assert row.parent is None or order.index(row.id) < order.index(row.parent)


def test_a_scope_below_itself_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="lies below itself: correct its parent"):
        Tree((Scope("a", "service", "A", "b"), Scope("b", "service", "B", "a"))).bottom_up()


def test_a_name_means_its_alias_of_the_day_else_the_scope_of_the_same_id_and_never_a_guess() -> None:
    resolver = Resolver(
        TREE,
        [
            Alias("github", "repository", "acme/wallet", "wallet", valid_to=MOVED),
            Alias("github", "repository", "acme/wallet", "ledger", valid_from=MOVED),
            Alias("github", "repository", "ledger", "wallet"),
            Alias("github", "repository", "acme/gone", "no longer there"),
        ],
    )
    assert resolver.scope("github", "repository", "acme/wallet", BEFORE) == "wallet"
    assert resolver.scope("github", "repository", "acme/wallet", AFTER) == "ledger"
    assert resolver.scope("github", "repository", "ledger", AFTER) == "wallet"
    assert resolver.scope("github", "service", "ledger", AFTER) == "ledger"
    assert resolver.scope("github", "repository", "Ledger", AFTER) is None
    assert resolver.scope("github", "repository", "acme/ledger", AFTER) is None
    assert resolver.scope("github", "repository", "acme/gone", AFTER) is None
