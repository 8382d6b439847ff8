"""What a real source does to those who ask: it wants a token, counts requests, is slow, fails, and hangs up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from data.clock import clock

LIMIT: Final = 60_000
"""Requests an hour: more than a first load needs."""

_DOORS: Final = {
    "/github": (b"bearer demo", b"token demo"),
    "/pagerduty": (b"token token=demo",),
    "/zigpoll": (b"demo", b"bearer demo"),
}
"""What opens each source that wants a token; the door is open, and its sign says so."""


@dataclass(frozen=True, slots=True)
class Faults:
    """Misbehaviour to order; nothing of it by default.

    `rate_limit_after` N: after each N requests one is refused, with 403 and 429 in turn, and a pause of a second.
    `fail_every` N: each N-th answer is a 502. `slow`: seconds before each answer.
    `drop_connection_after` N: once, after N answers, the connection breaks in the middle of one.
    """

    rate_limit_after: int | None = None
    fail_every: int | None = None
    slow: float = 0.0
    drop_connection_after: int | None = None


class Manners:
    """Wraps the sources: counts requests, signs in, and does what `Faults` orders."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults
        self.requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, or refuses it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self.requests += 1
        if self._faults.slow:
            await asyncio.sleep(self._faults.slow)
        if self.requests - 1 == self._faults.drop_connection_after:
            await _broken(send)
        elif self._faults.fail_every and self.requests % self._faults.fail_every == 0:
            await _refused(send, 502, "Bad Gateway")
        elif (place := "/" + scope["path"].split("/")[1]) in _DOORS:
            await self._signed_in(place, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _signed_in(self, place: str, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        if headers.get(b"authorization", b"").lower() not in _DOORS[place]:
            await _refused(send, 422 if place == "/zigpoll" else 401, "Bad credentials")
            return
        limit = self._faults.rate_limit_after
        if limit is not None and self.requests % (limit + 1) == 0:
            # only GitHub says 403 of its limits, too
            status = 403 if place == "/github" and self.requests // (limit + 1) % 2 else 429
            pause = {"ratelimit-reset": "1"} if place == "/pagerduty" else {"Retry-After": "1", **self._counted(0)}
            await _refused(send, status, "API rate limit exceeded", pause)
            return
        if place != "/github":
            await self._app(scope, receive, send)
            return

        async def with_counts(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                counts = [(k.lower().encode(), v.encode()) for k, v in self._counted(self.remaining).items()]
                message = {**message, "headers": [*message.get("headers", []), *counts]}  # type: ignore[misc]
            await send(message)

        await self._app({**scope, "remaining": self.remaining}, receive, with_counts)  # type: ignore[arg-type]

    @property
    def remaining(self) -> int:
        """Requests left in the hour."""
        return max(0, LIMIT - self.requests)

    def _counted(self, remaining: int) -> dict[str, str]:
        reset = int(clock().timestamp()) + (1 if remaining == 0 else 3600)
        figures = {"Limit": LIMIT, "Remaining": remaining, "Used": LIMIT - remaining, "Reset": reset}
        return {f"X-RateLimit-{name}": str(figure) for name, figure in figures.items()}


async def _refused(send: Send, status: int, message: str, more: dict[str, str] | None = None) -> None:
    body = json.dumps(
        {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    ).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **(more or {})}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _broken(send: Send) -> None:
    """Promises more than comes: the server then closes the connection."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"100000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b'[{"id":', "more_body": True})
