"""Who a signed-in person is, what they may, and when their sign-in is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from data.access import Actor, Role
from data.sign_in import SignedOut, SignIn, actor_of, person_at_command_line, session_of

NOON = datetime(2026, 11, 9, 12, tzinfo=UTC)
RULES: dict[str, Any] = {
    "metadata_url": "https://login.example/.well-known/openid-configuration",
    "client_id": "plumbline",
    "address": "https://plumbline.example",
    "person": [{"name": "Maria@Example.com", "roles": ["finance editor"], "entities": ["uk"], "system_user": "maria"}],
    "group": [
        {"name": "auditors", "roles": ["auditor"]},
        {"name": "board", "roles": ["viewer", "approver"]},
        {"name": "uk-staff", "roles": ["viewer"], "entities": ["uk"]},
    ],
}


def rules(**other: Any) -> SignIn:
    return SignIn.model_validate(RULES | other)


def claims(email: str = "otto@example.com", **other: Any) -> dict[str, Any]:
    told = {"iss": "https://login.example", "sub": "7", "aud": "plumbline", "nonce": "n1", "email": email}
    return told | {"iat": int(NOON.timestamp()), "email_verified": True} | other


def test_a_person_of_the_list_has_the_roles_of_the_list_whatever_their_groups_say() -> None:
    maria = actor_of(rules(), claims("MARIA@example.com", groups=["board"]), NOON)
    assert maria == Actor("oidc:maria@example.com", frozenset({Role.FINANCE_EDITOR}), frozenset({"uk"}))


def test_who_is_not_listed_has_the_roles_of_their_groups_together() -> None:
    otto = actor_of(rules(), claims(groups=["auditors", "board", "choir"]), NOON)
    assert otto == Actor("oidc:otto@example.com", frozenset({Role.AUDITOR, Role.VIEWER, Role.APPROVER}))
    assert actor_of(rules(), claims(groups="uk-staff"), NOON).entities == {"uk"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "without a role": (claims(groups=["choir"]), "otto@example.com has no role here: ask an admin for one."),
    "without groups": (claims(), "otto@example.com has no role here"),
    "with groups of different reach": (
        claims(groups=["auditors", "uk-staff"]),
        "Your groups (auditors, uk-staff) are limited to different entities: ask an admin for",
    ),
    "with an address nobody verified": (claims(groups=["board"], email_verified=False), "has not verified the address"),
    "without a name": (claims(email="", groups=["board"]), "told no 'email' of you: an admin can ask"),
    "without a time": (claims(iat=None, groups=["board"]), "does not say when it was made"),
    "of the future": (
        claims(iat=(NOON + timedelta(minutes=6)).timestamp(), groups=["board"]),
        "The sign-in is of a later time than now",
    ),
}


@pytest.mark.parametrize(("told", "said"), REFUSED.values(), ids=REFUSED)
def test_nobody_comes_in(told: dict[str, Any], said: str) -> None:
    with pytest.raises(SignedOut) as raised:
        actor_of(rules(), told, NOON)
    assert said in str(raised.value)


@pytest.mark.parametrize(("hours", "least"), [(8, 8), (0.5, 0.5)])
def test_a_sign_in_ends_after_its_hours_to_the_second(hours: float, least: float) -> None:
    told, limit = claims(groups=["board"]), timedelta(hours=least)
    actor_of(rules(hours=hours), told, NOON + limit - timedelta(seconds=1))
    with pytest.raises(SignedOut, match=f"more than {least:g} hours ago: sign in again"):
        actor_of(rules(hours=hours), told, NOON + limit)


def test_a_role_that_is_taken_away_ends_the_sign_in_at_once() -> None:
    told = claims("maria@example.com")
    actor_of(rules(), told, NOON)
    with pytest.raises(SignedOut, match="has no role here"):
        actor_of(rules(person=[]), told, NOON)


def test_each_sign_in_is_a_session_of_its_own_and_a_copied_cookie_is_the_same_one() -> None:
    first, copy, second = (session_of(rules(), claims(nonce=one)) for one in ("n1", "n1", "n2"))
    assert (first, first.person, first.since) == (copy, "otto@example.com", NOON)
    assert first.id != second.id


def test_one_person_is_not_two_by_coming_in_at_the_command_line() -> None:
    assert person_at_command_line(rules(), "maria") == "maria@example.com"
    assert (person_at_command_line(rules(), "otto"), person_at_command_line(None, "maria")) == ("otto", "maria")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "http": ({"metadata_url": "http://login.example/x"}, "must start with https://"),
    "http address": ({"address": "http://plumbline.example"}, "must start with https://"),
    "no url": ({"metadata_url": "login.example"}, "must start with https://"),
    "nobody": ({"person": [], "group": []}, "nobody could sign in: add a [[sign_in.person]] or a [[sign_in.group]]"),
    "twice": ({"group": [RULES["group"][0]] * 2}, "group 'auditors' is declared twice"),
    "too long": ({"hours": 9}, "less than or equal to 8"),
    "no such role": ({"group": [{"name": "x", "roles": ["king"]}]}, "Input should be 'viewer'"),
    "no entity": ({"group": [{"name": "x", "roles": ["viewer"], "entities": []}]}, "at least 1"),
}


@pytest.mark.parametrize(("other", "said"), WRONG.values(), ids=WRONG)
def test_settings_that_would_let_in_strangers_or_nobody_are_refused(other: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as raised:
        rules(**other)
    assert said in str(raised.value)


def test_a_provider_on_this_machine_may_speak_plainly() -> None:
    local = rules(metadata_url="http://127.0.0.1:9/x", address="http://localhost:8501/")
    assert local.redirect == "http://localhost:8501/oauth2callback"
