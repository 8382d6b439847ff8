"""The door of an app without sign-in: only this machine's own readers, and nobody behind a proxy."""

from __future__ import annotations

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
    """ASGI middleware that answers 403, and ends a websocket before it opens, where `refusal` has a reason."""

    app: App
    closed: bool
    """Whether the gate is shut to all but this machine's own reader: no sign-in is configured."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.closed and scope["type"] in ("http", "websocket"):
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
            client = scope.get("client")
            if (why := refusal(headers, client[0] if client else None)) is not None:
                await _refuse(scope["type"], send, why)
                return
        await self.app(scope, receive, send)


async def _refuse(kind: str, send: Send, why: str) -> None:
    if kind == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why[:120]})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": f"{why}\n".encode()})
