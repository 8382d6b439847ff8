"""Who reads: the one local user, or the person that an OpenID provider names; asked at each run and each write."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from typing import Any

import streamlit as st
from sqlalchemy import Engine

from app import gate
from data.access import Actor, local_actor
from data.clock import clock
from data.settings import Settings
from data.sign_in import SignedOut, actor_of, session_of
from data.warehouse.engine import reading
from data.warehouse.sign_outs import has_ended, sign_out_of


def who(settings: Settings, engine: Engine) -> Actor:
    """The person of this session as they may act now. SignedOut, WarehouseError."""
    rules = settings.sign_in
    if rules is None:
        # tests of pages have no request; every real one has
        headers = [(str(name), str(value)) for name, value in st.context.headers.items()]
        if headers and (why := gate.refusal(headers, None)) is not None:
            raise SignedOut(why)
        return local_actor(getpass.getuser())
    claims = _claims()
    if not claims:
        raise SignedOut("Sign in to read Plumbline.")
    actor, session = actor_of(rules, claims, clock()), session_of(rules, claims)
    with reading(engine) as connection:
        if has_ended(connection, session):
            raise SignedOut("You have signed out: sign in again.")
    return actor


def _claims() -> Mapping[str, Any]:
    told = dict(st.user.to_dict())
    return told if told.get("is_logged_in") is True else {}


def sign_out(settings: Settings, engine: Engine) -> None:
    """End this sign-in here and at the provider."""
    rules = settings.sign_in
    if rules is not None and (claims := _claims()):
        sign_out_of(engine, session_of(rules, claims))
    st.logout()
