"""A budget version is approved by somebody else, once its rules allow, and then it never changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from data.access import Actor, NotPermitted, Role, local_actor
from data.finance.budget import fingerprint
from data.finance.budget_edits import HEAD, Change
from data.finance.budget_lines import without
from data.warehouse.budget_drafts import edits, keep, merged, replace_all, undo
from data.warehouse.budget_rows import around
from data.warehouse.budget_states import approve, ask, decide, experiments, give_back, lock, submit
from data.warehouse.budgets import BudgetRefused, new_version
from data.warehouse.engine import reading
from tests.data.finance.budgets import AUDIT, BASE, upside
from tests.data.warehouse.budget_world import APPROVER, EDITOR, OTHER, VIEWER, Office
from tests.data.warehouse.world import Company

NAME = "fy2026-base-1"
ON_ONE = pytest.mark.parametrize("migrated_warehouse_url", ["sqlite"], indirect=True)
"""Rules that no database has a part in are asked on one."""


@pytest.fixture
def office(company: Company) -> Office:
    made = Office(company)
    made.make()
    return made


def saves(office: Office, name: str = NAME) -> int:
    return office.look(name).head.saves


def submitted(office: Office, name: str = NAME, actor: Actor = EDITOR) -> None:
    submit(*office.world, actor, name, saves(office, name))


def approved(office: Office, name: str = NAME) -> None:
    submitted(office, name)
    approve(*office.world, APPROVER, name, saves(office, name), "within the frame")


def test_a_version_goes_from_draft_to_locked_and_says_who_did_what(office: Office) -> None:
    approved(office)
    lock(*office.world, APPROVER, NAME, saves(office), "the baseline")
    head = office.look().head
    assert (head.status, head.submitted_by, head.approved_by, head.locked_by) == (
        "locked", "web:erin", "web:ada", "web:ada",
    )  # fmt: skip
    assert head.approved_hash == fingerprint(office.look().scenario)
    assert [(who, act, why) for who, act, _, _, _, why in office.log()[1:]] == [
        ("web:erin", "submitted", "ready for approval"),
        ("web:ada", "approved", "within the frame"),
        ("web:ada", "locked", "the baseline"),
    ]


@ON_ONE
def test_nobody_approves_what_they_submitted_however_they_came_in(office: Office) -> None:
    both = frozenset({Role.FINANCE_EDITOR, Role.APPROVER})
    submitted(office, actor=Actor("web:erin", both))
    for same in (Actor("web:erin", both), Actor("cli:erin", both), local_actor("erin")):
        with pytest.raises(BudgetRefused, match="somebody else has to approve"):
            approve(*office.world, same, NAME, saves(office), "fine")
    assert office.look().head.status == "submitted"
    approve(*office.world, local_actor("boss"), NAME, saves(office), "fine")


@ON_ONE
def test_each_act_needs_its_permission(office: Office) -> None:
    for actor in (VIEWER, APPROVER):
        with pytest.raises(NotPermitted):
            submit(*office.world, actor, NAME, saves(office))
    submitted(office)
    for actor in (VIEWER, OTHER):
        for act in (approve, give_back):
            with pytest.raises(NotPermitted):
                act(*office.world, actor, NAME, saves(office), "why")
    approve(*office.world, APPROVER, NAME, saves(office), "why")
    with pytest.raises(NotPermitted):
        lock(*office.world, OTHER, NAME, saves(office), "why")


def test_what_was_submitted_waits_unchanged_until_it_is_returned_with_a_comment(office: Office) -> None:
    submitted(office)
    with pytest.raises(BudgetRefused, match="is submitted and cannot be changed: return it first"):
        office.save(office.look(), Change("cloud", "m01", "700", "1"))
    with pytest.raises(BudgetRefused, match="Give a reason"):
        give_back(*office.world, APPROVER, NAME, saves(office), " ")
    give_back(*office.world, APPROVER, NAME, saves(office), "too much cloud")
    head = office.look().head
    assert (head.status, head.returned_because, head.submitted_by) == ("draft", "too much cloud", None)
    office.save(office.look(), Change("cloud", "m01", "700", "600"))


def test_what_is_approved_is_changed_by_a_new_version_which_supersedes_it(office: Office) -> None:
    approved(office)
    with pytest.raises(BudgetRefused, match="make a new version of it"):
        office.save(office.look(), Change("cloud", "m01", "700", "1"))
    second = new_version(*office.world, EDITOR, NAME, "cloud got cheaper")
    assert second == "fy2026-base-2"
    office.save(office.look(second), Change("cloud", "m01", "700", "600"))
    approved(office, second)
    assert (office.look(NAME).head.status, office.look(second).head.status) == ("superseded", "approved")
    assert office.look("fy2026-base").head.id == second
    assert office.look(NAME).scenario.line("cloud").months[0] == 700


@ON_ONE
@pytest.mark.parametrize(
    ("field", "new", "said"),
    [("m01", "701", "BR-5"), ("annual", "601", "BR-5"), ("currency", "GBP", "GBP has no budget rate")],
)
def test_sums_and_currencies_that_are_wrong_block(office: Office, field: str, new: str, said: str) -> None:
    old = {"m01": "50", "annual": "600", "currency": "EUR"}[field]
    office.save(office.look(), Change("legacy", field, old, new))
    with pytest.raises(BudgetRefused, match=said):
        submitted(office)
    assert office.look().head.status == "draft"


@ON_ONE
def test_a_year_without_audit_is_not_handed_in(company: Company) -> None:
    office = Office(company)
    office.make(without(BASE, AUDIT.id))
    with pytest.raises(BudgetRefused, match="BR-2: There is no line for audit and compliance in Q1, Q2, Q3, Q4"):
        submitted(office)


@ON_ONE
def test_a_new_version_that_lost_its_reason_is_not_handed_in(office: Office) -> None:
    approved(office)
    second = new_version(*office.world, EDITOR, NAME, "because")
    office.save(office.look(second), Change(HEAD, "reason", "because", ""))
    with pytest.raises(BudgetRefused, match="BR-8"):
        submitted(office, second)


@ON_ONE
def test_who_decides_has_looked_at_the_newest(office: Office) -> None:
    seen = saves(office)
    office.save(office.look(), Change("cloud", "m01", "700", "600"), actor=OTHER)
    with pytest.raises(BudgetRefused, match="changed after you opened it"):
        submit(*office.world, EDITOR, NAME, seen)


@ON_ONE
def test_siblings_are_the_newest_of_the_year(office: Office) -> None:
    office.make(replace(upside(), series="fy2026-upside"))
    with reading(office.company.engine) as connection:
        found = around(connection, office.company.settings, EDITOR, office.look())
    assert [one.id for one in found.siblings] == ["fy2026-upside-1"]


def test_a_small_experiment_approves_itself_and_says_so(office: Office) -> None:
    approved(office)
    made = ask(*office.world, EDITOR, NAME, ("Passkeys", Decimal("40.00")), "worth a try")
    assert (made.status, made.decided_by) == ("approved by itself", None)
    who, act, _, _, new, why = office.log()[-1]
    assert (who, act, new["amount"]) == ("web:erin", "approved by itself", "40.00")
    assert why == "worth a try (within the limit of 40.00 EUR)"


def test_a_larger_one_waits_for_somebody_else_and_the_pool_is_never_overdrawn(office: Office) -> None:
    with pytest.raises(BudgetRefused, match="draw on an approved budget"):
        ask(*office.world, EDITOR, NAME, ("Passkeys", Decimal(1)), "try")
    approved(office)
    made = ask(*office.world, EDITOR, NAME, ("Chains", Decimal("100.00")), "try")
    assert made.status == "waiting"
    with pytest.raises(BudgetRefused, match=r"The pool holds 20\.00 EUR more"):
        ask(*office.world, OTHER, NAME, ("More", Decimal("30.00")), "try")
    with pytest.raises(NotPermitted):
        decide(*office.world, OTHER, made.id, True, "go")
    with pytest.raises(BudgetRefused, match="somebody else has to decide"):
        decide(*office.world, replace(APPROVER, name="cli:erin"), made.id, True, "go")
    decide(*office.world, APPROVER, made.id, False, "not now")
    with pytest.raises(BudgetRefused, match="refused already"):
        decide(*office.world, APPROVER, made.id, True, "go")
    ask(*office.world, OTHER, NAME, ("More", Decimal("30.00")), "try")
    with reading(office.company.engine) as connection:
        found = experiments(connection, office.company.settings, VIEWER, NAME)
    assert [(one.name, one.status) for one in found] == [("Chains", "refused"), ("More", "approved by itself")]


STEP = ((Change("cloud", "m01", "700", "710"),), {"cloud": 1, "hub": 1})


def test_unsaved_edits_are_kept_per_person_and_undone_one_by_one(office: Office) -> None:
    keep(*office.world, EDITOR, NAME, "typed", STEP)
    keep(*office.world, EDITOR, NAME, "typed", ((Change("cloud", "m01", "710", "720"),), {"cloud": 1}))
    with reading(office.company.engine) as connection:
        mine, again = edits(connection, EDITOR, NAME), edits(connection, replace(EDITOR, name="cli:erin"), NAME)
        assert edits(connection, OTHER, NAME) == ()
    assert mine == again
    assert merged(mine) == ((Change("cloud", "m01", "700", "720"),), {"cloud": 1})
    assert merged(undo(*office.world, EDITOR, NAME)) == ((Change("cloud", "m01", "700", "710"),), {"cloud": 1})
    assert undo(*office.world, EDITOR, NAME) == ()
    assert undo(*office.world, EDITOR, NAME) == ()
    for _ in range(2):
        keep(*office.world, EDITOR, NAME, "typed", STEP)
    assert undo(*office.world, EDITOR, NAME, 3) == ()


def test_saving_takes_the_saved_edits_away_and_no_later_ones(office: Office) -> None:
    first = keep(*office.world, EDITOR, NAME, "typed", STEP)
    keep(*office.world, EDITOR, NAME, "typed", ((Change("hub", "m01", "200", "1"),), {"hub": 1}))
    keep(*office.world, OTHER, NAME, "typed", STEP)
    office.save(office.look(), *STEP[0], through=first)
    with reading(office.company.engine) as connection:
        assert [one.changes[0].row for one in edits(connection, EDITOR, NAME)] == ["hub"]
        assert len(edits(connection, OTHER, NAME)) == 1


@ON_ONE
def test_a_cell_brought_back_is_no_change_and_all_can_be_dropped(office: Office) -> None:
    keep(*office.world, EDITOR, NAME, "typed", STEP)
    keep(*office.world, EDITOR, NAME, "typed", ((Change("cloud", "m01", "710", "700"),), {"cloud": 1}))
    with reading(office.company.engine) as connection:
        assert merged(edits(connection, EDITOR, NAME))[0] == ()
    replace_all(*office.world, EDITOR, NAME, "dropped", ((), {}))
    with reading(office.company.engine) as connection:
        assert edits(connection, EDITOR, NAME) == ()


@ON_ONE
def test_edits_need_the_permission_to_edit(office: Office) -> None:
    for act in (lambda: keep(*office.world, VIEWER, NAME, "typed", STEP), lambda: undo(*office.world, VIEWER, NAME)):
        with pytest.raises(NotPermitted):
            act()
