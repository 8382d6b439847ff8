"""Who may do what, and the clock that says when."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from data.access import Actor, NotPermitted, Permission, Role, command_line_actor, local_actor
from data.clock import clock, fix_clock, today


def test_each_role_may_what_it_is_for_and_no_more() -> None:
    granted = {role: {one for one in Permission if Actor("x", frozenset({role})).may(one)} for role in Role}
    assert granted == {
        Role.VIEWER: {Permission.READ},
        Role.ANALYST: {Permission.READ, Permission.MAP_KEYS, Permission.EDIT_CASES, Permission.CORRECT},
        Role.FINANCE_EDITOR: {
            *(Permission.READ, Permission.EDIT_TARGETS, Permission.EDIT_CASES, Permission.EDIT_BUDGETS),
            *(Permission.CORRECT, Permission.RELEASE),
        },
        Role.APPROVER: {Permission.READ, Permission.APPROVE, Permission.RELEASE, Permission.READ_LOG},
        Role.ADMIN: set(Permission),
        Role.AUDITOR: {Permission.READ, Permission.READ_LOG},
    }


def test_a_role_limited_to_an_entity_holds_for_what_lies_below_it_and_nowhere_else() -> None:
    eve = Actor("oidc:eve", frozenset({Role.FINANCE_EDITOR}), frozenset({"entity-eu"}))
    assert eve.may(Permission.EDIT_BUDGETS, ("payments", "unit-a", "entity-eu", "group"))
    assert not eve.may(Permission.EDIT_BUDGETS, ("cards", "entity-us", "group"))
    assert not eve.may(Permission.READ)
    assert not eve.may(Permission.APPROVE, ("entity-eu", "group"))
    with pytest.raises(NotPermitted) as raised:
        eve.require(Permission.EDIT_BUDGETS, ("entity-us", "group"))
    assert str(raised.value) == (
        "oidc:eve (finance editor) may edit budgets for entity-eu only: ask an admin to widen that, "
        "or choose a scope within it."
    )


def test_a_person_is_the_same_whether_at_the_command_line_or_in_the_app() -> None:
    assert {command_line_actor("maria").person, local_actor("maria").person, Actor("maria", frozenset()).person} == {
        "maria"
    }


def test_a_refusal_names_the_person_their_roles_and_the_fix() -> None:
    maria = Actor("maria", frozenset({Role.VIEWER, Role.AUDITOR}))
    maria.require(Permission.READ)
    with pytest.raises(NotPermitted) as raised:
        maria.require(Permission.EDIT_TARGETS)
    assert str(raised.value) == "maria (auditor, viewer) may not edit targets: ask an admin for a role that may."
    with pytest.raises(NotPermitted, match=r"nobody \(no role\) may not read"):
        Actor("nobody", frozenset()).require(Permission.READ)


def test_the_command_line_and_the_local_app_act_under_the_system_users_name() -> None:
    assert (command_line_actor("maria").name, local_actor("maria").name) == ("cli:maria", "local:maria")


def test_the_clock_runs_in_utc_until_it_is_held() -> None:
    assert abs(clock() - datetime.now(UTC)) < timedelta(minutes=1)
    fix_clock(datetime(2026, 11, 9, 1, tzinfo=timezone(timedelta(hours=2))))
    try:
        assert (clock(), clock().tzinfo) == (datetime(2026, 11, 8, 23, tzinfo=UTC), UTC)
        assert today(ZoneInfo("Europe/Berlin")) == date(2026, 11, 9)
        with pytest.raises(ValueError, match="needs an instant with its time zone"):
            fix_clock(datetime(2026, 11, 9))  # noqa: DTZ001
    finally:
        fix_clock(None)
