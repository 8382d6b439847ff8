"""The door: without sign-in this machine's own reader alone, never through a proxy; with it, files for known people."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_FORWARDED = {
    *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip"),
    *("fastly-client-ip", "x-original-host", "x-original-forwarded-for", "x-host", "x-proxyuser-ip"),
}
_FILES = "/media/"
_FIX = "Configure [sign_in] (docs/access.md) before others may reach this app."


def refusal(headers: Iterable[tuple[str, str]], client: str | None) -> str | None:
    """Why a request is not of this machine's own reader: through a proxy, under another name, or from elsewhere."""
    hosts: list[str] = []
    for name, value in headers:
        lowered = name.lower()
        if lowered in _FORWARDED or lowered.startswith("x-forwarded"):
            return f"Without sign-in nobody is served through a proxy (the request has the header {name[:40]}). {_FIX}"
        if lowered == "host":
            hosts.append(value)
    if len(hosts) != 1 or not is_loopback(_name_in(hosts[0])):
        return f"Without sign-in this app answers to localhost and 127.0.0.1 only. {_FIX}"
    if client is not None and not is_loopback(client):
        return f"Without sign-in nobody is served from another machine. {_FIX}"
    return None


def is_loopback(name: str) -> bool:
    """Whether a host name or address means this machine alone."""
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False


def _name_in(host: str) -> str:
    """The name in a Host header, without its port; empty where it is not one."""
    name, port = (host, "") if host.endswith("]") or ":" not in host else host.rsplit(":", 1)
    return name if not port or port.isdigit() else ""


@dataclass(frozen=True)
class Gate:
    """ASGI middleware that answers 403, and ends a websocket before it opens.

    Where it is `closed`, no sign-in being configured, `refusal` decides. Else `knows` does for the files that pages
    hand out, which Streamlit itself gives to whoever has their address; pages ask who reads by themselves.
    """

    app: App
    closed: bool
    knows: Callable[[Scope], bool] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and (why := await self._why_not(scope)) is not None:
            await _refuse(scope["type"], send, why)
            return
        await self.app(scope, receive, send)

    async def _why_not(self, scope: Scope) -> str | None:
        if self.closed:
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
            client = scope.get("client")
            return refusal(headers, client[0] if client else None)
        if self.knows is not None and _FILES in scope.get("path", ""):
            return None if await asyncio.to_thread(self.knows, scope) else "Sign in to take files away."
        return None


async def _refuse(kind: str, send: Send, why: str) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
