"""A Zigpoll of two polls whose responses grow between readings, told a page at a time."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from data.clock import fix_clock
from data.settings import HttpLimits, Settings, Source, Warehouse
from pipelines.connectors.zigpoll import ZigpollSource
from tests.pipelines.connectors.github_world import Answer, Hub, Request, serving

KEY = "zp_key_held_in_the_environment_only"
SALT = "a salt of more than sixteen letters"
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
ONCE = HttpLimits(retries=0, longest_wait_seconds=0, connect_seconds=5, read_seconds=20)
SAMPLES = Path(__file__).parents[2] / "samples" / "zigpoll"
CHECKOUT, ONBOARDING = "6500000000000000000000a1", "6500000000000000000000b2"
NPS, REASON = "6600000000000000000000a1", "6600000000000000000000a2"


def sample(name: str) -> Any:
    """An answer in Zigpoll's form."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def connector(base_url: str, limits: HttpLimits = ONCE, lookback: int = 7, **options: Any) -> ZigpollSource:
    """The connector for one configured source."""
    source = Source(id="polls", type="zigpoll", base_url=base_url, lookback_days=lookback, options=options)
    return ZigpollSource(source, Settings(warehouse=Warehouse(url="sqlite://"), kpis=(), http=limits))


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@dataclass
class World:
    """What Zigpoll holds; `page` responses are told at a time, oldest first."""

    hub: Hub = field(default_factory=Hub)
    page: int = 2
    polls: list[dict[str, Any]] = field(default_factory=lambda: sample("polls"))
    slides: list[dict[str, Any]] = field(default_factory=lambda: sample("slides"))
    responses: list[dict[str, Any]] = field(default_factory=lambda: sample("responses")["data"])

    def __post_init__(self) -> None:
        self.hub.answers |= {
            "accounts": Answer(sample("accounts")),
            "polls": lambda _: Answer(self.polls),
            "slides": lambda asked: Answer([one for one in self.slides if one["pollId"] == asked.query["pollId"]]),
            "responses": self.told,
        }

    def add(self, known: str, at: datetime, text: str, slide: str = NPS, who: str | None = None, **more: Any) -> None:
        """A response that Zigpoll tells of from now on."""
        body = {"_id": known, "createdAt": at.isoformat(), "pollId": CHECKOUT, "slideId": slide, "response": text}
        self.responses.append({**body, "participantId": who, "valueType": "vote", "metadata": {}, **more})

    def told(self, asked: Request) -> Answer:
        """A page of a poll's responses made between two instants."""
        after, before = int(asked.query["createdAfter"]), int(asked.query["createdBefore"])
        found = [
            one
            for one in self.responses
            if one["pollId"] == asked.query["pollId"]
            and after < millis(datetime.fromisoformat(one["createdAt"])) < before
        ]
        found.sort(key=lambda one: one["createdAt"])
        start = int(asked.query.get("startCursor", "0"))
        end = start + min(self.page, int(asked.query["limit"]))
        return Answer({"data": found[start:end], "hasNextPage": end < len(found), "endCursor": str(end)})


@contextlib.contextmanager
def zigpoll(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The world on loopback, with our key and salt, at a fixed time."""
    monkeypatch.setenv("ZIGPOLL_KEY", KEY)
    monkeypatch.setenv("PLUMBLINE_SALT", SALT)
    fix_clock(NOW)
    world = World()
    try:
        with serving(world.hub):
            yield world
    finally:
        fix_clock(None)
