"""People sign in at a real provider through a real browser, and can do what their role may and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

from data.access import Role
from data.clock import clock
from tests.app.world import World, build, write_settings
from tests.servers.openid import COOKIE_SECRET, SignedIn, serving_behind_sign_in

pytestmark = pytest.mark.browser

PEOPLE = "".join(f'[[sign_in.group]]\nname = "{role.replace(" ", "-")}"\nroles = ["{role}"]\n' for role in Role)
PEOPLE += '[[sign_in.group]]\nname = "wallet-viewer"\nroles = ["viewer"]\nentities = ["wallet"]\n'
WAIT = 60_000


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SignedIn, World]]:
    folder = tmp_path_factory.mktemp("signed-in")
    world = World(f"sqlite:///{folder / 'plumbline.db'}", write_settings(folder))
    build(world)
    # signing in is of this very moment, so that the clock may not stand still
    env = {name: value for name, value in world.environment.items() if name != "PLUMBLINE_CLOCK"}
    with serving_behind_sign_in(env, world.settings_file, PEOPLE, folder) as server:
        yield server, world


@pytest.fixture
def someone(browser: Browser) -> Iterator[Callable[[], BrowserContext]]:
    """A person with a browser of their own."""
    opened: list[BrowserContext] = []

    def come() -> BrowserContext:
        opened.append(browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce"))
        return opened[-1]

    yield come
    for one in opened:
        one.close()


def signs_in(context: BrowserContext, server: SignedIn, name: str) -> Page:
    page = context.new_page()
    page.goto(server.base_url)
    page.get_by_role("button", name="Sign in").click(timeout=WAIT)
    page.locator("input[name=login]").fill(name, timeout=WAIT)
    page.locator("input[name=password]").fill("anything")
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{server.base_url}/**", timeout=WAIT)
    return page


def cookie_of(context: BrowserContext) -> dict[str, Any]:
    (found,) = [one for one in context.cookies() if one["name"] == "_streamlit_user"]
    return dict(found)


def with_cookie(context: BrowserContext, like: dict[str, Any], secret: str, **claims: Any) -> None:
    """The sign-in of another with other claims, signed with some secret."""
    told = decode_signed_value(COOKIE_SECRET, "_streamlit_user", like["value"])
    assert told is not None
    made = create_signed_value(secret, "_streamlit_user", json.dumps(json.loads(told) | claims))
    context.add_cookies([like | {"value": made.decode()}])  # type: ignore[list-item]


def test_a_cookie_that_is_forged_too_old_or_of_a_sign_in_that_ended_opens_nothing(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext]
) -> None:
    server, _ = company
    viewer = someone()
    page = signs_in(viewer, server, "viewer@example.com")
    expect(page.get_by_text("viewer@example.com · viewer")).to_be_visible(timeout=WAIT)
    kept = cookie_of(viewer)

    def sees(said: str, secret: str = COOKIE_SECRET, **claims: Any) -> None:
        other = someone()
        with_cookie(other, kept, secret, **claims)
        shown = other.new_page()
        shown.goto(server.base_url)
        expect(shown.get_by_text(said)).to_be_visible(timeout=WAIT)
        other.close()

    sees("viewer@example.com · viewer")
    sees("Sign in to read Plumbline.", "what-a-thief-would-sign-with-who-knows-none", email="admin@example.com")
    sees(
        "You signed in more than 8 hours ago: sign in again.", iat=(clock() - timedelta(hours=8, seconds=1)).timestamp()
    )
    sees("late@example.com has no role here: ask an admin for one.", email="late@example.com", groups=[])
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.issuer}/**", timeout=WAIT)
    sees("You have signed out: sign in again.")


def test_an_expired_token_of_the_provider_signs_nobody_in(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext]
) -> None:
    server, _ = company
    late = someone()
    page = signs_in(late, server, "late@example.com")
    expect(page.get_by_text("Sign in to read Plumbline.")).to_be_visible(timeout=WAIT)
    assert "_streamlit_user" not in {one["name"] for one in late.cookies()}
    assert "expired" in server.app.log
