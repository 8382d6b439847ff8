"""How the app is served: its door, and what signing in takes; nothing starts that would let strangers in."""

from __future__ import annotations

import json
import sys
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from streamlit import config
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from app import gate
from data.clock import clock
from data.settings import ConfigurationError, load, secret
from data.sign_in import CLIENT_SECRET, COOKIE_SECRET, LEAST_SECRET, SignedOut, SignIn, actor_of, session_of
from data.warehouse.engine import WarehouseError, create_engine_for, reading
from data.warehouse.sign_outs import has_ended


def behind_its_door() -> dict[str, Any]:
    """What the app is made with: its gate and its secrets. Ends the process with a sentence where it must not start."""
    try:
        rules = load().sign_in
        secrets = secrets_of(rules)
    except ConfigurationError as error:
        sys.exit(f"{error}")
    address = config.get_option("server.address") or "every address"
    if rules is None and not gate.is_loopback(address):
        sys.exit(
            f"No sign-in is configured, so Plumbline does not listen on {address}: configure [sign_in] "
            "(docs/access.md), or start it with --server.address 127.0.0.1."
        )
    return {"secrets": secrets or None, "middleware": [Middleware(gate.Gate, closed=rules is None, knows=knows)]}


def knows(scope: gate.Scope) -> bool:
    """Whether a request carries the cookie of somebody who is signed in and has a role now."""
    request = Request(scope)
    try:
        settings = load()
        signed = _get_signed_cookie_with_chunks(request.cookies, USER_COOKIE_NAME)
        if settings.sign_in is None or signed is None:
            return False
        claims = json.loads(signed)
        actor_of(settings.sign_in, claims, clock())
        engine = create_engine_for(settings.warehouse.url, for_people=True)
        try:
            with reading(engine) as connection:
                return not has_ended(connection, session_of(settings.sign_in, claims))
        finally:
            engine.dispose()
    except (ConfigurationError, WarehouseError, SignedOut, ValueError):
        return False


def secrets_of(rules: SignIn | None) -> dict[str, Any]:
    """What st.login needs; its secrets come out of the environment and reach no disk. ConfigurationError."""
    if rules is None:
        return {}
    client, cookie = secret(CLIENT_SECRET), secret(COOKIE_SECRET)
    if client is None or cookie is None:
        unset = CLIENT_SECRET if client is None else COOKIE_SECRET
        raise ConfigurationError(f"Sign-in is configured and {unset} is not set: put the secret into the environment.")
    if len(cookie.get_secret_value()) < LEAST_SECRET:
        raise ConfigurationError(
            f"{COOKIE_SECRET} is shorter than {LEAST_SECRET} characters: make one with "
            '`python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
        )
    asked = {"scope": " ".join(rules.ask_for)} | ({"prompt": rules.prompt} if rules.prompt else {})
    return {
        "auth": {
            "redirect_uri": rules.redirect,
            "cookie_secret": cookie.get_secret_value(),
            "client_id": rules.client_id,
            "client_secret": client.get_secret_value(),
            "server_metadata_url": rules.metadata_url,
            "client_kwargs": asked,
        }
    }
