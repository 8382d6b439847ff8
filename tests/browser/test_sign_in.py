"""People sign in at a real provider through a real browser, and can do what their role may and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value

from data.access import Actor, Permission, Role
from data.clock import clock
from data.warehouse.change_log import Change, entries, first_fault
from data.warehouse.engine import reading
from tests.app.world import World, build, write_settings
from tests.browser.hand import follow
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
    file = f"{server.base_url}/media/{'0' * 56}.pdf"
    assert (viewer.request.get(file).status, someone().request.get(file).status) == (404, 403)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.issuer}/**", timeout=WAIT)
    sees("You have signed out: sign in again.")
    viewer.add_cookies([kept])  # type: ignore[list-item]
    assert viewer.request.get(file).status == 403


MAY = {
    role: {
        "Edit a target": Permission.EDIT_TARGETS,
        "Correct a number": Permission.CORRECT,
        "Board packs": Permission.RELEASE,
        "Last hash": Permission.READ_LOG,
    }
    for role in Role
}
PAGES = ("Benchmarks", "Approvals", "Audit")
SAVED = """
    window.sent = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        window.socket = this;
        window.sent.push(data);
        return send.call(this, data);
    };
"""


def seen_on(page: Page, server: SignedIn, path: str, who: str) -> str:
    """What a page says once it is whole."""
    page.goto(f"{server.base_url}/{path}")
    expect(page.get_by_text(who)).to_be_visible(timeout=WAIT)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT)
    return page.locator("[data-testid=stMain]").inner_text()


def entries_of(world: World) -> list[Change]:
    engine = world.engine()
    with reading(engine) as connection:
        found = entries(connection)
    engine.dispose()
    assert first_fault(found) is None
    return found


@pytest.mark.parametrize("role", Role)
def test_each_role_sees_what_it_may_do_and_nothing_else(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext], role: Role
) -> None:
    server, _ = company
    name = f"{role.replace(' ', '-')}@example.com"
    page = signs_in(someone(), server, name)
    expect(page.get_by_text(f"{name} · {role}")).to_be_visible(timeout=WAIT)
    told = ""
    for title in PAGES:
        follow(page, title)
        told += page.locator("[data-testid=stMain]").inner_text()
    person = Actor(name, frozenset({role}))
    assert {what: what in told for what in MAY[role]} == {what: person.may(act) for what, act in MAY[role].items()}


def test_somebody_of_one_entity_reads_it_alone(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext]
) -> None:
    server, _ = company
    page = signs_in(someone(), server, "wallet-viewer@example.com")
    expect(page.get_by_text("wallet-viewer@example.com · viewer of wallet")).to_be_visible(timeout=WAIT)
    page.goto(f"{server.base_url}/reliability?scope=ledger&period=2026-10")
    expect(page.get_by_text("There is no scope 'ledger'. Shown is Wallet.")).to_be_visible(timeout=WAIT)
    page.goto(f"{server.base_url}/health")
    expect(page.get_by_text("may read for wallet only: ask an admin")).to_be_visible(timeout=WAIT)


def test_two_people_set_a_target_and_a_replayed_save_changes_nothing(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext]
) -> None:
    server, world = company
    editor = signs_in(someone(), server, "finance-editor@example.com")
    seen_on(editor, server, "benchmarks", "finance-editor@example.com · finance editor")
    editor.get_by_role("textbox", name="At least").fill("99.95")
    editor.get_by_role("textbox", name="Reason").fill("a new contract")
    editor.keyboard.press("Tab")
    editor.get_by_role("button", name="Propose").click(timeout=WAIT)
    expect(editor.get_by_text("It waits for another person who may approve it")).to_be_visible(timeout=WAIT)
    approver = someone()
    approver.add_init_script(SAVED)
    page = signs_in(approver, server, "approver@example.com")
    seen_on(page, server, "approvals", "approver@example.com · approver")
    before = page.evaluate("window.sent.length")
    page.get_by_role("button", name="Approve").click(timeout=WAIT)
    expect(page.get_by_text("target of availability is approved")).to_be_visible(timeout=WAIT)
    told = entries_of(world)
    assert [(one.actor, one.action) for one in told[-4:]] == [
        ("oidc:finance-editor@example.com", "proposed"), ("oidc:approver@example.com", "approved"),
        ("oidc:approver@example.com", "ended"), ("oidc:approver@example.com", "set"),
    ]  # fmt: skip
    page.evaluate("at => window.sent.slice(at).forEach(one => window.socket.send(one))", before)
    expect(page.get_by_text("Nothing waits for a second person.")).to_be_visible(timeout=WAIT)
    page.reload()
    expect(page.get_by_text("Nothing waits for a second person.")).to_be_visible(timeout=WAIT)
    assert entries_of(world) == told


def test_an_expired_token_of_the_provider_signs_nobody_in(
    company: tuple[SignedIn, World], someone: Callable[[], BrowserContext]
) -> None:
    server, _ = company
    late = someone()
    page = signs_in(late, server, "late@example.com")
    expect(page.get_by_text("Sign in to read Plumbline.")).to_be_visible(timeout=WAIT)
    assert "_streamlit_user" not in {one["name"] for one in late.cookies()}
    assert "expired" in server.app.log
