"""The demo's pager, in the form and with the limits of PagerDuty's REST API."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.sample import Story
from data.sample.company import ENGINEERS, INTEGRATIONS, ORGANISATION, SERVICES
from data.sample.numbers import running_number
from data.sample.records import Incident
from pipelines.demo.answers import Unprocessable, answer, instant_in, number_in
from pipelines.demo.github_accounts import maybe, stamp

Json = dict[str, Any]

MOST_RECORDS: Final = 10_000
"""How far down a listing may be paged."""

_PAGE: Final = 25
_LONGEST: Final = timedelta(days=184)
"""Six months: a longer window finds nothing."""

_USUAL: Final = timedelta(days=31)
_BY_PIPELINE: Final = 7
"""Of ten incidents after a release, how many the pipeline raises itself."""

_PRIORITIES: Final = {1: "Services or customers are cut off", 2: "Many customers are hurt", 3: "Few customers are hurt"}


@dataclass(frozen=True, eq=False, slots=True)
class Paged:
    """One incident as the pager knows it, from the moment somebody or something noticed it."""

    story: Incident
    number: int
    created: datetime
    down: bool
    """Whether a service was down, not merely slow or without one of its providers."""

    @property
    def id(self) -> str:
        return code("Q", 13, "incident", self.story.id)

    @property
    def service(self) -> str:
        """What it was opened for: the first service that it hurt, else the integration."""
        return (*self.story.services, *self.story.integrations)[0]

    @property
    def status(self) -> str:
        if self.story.resolved is not None:
            return "resolved"
        return "triggered" if self.story.acknowledged is None else "acknowledged"

    @property
    def key(self) -> str:
        """What the one that raised it calls it: most rollbacks are raised by the pipeline that deployed."""
        if self.story.deployment is None or self.number % 10 >= _BY_PIPELINE:
            return self.story.id
        repository = next(one.repository for one in SERVICES if one.id == self.service)
        return f"deploy:{ORGANISATION}/{repository}/deployments/{self.story.deployment}"

    @property
    def changed(self) -> datetime:
        """When its status last changed."""
        return self.story.resolved or self.story.acknowledged or self.created


class Pager:
    """Answers from the story's incidents; `api` is its address."""

    def __init__(self, told: Story, api: str) -> None:
        self._told = told
        self._api = api

    def routes(self) -> list[Route]:
        """Where it answers, below its base address."""
        return [
            Route("/abilities", self._abilities),
            Route("/services", self._services),
            Route("/priorities", self._priorities),
            Route("/maintenance_windows", self._maintenance_windows),
            Route("/incidents", self._incidents),
            Route("/incidents/{id}", self._incident),
            Route("/incidents/{id}/log_entries", self._entries_of_one),
            Route("/log_entries", self._log_entries),
        ]

    @cached_property
    def _paged(self) -> list[Paged]:
        down = {window.incident for window in self._told.outages if window.down}
        found = [
            Paged(one, running_number(one.id), one.detected, one.id in down)
            for one in self._told.incidents
            if one.detected is not None
        ]
        return sorted(found, key=lambda one: (one.created, one.number))

    async def _abilities(self, _: Request) -> Response:
        return answer(200, {"abilities": ["teams", "urgencies"]})

    async def _services(self, request: Request) -> Response:
        names = {thing.id: thing.name for thing in (*SERVICES, *INTEGRATIONS)}
        found = sorted(names.items(), key=lambda pair: pair[1])
        return _page(request, "services", found, lambda pair: self._service(*pair))

    async def _priorities(self, request: Request) -> Response:
        return _page(request, "priorities", tuple(_PRIORITIES), self._priority)

    async def _maintenance_windows(self, request: Request) -> Response:
        """None: releases need no window."""
        return _page(request, "maintenance_windows", (), dict)

    async def _incidents(self, request: Request) -> Response:
        asked = request.query_params
        try:
            since, until = self._window(request)
        except Unprocessable as error:
            return _refusal(400, str(error))
        services, statuses = set(asked.getlist("service_ids[]")), set(asked.getlist("statuses[]"))
        found = [
            one
            for one in self._paged
            if since <= one.created < until
            and (not services or code("P", 6, "service", one.service) in services)
            and (not statuses or one.status in statuses)
        ]
        if "created_at:desc" in asked.get("sort_by", "") or "incident_number:desc" in asked.get("sort_by", ""):
            found.reverse()
        return _page(request, "incidents", found, self._body)

    def _window(self, request: Request) -> tuple[datetime, datetime]:
        """The instants between which incidents were opened; nothing lies in a window that is too long."""
        if request.query_params.get("date_range") == "all":
            return self._told.since, self._told.until
        until = instant_in(request, "until") or self._told.until
        since = instant_in(request, "since") or until - _USUAL
        return (until, until) if until - since > _LONGEST else (since, until)

    async def _incident(self, request: Request) -> Response:
        found = self._named(request.path_params["id"])
        return _refusal(404, "Not Found") if found is None else answer(200, {"incident": self._body(found)})

    async def _entries_of_one(self, request: Request) -> Response:
        found = self._named(request.path_params["id"])
        if found is None:
            return _refusal(404, "Not Found")
        return _page(request, "log_entries", self._entries(found), dict)

    async def _log_entries(self, request: Request) -> Response:
        """Everything that happened, the newest first."""
        try:
            since = instant_in(request, "since") or self._told.since
            until = instant_in(request, "until") or self._told.until
        except Unprocessable as error:
            return _refusal(400, str(error))
        first, last = stamp(since), stamp(until)
        found = [entry for entry in self._all_entries if first <= entry["created_at"] < last]
        return _page(request, "log_entries", found, dict)

    @cached_property
    def _all_entries(self) -> list[Json]:
        found = [entry for one in self._paged for entry in self._entries(one)]
        return sorted(found, key=lambda entry: (entry["created_at"], entry["id"]), reverse=True)

    def _named(self, own: str) -> Paged | None:
        return next((one for one in self._paged if own in (one.id, str(one.number))), None)

    def _service(self, own: str, name: str) -> Json:
        number = code("P", 6, "service", own)
        return {
            **self._named_thing("service", number, name),
            "name": name,
            "description": None,
            "status": "active",
            "created_at": stamp(self._told.since),
            "alert_creation": "create_alerts_and_incidents",
            "escalation_policy": self._reference("escalation_policy", "Engineers on duty"),
            **{part: [] for part in ("integrations", "teams", "addons", "scheduled_actions")},
        }

    def _priority(self, severity: int) -> Json:
        name, number = f"P{severity}", code("P", 6, "priority", severity)
        return {
            **self._named_thing("priority", number, name),
            "name": name,
            "description": _PRIORITIES[severity],
        }

    def _body(self, one: Paged) -> Json:
        story, open_now = one.story, one.story.resolved is None
        person = self._reference("user", ENGINEERS[one.number % len(ENGINEERS)])
        taken = [{"at": maybe(story.acknowledged), "acknowledger": person}]
        return {
            **self._named_thing("incident", one.id, f"[#{one.number}] {story.title}"),
            "incident_number": one.number,
            "title": story.title,
            "description": story.title,
            "created_at": stamp(one.created),
            "updated_at": stamp(one.changed),
            "status": one.status,
            "incident_key": one.key,
            "service": self._service_reference(one),
            "assignments": [{"at": stamp(one.created), "assignee": person}] if open_now else [],
            "assigned_via": "escalation_policy",
            "last_status_change_at": stamp(one.changed),
            "resolved_at": maybe(story.resolved),
            "first_trigger_log_entry": self._reference("trigger_log_entry", f"{story.id} trigger"),
            "alert_counts": {"all": 1, "triggered": int(open_now), "resolved": int(not open_now)},
            "is_mergeable": True,
            "incident_type": {"name": "incident_default"},
            "escalation_policy": self._reference("escalation_policy", "Engineers on duty"),
            **{part: [] for part in ("teams", "pending_actions", "incidents_responders", "responder_requests")},
            "acknowledgements": taken if one.status == "acknowledged" else [],
            "last_status_change_by": person if story.acknowledged else self._service_reference(one),
            "priority": {
                **self._named_thing("priority", code("P", 6, "priority", story.severity), f"P{story.severity}"),
                "type": "priority_reference",
            },
            "resolve_reason": None,
            "urgency": "high" if one.down else "low",
        }

    def _entries(self, one: Paged) -> list[Json]:
        """What happened to an incident, oldest first."""
        person = self._reference("user", ENGINEERS[one.number % len(ENGINEERS)])
        steps = (
            ("trigger", one.created, self._service_reference(one)),
            ("assign", one.created, self._service_reference(one)),
            ("acknowledge", one.story.acknowledged, person),
            ("resolve", one.story.resolved, person),
        )
        incident = {
            **self._named_thing("incident", one.id, f"[#{one.number}] {one.story.title}"),
            "type": "incident_reference",
        }
        return [
            {
                **self._named_thing(f"{kind}_log_entry", code("R", 13, one.story.id, kind), kind.capitalize()),
                "created_at": stamp(at),
                "agent": agent,
                "channel": {"type": "monitor" if kind == "trigger" else "auto"},
                "incident": incident,
                "service": self._service_reference(one),
                "teams": [],
                "contexts": [],
            }
            for kind, at, agent in steps
            if at is not None
        ]

    def _service_reference(self, one: Paged) -> Json:
        name = next(thing.name for thing in (*SERVICES, *INTEGRATIONS) if thing.id == one.service)
        reference = self._named_thing("service", code("P", 6, "service", one.service), name)
        return {**reference, "type": "service_reference"}

    def _reference(self, kind: str, name: str) -> Json:
        return {**self._named_thing(kind, code("P", 6, kind, name), name), "type": f"{kind}_reference"}

    def _named_thing(self, kind: str, own: str, summary: str) -> Json:
        """What all objects carry."""
        part = "log_entries" if kind.endswith("entry") else kind[:-1] + "ies" if kind.endswith("y") else f"{kind}s"
        address = f"{self._api}/{part}/{own}"
        return {"id": own, "type": kind, "summary": summary, "self": address, "html_url": address}


def code(first: str, length: int, *key: object) -> str:
    """An id as the pager gives them: capital letters and digits."""
    text = "\x1f".join(str(part) for part in key)
    return first + base64.b32encode(hashlib.blake2b(text.encode()).digest()).decode()[:length]


def _page(request: Request, name: str, found: Sequence[Any], write: Callable[[Any], Json]) -> Response:
    """The part of a listing from `offset` on; its length only where it is asked for."""
    limit = number_in(request, "limit", _PAGE, 1, 100)
    offset = number_in(request, "offset", 0, 0, 1_000_000_000)
    if offset + limit > MOST_RECORDS:
        return _refusal(400, "Invalid Input Provided", f"Offset and limit must not exceed {MOST_RECORDS} records.")
    counted = request.query_params.get("total", "").lower() == "true"
    return answer(200, {
        name: [write(one) for one in found[offset : offset + limit]],
        "limit": limit, "offset": offset, "more": offset + limit < len(found),
        "total": len(found) if counted else None,
    })  # fmt: skip


def _refusal(status: int, message: str, *reasons: str) -> Response:
    return answer(status, {"error": {"message": message, "code": 2001, "errors": list(reasons)}})
