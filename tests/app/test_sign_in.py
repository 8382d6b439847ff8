"""Who reads is asked at each run and each write; what signing in takes comes out of the environment alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from app import load, sign_in
from app.serve import behind_its_door, secrets_of
from data.access import Actor, Role
from data.settings import ROOT, ConfigurationError, Settings
from data.sign_in import SignedOut, SignIn
from data.warehouse.sign_outs import sign_out_of
from tests.app.world import NOW, World

Enter = Callable[[World], None]
SIGN_IN = """
[sign_in]
metadata_url = "https://login.example/.well-known/openid-configuration"
client_id = "plumbline"
address = "https://plumbline.example"
[[sign_in.person]]
name = "otto@example.com"
roles = ["approver"]
entities = ["europe"]
"""
CLAIMS: dict[str, Any] = {
    "is_logged_in": True, "iss": "https://login.example", "sub": "7", "aud": "plumbline", "nonce": "n",
    "email": "otto@example.com", "iat": NOW.timestamp(),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_caches() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def guarded(world: World, inside: Enter) -> World:
    """The company with sign-in configured."""
    told = world.settings_file.read_text(encoding="utf-8")
    world.settings_file.write_text(told + SIGN_IN, encoding="utf-8")
    inside(world)
    return world


@pytest.fixture
def engine(guarded: World) -> Iterator[Engine]:
    made = guarded.engine()
    yield made
    made.dispose()


@pytest.fixture
def claim(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """claim(iat=…): the cookie of this session says so."""
    return lambda **other: monkeypatch.setattr(sign_in, "_claims", lambda: CLAIMS | other)


def test_a_signed_in_person_acts_under_their_own_name(guarded: World, claim: Callable[..., None]) -> None:
    claim()
    assert load.actor() == Actor("oidc:otto@example.com", frozenset({Role.APPROVER}), frozenset({"europe"}))


def test_a_sign_in_ends_by_time_by_sign_out_and_with_its_role(
    guarded: World, engine: Engine, claim: Callable[..., None]
) -> None:
    claim(iat=(NOW - timedelta(hours=8)).timestamp())
    with pytest.raises(SignedOut, match="more than 8 hours ago"):
        load.actor()
    claim()
    load.actor()
    rules = guarded.settings.sign_in
    assert rules is not None
    sign_out_of(engine, sign_in.session_of(rules, CLAIMS))
    with pytest.raises(SignedOut, match="You have signed out: sign in again"):
        load.actor()
    claim(nonce="another sign-in")
    load.actor()
    told = guarded.settings_file.read_text(encoding="utf-8")
    guarded.settings_file.write_text(told.replace('name = "otto@', 'name = "anna@'), encoding="utf-8")
    with pytest.raises(SignedOut, match=r"otto@example\.com has no role here"):
        load.actor()


def test_nobody_who_is_not_signed_in_is_somebody(guarded: World) -> None:
    with pytest.raises(SignedOut, match=r"^Sign in to read Plumbline\.$"):
        load.actor()


def test_without_sign_in_a_request_through_a_proxy_is_refused_by_the_pages_too(
    world: World, inside: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside(world)
    assert load.actor().name.startswith("local:")

    forwarded = SimpleNamespace(headers={"Host": "localhost", "X-Forwarded-For": "9.9.9.9"})
    monkeypatch.setattr(st, "context", forwarded)
    with pytest.raises(SignedOut, match="Without sign-in nobody is served through a proxy"):
        load.actor()


def test_the_pages_stay_shut_to_who_is_not_signed_in(guarded: World) -> None:
    at = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=60).run()
    assert not at.exception
    assert [button.label for button in at.button] == ["Sign in"]
    said = " ".join(block.proto.body for block in at.get("html"))
    assert "Sign in to read Plumbline." in said
    assert "Testmoor" not in said


SECRETS = {"PLUMBLINE_CLIENT_SECRET": "told by the provider", "PLUMBLINE_COOKIE_SECRET": "c" * 32}


def rules(settings: Settings) -> SignIn:
    assert settings.sign_in is not None
    return settings.sign_in


def test_what_signing_in_takes_is_made_of_the_settings_and_the_environment(
    guarded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    assert secrets_of(rules(guarded.settings)) == {
        "auth": {
            "redirect_uri": "https://plumbline.example/oauth2callback",
            "cookie_secret": "c" * 32,
            "client_id": "plumbline",
            "client_secret": "told by the provider",
            "server_metadata_url": "https://login.example/.well-known/openid-configuration",
            "client_kwargs": {"scope": "openid email profile", "prompt": "select_account"},
        }
    }
    assert secrets_of(None) == {}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PLUMBLINE_CLIENT_SECRET", "", "PLUMBLINE_CLIENT_SECRET is not set: put the secret into the environment."),
        ("PLUMBLINE_COOKIE_SECRET", "", "PLUMBLINE_COOKIE_SECRET is not set"),
        ("PLUMBLINE_COOKIE_SECRET", "short", "PLUMBLINE_COOKIE_SECRET is shorter than 32 characters: make one with"),
    ],
)
def test_the_app_does_not_start_with_a_secret_that_is_missing_or_weak(
    guarded: World, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    for each, known in (SECRETS | {name: value}).items():
        monkeypatch.setenv(each, known)
    with pytest.raises(ConfigurationError) as raised:
        secrets_of(rules(guarded.settings))
    assert said in str(raised.value)
    with pytest.raises(SystemExit, match=name):
        behind_its_door()


def test_an_entity_that_is_no_scope_is_refused(guarded: World) -> None:
    told = guarded.settings_file.read_text(encoding="utf-8")
    guarded.settings_file.write_text(told.replace('entities = ["europe"]', 'entities = ["mars"]'), encoding="utf-8")
    with pytest.raises(ConfigurationError, match="entity 'mars' is not declared"):
        assert guarded.settings
