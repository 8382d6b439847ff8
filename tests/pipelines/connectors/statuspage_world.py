"""A status page whose incidents change between readings, told to anybody and to those who have its key."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from data.clock import fix_clock
from data.settings import Company, HttpLimits, Settings, Source, Warehouse
from pipelines.connectors.statuspage import Statuspage
from tests.pipelines.connectors.github_world import Answer, Hub, Request, serving, text

KEY = "key-held-in-the-environment-only"
PAGE = "srhpyqt94yxb"
API, WITHDRAWALS = "rhznvxg4v7yh", "r3wtdraw5q2k"
NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
ONCE = HttpLimits(retries=0, longest_wait_seconds=0, connect_seconds=5, read_seconds=20)
SAMPLES = Path(__file__).parents[2] / "samples" / "statuspage"
LATEST = 50
_OVER = ("resolved", "completed", "postmortem")


def sample(name: str) -> Any:
    """An answer of Statuspage's, recorded in its form."""
    return json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def connector(
    base_url: str, limits: HttpLimits = ONCE, lookback: int = 7, zone: str = "UTC", **options: Any
) -> Statuspage:
    """The connector for one configured source."""
    source = Source(id="status", type="statuspage", base_url=base_url, lookback_days=lookback, options=options)
    company = Company(time_zone=zone)
    return Statuspage(source, Settings(warehouse=Warehouse(url="sqlite://"), company=company, kpis=(), http=limits))


@dataclass
class Site:
    """Incidents by id, and seconds of outage by component and day; told as both of Statuspage's APIs do."""

    hub: Hub = field(default_factory=Hub)
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    outages: dict[tuple[str, date], tuple[int, int]] = field(default_factory=dict)
    shown_from: dict[str, date] = field(default_factory=dict)

    def __post_init__(self) -> None:
        public, keyed = "api/v2/", f"pages/{PAGE}"
        about = sample("components")
        scheduled = "scheduled-maintenances"
        self.hub.answers |= {
            f"{public}components.json": Answer(about),
            f"{public}incidents.json": lambda _: self._public("incidents", self._latest(False)[:LATEST]),
            f"{public}incidents/unresolved.json": lambda _: self._public("incidents", self._open(False)),
            f"{public}{scheduled}.json": lambda _: self._public(scheduled, self._latest(True)[:LATEST]),
            f"{public}{scheduled}/upcoming.json": lambda _: self._public(scheduled, self._open(True, "scheduled")),
            f"{public}{scheduled}/active.json": lambda _: self._public(scheduled, self._open(True, "in_progress")),
            "pages": Answer([about["page"]]),
            keyed: Answer(about["page"]),
            f"{keyed}/components": Answer(about["components"]),
            f"{keyed}/incidents": lambda asked: self._paged(asked, self._latest(None)),
        }
        for component in (API, WITHDRAWALS):
            self.hub.answers[f"{keyed}/components/{component}/uptime"] = self._uptime

    def add(self, number: str, created: datetime, resolved: datetime | None = None, **more: Any) -> None:
        """An incident of one component that is told from now on."""
        self.found[number] = sample("incident") | {
            "id": number,
            "name": f"Incident {number}",
            "created_at": text(created),
            "started_at": text(created),
            "resolved_at": None,
            "status": "investigating",
            "incident_updates": [self._update("investigating", created, "operational", "major_outage")],
        }
        if resolved:
            self.resolve(number, resolved)
        self.found[number] |= more
        self.hub.answers[f"pages/{PAGE}/incidents/{number}"] = lambda _: Answer(self.found[number])

    def resolve(self, number: str, at: datetime) -> None:
        """An incident ends."""
        one = self.found[number]
        updates = [self._update("resolved", at, "major_outage", "operational"), *one["incident_updates"]]
        self.found[number] = one | {"status": "resolved", "resolved_at": text(at), "incident_updates": updates}

    def paths(self) -> list[str]:
        """What was asked for, in order, without the address."""
        return [one.path.removeprefix("/") for one in self.hub.asked]

    def _update(self, status: str, at: datetime, old: str, new: str) -> dict[str, Any]:
        component = {"code": WITHDRAWALS, "name": "Withdrawals", "old_status": old, "new_status": new}
        times = dict.fromkeys(("created_at", "updated_at", "display_at"), text(at))
        return {"status": status, "body": "…", **times, "affected_components": [component]}

    def _latest(self, planned: bool | None) -> list[dict[str, Any]]:
        found = [one for one in self.found.values() if planned in (None, one["impact"] == "maintenance")]
        return sorted(found, key=lambda one: datetime.fromisoformat(one["created_at"]), reverse=True)

    def _open(self, planned: bool, status: str | None = None) -> list[dict[str, Any]]:
        return [one for one in self._latest(planned) if one["status"] not in _OVER and status in (None, one["status"])]

    def _public(self, path: str, found: list[dict[str, Any]]) -> Answer:
        return Answer({"page": sample("components")["page"], path.replace("-", "_"): found})

    def _paged(self, asked: Request, found: list[dict[str, Any]]) -> Answer:
        size, number = int(asked.query["limit"]), int(asked.query["page"])
        return Answer(found[(number - 1) * size : number * size])

    def _uptime(self, asked: Request) -> Answer:
        component = asked.path.split("/")[-2]
        first, last = (date.fromisoformat(asked.query[name]) for name in ("start", "end"))
        begun = max(first, self.shown_from.get(component, first))
        days = [one for (name, day), one in self.outages.items() if name == component and begun <= day <= last]
        moved = ["Start date was adjusted to the component's start date."] if begun != first else []
        return Answer({
            "id": component, "name": component, "range_start": begun.isoformat(), "range_end": last.isoformat(),
            "uptime_percentage": 99.9, "major_outage": sum(one[0] for one in days),
            "partial_outage": sum(one[1] for one in days), "warnings": moved,
        })  # fmt: skip


@contextlib.contextmanager
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A page without incidents, and its key, at a fixed time."""
    monkeypatch.setenv("STATUSPAGE_API_KEY", KEY)
    fix_clock(NOW)
    made = Site()
    try:
        with serving(made.hub):
            yield made
    finally:
        fix_clock(None)


def days_ago(days: float) -> datetime:
    """An instant before the fixed one."""
    return NOW - timedelta(days=days)
