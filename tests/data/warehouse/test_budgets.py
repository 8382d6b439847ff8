"""Budgets are saved whole or not at all, by those who may, and nobody's work is lost to somebody who was faster."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest

from data.access import Actor, NotPermitted, Role
from data.finance.budget import BadBudget, content
from data.finance.budget_edits import ADDED, HEAD, REMOVED, BadCell, Change, cells, changes
from data.finance.budget_lines import filled, with_copy, without
from data.warehouse.budget_rows import comments, scenarios
from data.warehouse.budgets import BudgetRefused, Clash, Conflict, Replayed, comment, create, new_version
from data.warehouse.engine import WarehouseError, reading, writing
from tests.data.finance.budgets import BASE, CLOUD
from tests.data.warehouse.budget_world import APPROVER, EDITOR, OTHER, VIEWER, Office
from tests.data.warehouse.world import Company

ON_ONE = pytest.mark.parametrize("migrated_warehouse_url", ["sqlite"], indirect=True)
"""Rules that no database has a part in are asked on one."""


@pytest.fixture
def office(company: Company) -> Office:
    made = Office(company)
    made.make()
    return made


def cell(row: str, field: str, old: str, new: str) -> Change:
    return Change(row, field, old, new)


JANUARY = cell("cloud", "m01", "700", "710.5")


def test_a_stored_scenario_comes_back_as_it_was(office: Office) -> None:
    found = office.look("fy2026-base-1")
    assert found.scenario == replace(BASE, series="fy2026-base")
    assert found.head.status == "draft"
    assert set(found.revisions) == {HEAD, "@calls", *(line.id for line in BASE.lines)}
    assert set(found.revisions.values()) == {1}


def test_a_save_changes_its_cells_and_logs_each_with_what_it_was_and_why(office: Office) -> None:
    after = office.save(office.look(), JANUARY, cell("cloud", "note", "", "dearer"), cell("@calls", "m01", "100", "99"))
    assert after == office.look()
    assert after.scenario.line("cloud").months[0] == Decimal("710.5")
    assert [after.revisions[row] for row in ("cloud", "@calls", "hub", HEAD)] == [2, 2, 1, 1]
    assert office.log()[1:] == [
        ("web:erin", "changed", "budget fy2026-base-1 line cloud", {"m01": "700", "note": ""},
         {"m01": "710.5", "note": "dearer"}, "new prices"),
        ("web:erin", "changed", "budget fy2026-base-1 driver calls", {"m01": "100"}, {"m01": "99"}, "new prices"),
    ]  # fmt: skip


def test_lines_come_and_go_at_their_place_and_the_log_alone_tells_the_result(office: Office) -> None:
    before = office.look()
    wanted = without(with_copy(with_copy(before.scenario, "cloud", "Second"), "cloud", "Third"), "audit")
    after = office.save(before, *changes(before.scenario, wanted))
    assert after.scenario == wanted == office.look().scenario
    twice = office.look()
    changed = replace(twice.scenario, pool_limit=None, rates=(*twice.scenario.rates, ("GBP", Decimal("1.17"))))
    office.save(twice, *changes(twice.scenario, changed))
    told = office.replayed("fy2026-base-1")
    assert cells(told) == cells(office.look().scenario)


def test_who_was_slower_loses_nothing_and_sees_both_values_of_each_cell(office: Office) -> None:
    mine, theirs = office.look(), office.look()
    office.save(theirs, cell("cloud", "m01", "700", "650"), cell("cloud", "m03", "700", "640"), actor=OTHER)
    with pytest.raises(Conflict) as raised:
        office.save(mine, JANUARY, cell("cloud", "m02", "700", "705"), cell("hub", "m01", "200", "1"))
    conflict = raised.value
    assert conflict.clashes == (
        Clash("cloud", "m01", "700", "650", "710.5"),
        Clash("cloud", "m02", "700", "700", "705"),
    )
    assert [one.differs for one in conflict.clashes] == [True, False]
    assert f"{conflict}".startswith("web:otto saved a row that you changed too: nothing of yours was saved")
    assert office.look().scenario.line("hub").months[0] == 200
    picked = replace(mine, revisions=mine.revisions | {"cloud": conflict.revisions["cloud"]})
    after = office.save(picked, cell("cloud", "m02", "700", "705"), cell("hub", "m01", "200", "1"))
    cloud = after.scenario.line("cloud").months
    assert cloud[:3] == (650, 705, 640)


def test_a_line_that_somebody_removed_is_told_apart(office: Office) -> None:
    mine = office.look()
    office.save(office.look(), cell("pilot", REMOVED, "Digital identity", ""), actor=OTHER)
    with pytest.raises(Conflict) as raised:
        office.save(mine, cell("pilot", "m01", "20", "21"))
    assert raised.value.clashes == (Clash("pilot", "m01", "20", REMOVED, "21"),)
    other = office.look()
    office.save(other, cell("pool", "m01", "10", "11"), actor=OTHER)
    with pytest.raises(Conflict) as removed:
        office.save(other, cell("pool", REMOVED, "Experiments", ""))
    assert removed.value.clashes == (Clash("pool", REMOVED, "Experiments", "changed", REMOVED),)


def test_two_people_may_add_a_line_of_the_same_name(office: Office) -> None:
    mine, theirs = office.look(), office.look()
    office.save(theirs, *changes(theirs.scenario, with_copy(theirs.scenario, "cloud", "Reserve")), actor=OTHER)
    after = office.save(mine, *changes(mine.scenario, with_copy(mine.scenario, "hub", "Reserve")))
    assert [(line.id, line.vendor) for line in after.scenario.lines if line.name == "Reserve"] == [
        ("reserve-2", "Flowmere"), ("reserve", "Nimbra"),
    ]  # fmt: skip


def test_rows_that_others_changed_do_not_stop_a_save_of_other_rows(office: Office) -> None:
    mine = office.look()
    office.save(office.look(), cell("hub", "m01", "200", "201"), actor=OTHER)
    after = office.save(mine, JANUARY)
    assert (after.scenario.line("hub").months[0], after.scenario.line("cloud").months[0]) == (201, Decimal("710.5"))


def test_the_same_save_a_second_time_is_refused(office: Office) -> None:
    office.save(office.look(), JANUARY, id="once")
    with pytest.raises(Replayed, match="saved already"):
        office.save(office.look(), cell("cloud", "m01", "710.5", "1"), id="once")
    assert office.look().scenario.line("cloud").months[0] == Decimal("710.5")


@ON_ONE
@pytest.mark.parametrize(
    ("edits", "more", "said"),
    [
        ((cell("cloud", "m01", "700", "many"),), {}, "'many' is no number"),
        ((JANUARY,), {"why": " "}, "Give a reason"),
        ((), {}, "Nothing is changed"),
        ((JANUARY,), {"id": ""}, "needs an id of its own"),
    ],
)
def test_a_save_that_cannot_be_changes_nothing(
    office: Office, edits: tuple[Change, ...], more: dict, said: str
) -> None:
    before, log = office.look(), office.log()
    with pytest.raises(BadBudget, match=said):
        office.save(before, cell("hub", "m01", "200", "5"), *edits, **more) if edits else office.save(before, **more)
    assert (office.look(), office.log()) == (before, log)


@ON_ONE
def test_a_bad_cell_is_named(office: Office) -> None:
    with pytest.raises(BadCell) as raised:
        office.save(office.look(), cell("cloud", "currency", "EUR", "euro"))
    assert (raised.value.row, raised.value.field) == ("cloud", "currency")


@ON_ONE
@pytest.mark.parametrize("actor", [VIEWER, APPROVER, Actor("x", frozenset())])
def test_only_an_editor_of_budgets_makes_and_saves(office: Office, actor: Actor) -> None:
    before = office.look()
    with pytest.raises(NotPermitted, match="may not"):
        office.save(before, JANUARY, actor=actor)
    with pytest.raises(NotPermitted):
        create(*office.world, actor, replace(BASE, series="other"), "why")
    with pytest.raises(NotPermitted):
        new_version(*office.world, actor, "fy2026-base", "why", name="Other")
    assert office.look() == before


@ON_ONE
def test_a_role_for_one_entity_reaches_its_budgets_and_no_others(office: Office) -> None:
    create(*office.world, EDITOR, replace(BASE, series="europe", scope="europe"), "why")
    local = Actor("web:lea", frozenset({Role.FINANCE_EDITOR}), frozenset({"europe"}))
    office.save(office.look("europe", local), JANUARY, actor=local)
    with pytest.raises(NotPermitted):
        office.look("fy2026-base", local)
    with reading(office.company.engine) as connection:
        heads = scenarios(connection, office.company.settings, local)
    assert [one.id for one in heads] == ["europe-1"]
    with pytest.raises(NotPermitted):
        office.look("europe", Actor("web:sam", frozenset({Role.FINANCE_EDITOR}), frozenset({"america"})))


def test_a_copy_equals_its_source_and_a_version_keeps_its_reason(office: Office) -> None:
    name = new_version(*office.world, OTHER, "fy2026-base", "what if", name="FY2026 upside", kind=BASE.kind)
    copy = office.look(name)
    assert name == "fy2026-upside-1"
    assert content(copy.scenario) == content(office.look().scenario)
    assert (copy.head.parent, copy.head.reason, copy.head.created_by) == ("fy2026-base-1", "what if", "web:otto")
    with pytest.raises(BudgetRefused, match="not approved yet"):
        new_version(*office.world, EDITOR, "fy2026-base", "again")
    with pytest.raises(BudgetRefused, match="Give a reason"):
        new_version(*office.world, EDITOR, "fy2026-base", " ", name="x")


@ON_ONE
def test_a_series_is_made_once_for_a_scope_that_exists(office: Office) -> None:
    with pytest.raises(BudgetRefused, match="already"):
        office.make()
    with pytest.raises(BudgetRefused, match="There is no scope 'mars'"):
        office.make(replace(BASE, series="new", scope="mars"))
    with pytest.raises(BadBudget, match="There is no scenario 'none'; there are: fy2026-base-1"):
        office.look("none")


def test_comments_stay_with_who_and_when(office: Office) -> None:
    comment(*office.world, EDITOR, "fy2026-base-1", "cloud", "Is this\nenough?")
    comment(*office.world, APPROVER, "fy2026-base-1", "", "Looks fine")
    with pytest.raises(NotPermitted):
        comment(*office.world, VIEWER, "fy2026-base-1", "", "hello")
    with pytest.raises(BadBudget, match="no line"):
        comment(*office.world, EDITOR, "fy2026-base-1", "none", "hello")
    with reading(office.company.engine) as connection:
        found = comments(connection, office.company.settings, VIEWER, "fy2026-base-1")
    assert [(one.line, one.actor, one.text) for one in found] == [
        ("cloud", "web:erin", "Is this enough?"), ("", "web:ada", "Looks fine"),
    ]  # fmt: skip


def test_ten_at_once_all_get_their_turn_and_the_log_tells_the_end(office: Office) -> None:
    """Each raises the same cell by one: who is slower looks again. Ten times one is ten."""
    start = Barrier(5)

    def raise_by_one(number: int) -> None:
        start.wait()
        for _ in range(2):
            while True:
                seen = office.look()
                now = seen.scenario.line("hub").months[0]
                try:
                    office.save(
                        seen, cell("hub", "m01", f"{now}", f"{now + 1}"), actor=replace(EDITOR, name=f"web:{number}")
                    )
                    break
                except Conflict:
                    continue

    with ThreadPoolExecutor(5) as people:
        list(people.map(raise_by_one, range(5)))
    assert office.look().scenario.line("hub").months[0] == 210
    told = [(old["m01"], new["m01"]) for _, _, _, old, new, _ in office.log()[1:]]
    assert told == [(str(at), str(at + 1)) for at in range(200, 210)]
    assert cells(office.replayed("fy2026-base-1")) == cells(office.look().scenario)


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE budget_line SET m01 = '1' WHERE id = 'cloud'",
        "DELETE FROM budget_line WHERE id = 'cloud'",
        "UPDATE budget_driver SET m01 = '1'",
        "DELETE FROM budget_driver",
        "UPDATE budget_scenario SET name = 'x'",
        "UPDATE budget_scenario SET rates = '{}'",
        "DELETE FROM budget_scenario",
        "UPDATE budget_line SET scenario = 'fy2026-base-1' WHERE scenario = 'free-1'",
    ],
)
def test_the_database_itself_refuses_to_change_what_is_no_draft(office: Office, act: str) -> None:
    office.make(replace(BASE, series="free"))
    for status in ("submitted", "approved"):
        with writing(office.company.engine) as connection:
            to = f"UPDATE budget_scenario SET status = '{status}' WHERE id = 'fy2026-base-1'"
            connection.exec_driver_sql(to)
        before = office.look("fy2026-base")
        with (
            pytest.raises(WarehouseError, match="an approved budget never changes"),
            writing(office.company.engine) as c,
        ):
            c.exec_driver_sql(act)
        assert office.look("fy2026-base") == before


@pytest.mark.parametrize("status", ["draft", "submitted"])
def test_the_database_refuses_to_take_an_approval_back(office: Office, status: str) -> None:
    with writing(office.company.engine) as connection:
        connection.exec_driver_sql("UPDATE budget_scenario SET status = 'approved', approved_hash = 'h'")
    for act in (f"status = '{status}'", "approved_hash = 'other'", "approved_by = 'me'"):
        with pytest.raises(WarehouseError, match="never changes"), writing(office.company.engine) as connection:
            connection.exec_driver_sql(f"UPDATE budget_scenario SET {act}")


def test_a_draft_line_added_from_nothing_has_what_a_line_needs(office: Office) -> None:
    seen = office.look()
    after = office.save(
        seen, cell("fresh", ADDED, "", "cloud"), cell("fresh", "name", "", "Fresh"), cell("fresh", "m02", "", "5")
    )
    fresh = after.scenario.lines[2]
    assert (fresh.name, fresh.currency, fresh.months[:3]) == ("Fresh", "EUR", (0, 5, 0))
    assert filled(CLOUD, 0, 0, Decimal(1)).id == "cloud"
