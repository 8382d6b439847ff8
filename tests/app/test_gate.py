"""Without sign-in only this machine's own reader is served."""

from __future__ import annotations

import asyncio
import http.client
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.gate import Gate, is_loopback, refusal
from data.settings import ROOT
from tests.app.world import World
from tests.servers.app import AppServer
from tests.servers.child import free_port


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:1", "[::1]:8501", "[::1]", "127.0.0.2"])
def test_this_machines_reader_is_served(host: str) -> None:
    assert refusal([("Host", host), ("User-Agent", "x")], "127.0.0.1") is None


WRONG_HOSTS = [
    *("plumbline.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.0.0.5:8501", "0.0.0.0", ""),
    *("user@127.0.0.1", "127.0.0.1:80@evil.example", "[::2]", "127.0.0.1:x"),
]


@pytest.mark.parametrize("host", WRONG_HOSTS)
def test_another_host_name_is_refused(host: str) -> None:
    assert "answers to localhost and 127.0.0.1 only" in str(refusal([("host", host)], "127.0.0.1"))


def test_no_host_or_two_are_refused() -> None:
    assert refusal([], "127.0.0.1")
    assert refusal([("host", "localhost"), ("Host", "localhost")], "127.0.0.1")


FORWARDED = ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "X-Client-IP"]


@pytest.mark.parametrize("name", FORWARDED)
def test_a_request_through_a_proxy_is_refused(name: str) -> None:
    said = refusal([("Host", "localhost"), (name, "")], "127.0.0.1")
    assert str(said).startswith(f"Without sign-in nobody is served through a proxy (the request has the header {name})")


@pytest.mark.parametrize("client", ["10.0.0.5", "::ffff:10.0.0.5", "fe80::1", "name"])
def test_a_request_from_another_machine_is_refused(client: str) -> None:
    assert "from another machine" in str(refusal([("Host", "localhost")], client))


def test_loopback_is_this_machine_alone() -> None:
    assert [is_loopback(one) for one in ("localhost", "127.8.9.1", "::1", "[::1]", "0.0.0.0", "example")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def spoken(closed: bool, kind: str, path: str = "/", known: bool = True) -> list[dict[str, Any]]:
    """What a gate answers to a forwarded request; `inside` stands for the app behind it."""
    said: list[dict[str, Any]] = []

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "inside"})

    async def send(message: Any) -> None:
        said.append(dict(message))

    async def receive() -> dict[str, Any]:
        return {}

    headers = [(b"host", b"127.0.0.1"), (b"x-forwarded-for", b"9.9.9.9")]
    scope = {"type": kind, "path": path, "headers": headers, "client": ("127.0.0.1", 5)}
    gate = Gate(inside, closed, lambda _: known)
    with ThreadPoolExecutor(1) as pool:  # this thread may have the browser's loop
        pool.submit(lambda: asyncio.run(gate(scope, receive, send))).result()
    return said


def test_a_shut_gate_passes_nothing_on_and_an_open_one_all() -> None:
    assert [one["type"] for one in spoken(True, "http")] == ["http.response.start", "http.response.body"]
    assert spoken(True, "http")[0]["status"] == 403
    assert [(one["type"], one["code"]) for one in spoken(True, "websocket")] == [("websocket.close", 1008)]
    assert spoken(True, "lifespan") == [{"type": "inside"}]
    assert spoken(False, "http") == spoken(False, "websocket") == [{"type": "inside"}]


def test_files_are_for_who_is_signed_in() -> None:
    assert spoken(False, "http", "/media/abc.pdf", known=False)[0]["status"] == 403
    assert spoken(False, "http", "/media/abc.pdf", known=True) == [{"type": "inside"}]
    assert spoken(False, "http", "/static/x.js", known=False) == [{"type": "inside"}]


def asked(server: AppServer, path: str, headers: dict[str, str]) -> tuple[int, str]:
    address = urlsplit(server.base_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, body


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "aGVsbG8gd29ybGQgMTIzNA==",
}


def test_the_app_as_served_refuses_pages_files_and_websockets_alike(
    world: World, app_server: Callable[..., AppServer]
) -> None:
    server = app_server(world.environment)
    assert asked(server, "/", {})[0] == 200
    for bad in ({"Host": "plumbline.example"}, {"X-Forwarded-For": "9.9.9.9"}, {"X-Real-IP": "9.9.9.9"}):
        for path in ("/", "/delivery", "/_stcore/health", "/_stcore/host-config"):
            status, body = asked(server, path, bad)
            assert (status, "Without sign-in" in body) == (403, True)
        assert asked(server, "/_stcore/stream", UPGRADE | bad)[0] == 403


def test_the_app_does_not_start_for_other_machines_without_sign_in(world: World) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "app/main.py", "--server.headless", "true"]
    command += ["--server.address", "0.0.0.0", "--server.port", str(free_port())]
    env = world.environment | {"PATH": "/usr/bin:/bin", "HOME": str(world.settings_file.parent)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "No sign-in is configured, so Plumbline does not listen on 0.0.0.0: configure [sign_in]" in done.stderr
