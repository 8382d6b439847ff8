"""A real Prometheus with a small history of our own, and frontends before it that behave as other products do."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

from data.facts import ProbeDay, RequestDay
from data.settings import Company, HttpLimits, Settings, Source, Warehouse
from pipelines.connectors.base import Page, Position
from pipelines.connectors.prometheus import Prometheus
from tests.servers.child import answers, free_port, program, running


@contextlib.contextmanager
def prometheus_with(samples: Mapping[str, Mapping[int, float]], folder: Path) -> Iterator[str]:
    """The base address of a server that holds these series: text of the series to value by second since 1970."""
    families: dict[str, list[str]] = {}
    for series, points in samples.items():
        lines = families.setdefault(series.partition("{")[0].removesuffix("_total"), [])
        lines += [f"{series} {value} {at}" for at, value in points.items()]
    text = []
    for name, lines in families.items():
        text += [f"# TYPE {name} {'counter' if name.startswith('requests') else 'gauge'}", *lines]
    (folder / "history.om").write_text("\n".join([*text, "# EOF", ""]), encoding="utf-8")
    (folder / "empty.yml").touch()
    blocks = ["--max-block-duration=720h", "openmetrics", "-q", folder / "history.om", folder / "blocks"]
    subprocess.run([program("promtool", "prometheus"), "tsdb", "create-blocks-from", *blocks], check=True)
    port = free_port()
    command = [
        program("prometheus", "prometheus"),
        f"--config.file={folder / 'empty.yml'}",
        f"--storage.tsdb.path={folder / 'blocks'}",
        "--storage.tsdb.retention.time=10y",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with running("Prometheus", command, folder / "log") as child:
        base_url = f"http://127.0.0.1:{port}"
        child.wait_until(lambda: answers(f"{base_url}/-/ready"))
        yield base_url


@dataclass
class Asked:
    """One request that a frontend received."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Reply:
    """What a frontend answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


@contextlib.contextmanager
def frontend(answer: Callable[[Asked], Reply]) -> Iterator[tuple[str, list[Asked]]]:
    """The base address of a server that answers by the function, and what it was asked so far."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            one = Asked(parts.path, {k: v[0] for k, v in parse_qs(parts.query).items()}, dict(self.headers))
            asked.append(one)
            reply = answer(one)
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def passed_on(base_url: str, asked: Asked) -> Reply:
    """What the server behind says to the same request."""
    try:
        with urllib.request.urlopen(f"{base_url}{asked.path}?{urlencode(asked.query)}", timeout=10) as reply:
            return Reply(reply.status, reply.read())
    except urllib.error.HTTPError as error:
        with error:
            return Reply(error.code, error.read())


def passed_on_with(base_url: str, asked: Asked, **more: Any) -> Reply:
    """The same with more fields in the body."""
    reply = passed_on(base_url, asked)
    return Reply(reply.status, json.dumps({**json.loads(reply.body), **more}).encode())


def connector(base_url: str | None, zone: str = "UTC", lookback: int = 7, **options: Any) -> Prometheus:
    """The connector of a source named "metrics" with these options."""
    source = Source(id="metrics", type="prometheus", base_url=base_url, lookback_days=lookback, options=options)
    http = HttpLimits(connect_seconds=2, read_seconds=10, retries=1, backoff_seconds=0)
    return Prometheus(
        source, Settings(warehouse=Warehouse(url="sqlite://"), company=Company(time_zone=zone), http=http, kpis=())
    )


def position(since: date, now: datetime, pages: list[Page] | None = None, full: bool = False) -> Position:
    """Where a reading starts after the pages of earlier ones."""
    stored: dict[tuple[str, str], set[date]] = {}
    for page in pages or ():
        for record in page.records:
            days = stored.setdefault((record.kind, record.payload["key"]), set())
            days.add(date.fromisoformat(record.payload["day"]))
    return Position(
        since=since,
        now=now,
        cursors={} if full else {page.stream: page.cursor for page in pages or () if page.cursor is not None},
        open_items={},
        stored_days=lambda fact, key: frozenset(stored.get((fact, key), ())),
        files={},
        full=full,
    )


F = TypeVar("F", ProbeDay, RequestDay)


def facts_of(kind: type[F], source: Prometheus, pages: list[Page]) -> dict[tuple[str, date], F]:
    """The facts of one kind in the pages, by key and day."""
    facts = [fact for page in pages for record in page.records for fact in source.facts(record)]
    return {(fact.key, fact.day): fact for fact in facts if isinstance(fact, kind)}
