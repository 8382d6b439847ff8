"""One server on loopback for all of the demo's sources, each below a path of its own."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from data.sample import SEED, Story, story
from data.sample.billing import billing_months
from pipelines.demo import github_rest
from pipelines.demo.answers import answer
from pipelines.demo.billing_files import file_bytes, file_name, listing
from pipelines.demo.faults import LIMIT, Faults, Manners
from pipelines.demo.github_graphql import INTERFACES, Schema
from pipelines.demo.graphql import QueryError, execute, parse
from pipelines.demo.pagerduty import Pager
from pipelines.demo.prometheus import Monitoring
from pipelines.demo.repositories import hosted
from pipelines.demo.samples import scraped
from pipelines.demo.status_pages import StatusPages
from pipelines.demo.zigpoll import Zigpoll

HOST = "127.0.0.1"
_log = logging.getLogger(__name__)


def application(told: Story, base_url: str, faults: Faults | None = None) -> ASGIApp:
    """The sources of a story as an ASGI application that is reached at `base_url`."""
    app = Starlette(routes=[
        Mount("/github", routes=_github(told, f"{base_url}/github")),
        Mount("/prometheus", routes=Monitoring(scraped(told)).routes()),
        Mount("/focus", routes=_focus(told)),
        Mount("/pagerduty", routes=Pager(told, f"{base_url}/pagerduty").routes()),
        Mount("/statuspage", routes=StatusPages(told, f"{base_url}/statuspage").routes()),
        Mount("/zigpoll", routes=Zigpoll(told).routes()),
    ])  # fmt: skip
    return Manners(app, faults or Faults())


@contextmanager
def serving(told: Story, faults: Faults | None = None, wish: int = 0) -> Iterator[str]:
    """Serves a story for the length of the block; gives the base address.

    The port is `wish` or, where that is taken, a free one of this machine.
    """
    # Named as TCP, or asyncio leaves Nagle on and each answer waits 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, wish))
        except OSError:
            listener.bind((HOST, 0))
        listener.listen(128)
        base_url = f"http://{HOST}:{listener.getsockname()[1]}"
        server = uvicorn.Server(_configured(application(told, base_url, faults)))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield base_url
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def serve(end: date, seed: int = SEED, port: int = 8790) -> None:
    """Serves the story up to and including `end` until the process is stopped."""
    base_url = f"http://{HOST}:{port}"
    app = application(story(end, seed), base_url)
    _log.info("The demo company's sources answer at %s", base_url)
    uvicorn.Server(_configured(app, port)).run()


def _configured(app: ASGIApp, port: int = 0) -> uvicorn.Config:
    return uvicorn.Config(
        app, HOST, port, log_level="critical", access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=2
    )


def _github(told: Story, api: str) -> list[Route]:
    repositories = hosted(told)
    schema = Schema(repositories, api)

    async def graphql(request: Request) -> Response:
        asked = await request.json()
        try:
            document = parse(asked.get("query") or "")
            root = schema.root(request.scope.get("remaining", LIMIT))
            data = execute(document, asked.get("operationName"), asked.get("variables") or {}, root, INTERFACES)
        except QueryError as error:
            fault: dict[str, Any] = {"message": str(error)}
            return answer(200, {"data": None, "errors": [{**fault, "type": error.kind} if error.kind else fault]})
        return answer(200, {"data": data})

    async def rate_limit(request: Request) -> Response:
        left = request.scope.get("remaining", LIMIT)
        rate = {"limit": LIMIT, "used": LIMIT - left, "remaining": left, "reset": 4_102_444_800}
        return answer(200, {"resources": {"core": rate, "search": rate, "graphql": rate}, "rate": rate})

    own = [Route("/graphql", graphql, methods=["POST"]), Route("/rate_limit", rate_limit)]
    return [*own, *github_rest.routes(repositories, api)]


def _focus(told: Story) -> list[Route]:
    months = {file_name(month): month for month in billing_months(told.start, told.end)}

    async def folder(_: Request) -> Response:
        return answer(200, {"files": listing(told)})

    async def file(request: Request) -> Response:
        if (month := months.get(request.path_params["name"])) is None:
            return github_rest.refusal(404, "Not Found")
        return Response(file_bytes(told, month), media_type="application/octet-stream")

    return [Route("/", folder), Route("/{name}", file)]
