"""A GitHub of a few entries that change between and during readings, and what a warehouse would keep of a reading."""

from __future__ import annotations

import contextlib
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from data.clock import fix_clock
from data.facts import Deployment, Fact
from data.settings import HttpLimits, Settings, Source, Warehouse
from pipelines.connectors.base import Connector, Covered, Page, Position, Rejected
from pipelines.connectors.github import GitHub

TOKEN = "ghp_held_in_the_environment_only"
REPOSITORY = "acme/wallet"
REPO = f"repos/{REPOSITORY}"
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
ONCE = HttpLimits(retries=0, longest_wait_seconds=0)
SAMPLES = Path(__file__).parents[2] / "samples" / "github"

Body = Any


def sample(name: str) -> Any:
    """An answer of GitHub's, recorded in its form."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def connector(base_url: str, limits: HttpLimits | None = None, lookback: int = 7, **options: Any) -> GitHub:
    """The connector for one configured source."""
    options = {"repositories": [REPOSITORY], **options}
    source = Source(id="github", type="github", base_url=base_url, lookback_days=lookback, options=options)
    patient = HttpLimits(backoff_seconds=0.01, longest_wait_seconds=2)
    return GitHub(source, Settings(warehouse=Warehouse(url="sqlite://"), kpis=(), http=limits or patient))


@dataclass
class Kept:
    """What is stored of the pages that were committed."""

    records: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)
    cursors: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    open_items: dict[str, set[str]] = field(default_factory=dict)
    covered: list[Covered] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def commit(self, page: Page, github: Connector) -> None:
        """One page, as `pipelines.sync` stores it; the cursor as it comes back from the warehouse."""
        for record in page.records:
            self.records[record.kind, record.source_id] = record.payload
            for fact in github.facts(record):
                self.facts[fact.kind, fact.source_id] = fact
        for gone in page.replaces:
            for key, fact in list(self.facts.items()):
                if fact.kind == gone.fact and getattr(fact, gone.field) == gone.value:
                    del self.facts[key]
        if page.cursor is not None:
            self.cursors[page.stream] = json.loads(json.dumps(page.cursor))
        still = self.open_items.setdefault(page.stream, set())
        still |= set(page.opened)
        still -= set(page.ended)
        self.covered += page.covered
        self.rejected += page.rejected
        self.notes += page.notes
        self.pages.append(page)

    def position(self, since: date = date(2026, 1, 1), now: datetime = NOW, full: bool = False) -> Position:
        """Where the next reading starts."""
        given: dict[str, Any] = {
            "since": since,
            "now": now,
            "cursors": {} if full else dict(self.cursors),
            "open_items": {stream: tuple(sorted(items)) for stream, items in self.open_items.items()},
            "full": full,
        }
        # what other connectors ask of a warehouse, and this one never
        unasked = dict.fromkeys(one.name for one in fields(Position))
        return Position(**{**unasked, **given})

    def read(self, github: Connector, pages: int | None = None, **position: Any) -> Kept:
        """Read on from here; `pages` ends it as a kill would, after so many were committed."""
        self.pages = []
        for page in itertools.islice(github.fetch(self.position(**position)), pages):
            self.commit(page, github)
        return self


@dataclass(frozen=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def variables(self) -> Mapping[str, Any]:
        """The variables of a GraphQL query."""
        return self.body.get("variables", {})


@dataclass(frozen=True)
class Answer:
    """What is answered, after `pause` seconds, and without the last `short_by` bytes that were promised."""

    body: Body
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pause: float = 0
    short_by: int = 0


@dataclass
class Hub:
    """A scripted GitHub: `answers` maps the end of a path, or a GraphQL operation, to what is answered there."""

    answers: dict[str, Answer | Callable[[Request], Answer]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    base_url: str = ""

    def answer(self, request: Request) -> Answer:
        """The answer under the longest key that fits; nothing is there by default."""
        self.asked.append(request)
        name = request.body.get("operationName") or request.path
        fitting = [key for key in self.answers if name == key or name.endswith(f"/{key}")]
        if not fitting:
            return Answer({"message": "Not Found"}, 404)
        found = self.answers[max(fitting, key=len)]
        return found if isinstance(found, Answer) else found(request)

    def paths(self, end: str) -> list[str]:
        """The paths asked for that end so."""
        return [request.path for request in self.asked if request.path.endswith(end)]

    def listing(self, entries: Callable[[], Sequence[Body]]) -> Callable[[Request], Answer]:
        """Pages with Link headers over what `entries` gives at that moment."""

        def page(request: Request) -> Answer:
            found, size, number = entries(), int(request.query["per_page"]), int(request.query.get("page", "1"))
            link = {}
            if number * size < len(found):
                query = urlencode({**request.query, "page": number + 1})
                link = {"Link": f'<https://elsewhere.example/api{request.path}?{query}>; rel="next"'}
            return Answer(found[(number - 1) * size : number * size], headers=link)

        return page


@contextlib.contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """The hub on loopback, for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Mapping[str, Any]) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = hub.answer(Request(self.command, parts.path, query, body, dict(self.headers)))
            text = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
            payload = text.encode()
            time.sleep(answer.pause)
            with contextlib.suppress(ConnectionError):  # who waits no longer has hung up
                self._send(answer, payload)

        def _send(self, answer: Answer, payload: bytes) -> None:
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload[: len(payload) - answer.short_by])
            self.close_connection = self.close_connection or answer.short_by > 0

        def log_message(self, *_: object) -> None:
            """Nothing: the requests are in `hub.asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hub.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def empty_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A GitHub with one empty repository and our token, at a fixed time."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    fix_clock(NOW)
    answers = {f"{REPO}/{name}": Answer([]) for name in ("deployments", "pulls", "commits", "issues")}
    hub = Hub({**answers, "Deployments": connection("deployments"), "PullRequests": connection("pullRequests")})
    try:
        with serving(hub):
            yield hub
    finally:
        fix_clock(None)


def connection(name: str, *nodes: Any, after: str | None = None) -> Answer:
    """A GraphQL answer with one page of a repository's list."""
    page = {"pageInfo": {"hasNextPage": after is not None, "endCursor": after}, "nodes": list(nodes)}
    return Answer({"data": {"repository": {name: page}}})


def rest(hub: Hub, limits: HttpLimits | None = None, **options: Any) -> GitHub:
    """The hub read by REST alone."""
    return connector(hub.base_url, limits, api="rest", **options)


def text(instant: datetime) -> str:
    """As GitHub writes it."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


class Deployments:
    """Deployments by number, newest first, with their statuses; put behind a hub's REST API."""

    def __init__(self, hub: Hub) -> None:
        self.statuses: dict[int, list[tuple[str, datetime]]] = {}
        self.created: dict[int, datetime] = {}
        hub.answers[f"{REPO}/deployments"] = hub.listing(
            lambda: [self.found(n) for n in sorted(self.created, reverse=True)]
        )
        self._hub = hub

    def add(self, number: int, created: datetime, *statuses: tuple[str, datetime]) -> None:
        """A deployment that GitHub lists from now on."""
        self.created[number], self.statuses[number] = created, list(statuses)
        self._hub.answers[f"{REPO}/deployments/{number}"] = lambda _: Answer(self.found(number))
        self._hub.answers[f"{REPO}/deployments/{number}/statuses"] = self._hub.listing(
            lambda: [{"state": state, "created_at": text(at)} for state, at in reversed(self.statuses[number])]
        )

    def delete(self, number: int) -> None:
        """A deployment that GitHub knows no more."""
        del self.created[number], self._hub.answers[f"{REPO}/deployments/{number}"]

    def found(self, number: int) -> dict[str, Any]:
        """A deployment of the listing."""
        return {
            "id": number, "sha": f"{number:040x}", "environment": "production", "created_at": text(self.created[number])
        }  # fmt: skip


def outcomes(kept: Kept) -> dict[str, tuple[str, datetime | None]]:
    """How each deployment ended, by number."""
    facts = [fact for fact in kept.facts.values() if isinstance(fact, Deployment)]
    return {fact.source_id.rpartition("/")[2]: (fact.outcome, fact.finished) for fact in facts}
