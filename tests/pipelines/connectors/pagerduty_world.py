"""A PagerDuty account of a few services, whose incidents change between and during readings."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.clock import fix_clock
from data.settings import HttpLimits, Settings, Source, Warehouse
from pipelines.connectors.pagerduty import PagerDuty
from tests.pipelines.connectors.github_world import Answer, Hub, Request, serving, text

TOKEN = "u+held_in_the_environment_only"
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
ONCE = HttpLimits(retries=0, longest_wait_seconds=0, connect_seconds=5, read_seconds=20)
SAMPLES = Path(__file__).parents[2] / "samples" / "pagerduty"
CAP = 10_000


def sample(name: str) -> Any:
    """An answer of PagerDuty's, recorded in its form."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def connector(base_url: str, limits: HttpLimits = ONCE, lookback: int = 7, **options: Any) -> PagerDuty:
    """The connector for one configured source."""
    source = Source(id="pager", type="pagerduty", base_url=base_url, lookback_days=lookback, options=options)
    return PagerDuty(source, Settings(warehouse=Warehouse(url="sqlite://"), kpis=(), http=limits))


@dataclass
class Account:
    """Incidents by id with their logs, told as PagerDuty tells them: by offset, up to its cap, the log newest first."""

    hub: Hub = field(default_factory=Hub)
    cap: int = CAP
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    windows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hub.answers |= {
            "incidents": self._incidents,
            "log_entries": lambda asked: self._told(asked, "log_entries", self._logged(asked)),
            "maintenance_windows": lambda asked: self._told(asked, "maintenance_windows", self.windows),
            "services": lambda asked: self._told(asked, "services", sample("services")["services"]),
            "priorities": lambda asked: self._told(asked, "priorities", sample("priorities")["priorities"]),
            "abilities": Answer({"abilities": ["teams", "urgencies"]}),
        }

    def add(self, number: str, created: datetime, *, resolved: datetime | None = None, **more: Any) -> None:
        """An incident that PagerDuty tells of from now on."""
        body = sample("incident") | {
            "id": number,
            "incident_number": len(self.found) + 1,
            "title": f"Incident {number}",
            "incident_key": number,
            "created_at": text(created),
            "status": "resolved" if resolved else "triggered",
            "resolved_at": text(resolved) if resolved else None,
        }
        self.found[number] = body | more
        self.hub.answers[f"incidents/{number}"] = lambda _: Answer({"incident": self.found[number]})
        self.hub.answers[f"incidents/{number}/log_entries"] = lambda asked: self._told(
            asked, "log_entries", [one for one in self._logged(asked) if one["incident"]["id"] == number]
        )

    def acknowledge(self, number: str, *at: datetime) -> None:
        """Somebody took on an incident."""
        entry = sample("log_entries")["log_entries"][1]
        self.log += [entry | {"created_at": text(one), "incident": {"id": number}} for one in at]
        if self.found[number]["status"] == "triggered":
            self.found[number]["status"] = "acknowledged"

    def resolve(self, number: str, at: datetime, **more: Any) -> None:
        """An incident ends."""
        self.found[number] |= {"status": "resolved", "resolved_at": text(at), **more}

    def paths(self) -> list[str]:
        """What was asked for, in order, without the address."""
        return [one.path.removeprefix("/") for one in self.hub.asked]

    def _incidents(self, asked: Request) -> Answer:
        usual = {"since": text(NOW - timedelta(days=30)), "until": text(NOW)}
        since, until = (datetime.fromisoformat(asked.query.get(name, day)) for name, day in usual.items())
        service = asked.query.get("service_ids[]")
        found = [
            one
            for one in self.found.values()
            if since <= datetime.fromisoformat(one["created_at"]) < until
            if until - since < timedelta(days=184)
            if service in (None, (one["service"] or {}).get("id"))
        ]
        if asked.query.get("sort_by") == "created_at:asc":
            found.sort(key=lambda one: one["created_at"])
        return self._told(asked, "incidents", found)

    def _logged(self, asked: Request) -> list[dict[str, Any]]:
        since, until = asked.query.get("since", ""), asked.query.get("until", "9")
        found = [one for one in self.log if since <= one["created_at"] < until]
        return sorted(found, key=lambda one: one["created_at"], reverse=True)

    def _told(self, asked: Request, name: str, found: list[Any]) -> Answer:
        limit, offset = int(asked.query.get("limit", "25")), int(asked.query.get("offset", "0"))
        if limit + offset > self.cap:
            errors = [f"Offset and limit must not exceed {self.cap}."]
            return Answer({"error": {"message": "Invalid Input Provided", "code": 2001, "errors": errors}}, 400)
        total = len(found) if asked.query.get("total") == "true" else None
        more = offset + limit < len(found)
        part = found[offset : offset + limit]
        return Answer({name: part, "limit": limit, "offset": offset, "more": more, "total": total})


@contextlib.contextmanager
def account(monkeypatch: pytest.MonkeyPatch, cap: int = CAP) -> Iterator[Account]:
    """An account without incidents, and our token, at a fixed time."""
    monkeypatch.setenv("PAGERDUTY_TOKEN", TOKEN)
    fix_clock(NOW)
    made = Account(cap=cap)
    try:
        with serving(made.hub):
            yield made
    finally:
        fix_clock(None)
