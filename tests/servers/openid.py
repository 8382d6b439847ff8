"""A certified OpenID provider on loopback, and the app that lets in those whom it names."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.servers.child import Child, answers, free_port, program, running

_ROOT = Path(__file__).parent.parent.parent
_PROVIDER = _ROOT / "tests" / "conformance" / "provider.mjs"
CLIENT_SECRET = "a-secret-between-plumbline-and-the-provider"
COOKIE_SECRET = "what-cookies-are-signed-with-in-these-tests"

SETTINGS = """
[sign_in]
metadata_url = "{issuer}/.well-known/openid-configuration"
client_id = "plumbline"
address = "{address}"
prompt = "login"
"""


@dataclass(frozen=True)
class SignedIn:
    """The app behind its sign-in."""

    base_url: str
    issuer: str
    app: Child


@contextlib.contextmanager
def serving_behind_sign_in(env: dict[str, str], settings: Path, people: str, folder: Path) -> Iterator[SignedIn]:
    """The provider and the app for as long as the block runs; `people` are [[sign_in.…]] entries for the settings."""
    if not (_PROVIDER.parent / "node_modules" / "oidc-provider").exists():
        pytest.fail("The provider is not installed: `npm --prefix tests/conformance ci --ignore-scripts`.")
    port, issuer_port = free_port(), free_port()
    address, issuer = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{issuer_port}"
    rules = SETTINGS.format(issuer=issuer, address=address) + people
    settings.write_text(settings.read_text(encoding="utf-8") + rules, encoding="utf-8")
    command = [program("node", "nodejs npm"), _PROVIDER, str(issuer_port), CLIENT_SECRET, f"{address}/oauth2callback"]
    serve = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.headless", "true"]
    serve += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    clean = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder), **env}
    clean |= {"PLUMBLINE_CLIENT_SECRET": CLIENT_SECRET, "PLUMBLINE_COOKIE_SECRET": COOKIE_SECRET}
    with (
        running("The OpenID provider", command, folder / "provider.log") as provider,
        running("Plumbline", serve, folder / "app.log", env=clean, cwd=_ROOT) as app,
    ):
        provider.wait_until(lambda: "is listening" in provider.log, seconds=60)
        app.wait_until(lambda: answers(f"{address}/_stcore/health"), seconds=60)
        yield SignedIn(address, issuer, app)
