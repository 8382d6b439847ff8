"""The providers' public status pages, in the form of Statuspage: the latest 50 incidents, no key, no paging."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.sample import Story
from data.sample.chance import revision
from data.sample.records import Notice, PublicIncident
from data.sample.status_pages import GOOD, PAGES, Page, published
from pipelines.demo.answers import answer
from pipelines.demo.repositories import CREATED

Json = dict[str, Any]

LATEST: Final = 50
"""How many incidents, and how many maintenances, a page lists."""

ZONES: Final = {"bitsund": ZoneInfo("America/New_York")}
"""Pages whose instants are not told in UTC."""

_INDICATORS: Final = ("none", "minor", "major", "critical")
_OVER: Final = ("resolved", "completed")


class StatusPages:
    """Answers for all providers; `base` is where their pages lie, one below the other."""

    def __init__(self, told: Story, base: str) -> None:
        self._told = told
        self._base = base

    def routes(self) -> list[Route]:
        """Where they answer, below their base address."""
        table: dict[str, Callable[[Standing], Json]] = {
            "summary": Standing.summary,
            "status": Standing.status,
            "components": lambda page: {"components": page.components()},
            "incidents": lambda page: {"incidents": page.incidents()},
            "incidents/unresolved": lambda page: {"incidents": page.open_incidents()},
            "scheduled-maintenances": lambda page: {"scheduled_maintenances": page.maintenances()},
            "scheduled-maintenances/upcoming": lambda page: {"scheduled_maintenances": page.maintenances("scheduled")},
            "scheduled-maintenances/active": lambda page: {
                "scheduled_maintenances": page.maintenances("in_progress", "verifying")
            },
        }
        return [Route(f"/{{provider}}/api/v2/{path}.json", self._answering(write)) for path, write in table.items()]

    def _answering(self, write: Callable[[Standing], Json]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            page = self._pages.get(request.path_params["provider"])
            if page is None:
                return answer(404, {"error": "Not found"})
            return answer(200, {"page": page.head(), **write(page)})

        return endpoint

    @cached_property
    def _pages(self) -> dict[str, Standing]:
        found = published(self._told)
        return {
            page.provider: Standing(
                self._told, page, self._base, [one for one in found if one.provider == page.provider]
            )
            for page in PAGES
        }


class Standing:
    """One page as it stands at the end of the story."""

    def __init__(self, told: Story, page: Page, base: str, found: list[PublicIncident]) -> None:
        self._until = told.until
        self._seed = told.seed
        self._page = page
        self._url = f"{base}/{page.provider}"
        self._zone = ZONES.get(page.provider)
        self._found = found[::-1]

    def head(self) -> Json:
        """The page itself."""
        zone = self._zone.key if self._zone else "Etc/UTC"
        own = self._code("page")
        return {
            "id": own, "name": self._page.name, "url": self._url, "time_zone": zone, "updated_at": self._at(self._until)
        }  # fmt: skip

    def status(self) -> Json:
        """How all of it stands, in one word."""
        worst = max((one.impact for one in self._open(planned=False)), key=_INDICATORS.index, default="none")
        words = {"none": "All Systems Operational", "minor": "Minor Service Outage", "major": "Partial System Outage",
                 "critical": "Major Service Outage"}  # fmt: skip
        return {"status": {"indicator": worst, "description": words[worst]}}

    def summary(self) -> Json:
        """What is going on now."""
        return {
            "components": self.components(),
            "incidents": self.open_incidents(),
            "scheduled_maintenances": self.maintenances("scheduled", "in_progress", "verifying"),
            **self.status(),
        }

    def components(self) -> list[Json]:
        """All components with their present status."""
        return [self._component(name) for name in self._page.components]

    def incidents(self) -> list[Json]:
        """The latest incidents, the newest first."""
        return [self._incident(one) for one in self._found if one.planned is None][:LATEST]

    def open_incidents(self) -> list[Json]:
        """Those that are not over."""
        return [self._incident(one) for one in self._open(planned=False)]

    def maintenances(self, *states: str) -> list[Json]:
        """The latest maintenances, the newest first; only those in some states where they are named."""
        found = (one for one in self._found if one.planned and (not states or one.notices[-1].status in states))
        return [self._incident(one) for one in found][:LATEST]

    def _open(self, planned: bool) -> Iterable[PublicIncident]:
        return (one for one in self._found if (one.planned is not None) == planned and one.resolved is None)

    def _component(self, name: str) -> Json:
        changes = [
            (notice.at, after)
            for one in self._found
            for notice in one.notices
            for component, _, after in notice.components
            if component == name
        ]
        at, status = max(changes, default=(CREATED, GOOD))
        return {
            "id": self._code(name),
            "name": name,
            "status": status,
            "created_at": self._at(CREATED),
            "updated_at": self._at(at),
            "position": self._page.components.index(name) + 1,
            "description": None,
            "showcase": True,
            "start_date": str(CREATED.date()),
            "group_id": None,
            "page_id": self._code("page"),
            "group": False,
            "only_show_if_degraded": False,
        }

    def _incident(self, one: PublicIncident) -> Json:
        first, last = one.notices[0].at, one.notices[-1]
        named = dict.fromkeys(component for notice in one.notices for component, _, _ in notice.components)
        watched = next((notice.at for notice in one.notices if notice.status == "monitoring"), None)
        planned = {}
        if one.planned is not None:
            planned = {name: self._at(at) for name, at in zip(("for", "until"), one.planned, strict=True)}
        return {
            "id": one.id,
            "name": one.name,
            "status": last.status,
            "created_at": self._at(first),
            "updated_at": self._at(last.at),
            "monitoring_at": self._at(watched),
            "resolved_at": self._at(one.resolved),
            "impact": one.impact,
            "shortlink": f"{self._url}/incidents/{one.id}",
            "started_at": self._at(first),
            "page_id": self._code("page"),
            "incident_updates": [self._update(one, n, notice) for n, notice in reversed(tuple(enumerate(one.notices)))],
            "components": [self._component(name) for name in named],
            "reminder_intervals": None,
            **{f"scheduled_{name}": at for name, at in planned.items()},
        }

    def _update(self, one: PublicIncident, n: int, notice: Notice) -> Json:
        at = self._at(notice.at)
        return {
            "id": self._code(one.id, n),
            "status": notice.status,
            "body": notice.text,
            "incident_id": one.id,
            "created_at": at,
            "updated_at": at,
            "display_at": at,
            "affected_components": [
                {"code": self._code(name), "name": name, "old_status": before, "new_status": after}
                for name, before, after in notice.components
            ]
            or None,
            "deliver_notifications": True,
            "custom_tweet": None,
            "tweet_id": None,
        }

    def _code(self, *key: object) -> str:
        return revision(self._seed, "page", self._page.provider, *key)[:12]

    def _at(self, moment: datetime | None) -> str | None:
        if moment is None:
            return None
        if self._zone is None:
            return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return moment.astimezone(self._zone).isoformat(timespec="milliseconds")
