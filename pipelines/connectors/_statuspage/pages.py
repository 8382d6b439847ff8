"""A status page as anybody sees it, and as one with a key does: its components, its incidents, their uptime."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from data.settings import HttpLimits
from pipelines.connectors.texts import Json, when
from pipelines.errors import StopSource
from pipelines.http import Http, json_of

LATEST = 50
"""Incidents that a public page lists, and as many maintenances."""

PER_PAGE = 100
_LONGEST = 1_000
"""Pages of one listing, as a bound."""

_DAY = timedelta(days=1)
_PUBLIC = (("incidents", "incidents"), ("scheduled-maintenances", "scheduled_maintenances"))
_GOING_ON = (
    ("incidents/unresolved", "incidents"),
    ("scheduled-maintenances/upcoming", "scheduled_maintenances"),
    ("scheduled-maintenances/active", "scheduled_maintenances"),
)


@dataclass(frozen=True)
class Component:
    """A thing on a page; `showcase`: its uptime is shown."""

    id: str
    name: str
    showcase: bool


@dataclass(frozen=True)
class About:
    """A page and what is on it."""

    id: str
    name: str
    zone: str
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Told:
    """Incidents of a listing; `back_to` is since when it tells all, where it is cut short."""

    incidents: list[Json]
    back_to: datetime | None = None


@dataclass(frozen=True)
class Outage:
    """Seconds of outage of a component from one day to another, both included."""

    first: date
    last: date
    major: int
    partial: int


@dataclass(frozen=True)
class Public:
    """The public API of a page, below the page's own address."""

    http: Http

    def about(self) -> About:
        """The page and its components."""
        found = _object(self.http, "api/v2/components.json", "page", "components")
        return about(found["page"], found["components"])

    def incidents(self, floor: datetime) -> Iterator[Told]:
        """The latest incidents, then the latest maintenances."""
        for path, name in _PUBLIC:
            found = _each(_object(self.http, f"api/v2/{path}.json", name)[name])
            created = [at for one in found if (at := when(one.get("created_at")))]
            yield Told(found, min(created) if len(found) >= LATEST and created else None)

    def again(self, numbers: Sequence[str]) -> list[Json]:
        """Those that still go on; a public page tells of no other."""
        lists = [_object(self.http, f"api/v2/{path}.json", name)[name] for path, name in _GOING_ON]
        return [one for found in lists for one in _each(found) if one.get("id") in numbers]


@dataclass(frozen=True)
class Keyed:
    """The management API of the page `number`."""

    http: Http
    number: str

    def about(self) -> About:
        """The page and its components."""
        page = json_of(self.http.get(f"pages/{self.number}"))
        if not isinstance(page, dict):
            raise _strange(f"pages/{self.number}")
        components = [one for found in self._pages("components", {"per_page": PER_PAGE}) for one in found]
        return about(page, components)

    def incidents(self, floor: datetime) -> Iterator[Told]:
        """All incidents with the maintenances among them, down to where a page holds nothing later than `floor`."""
        for found in self._pages("incidents", {"limit": PER_PAGE}):
            yield Told(found)
            if found and not any(reaches(one, floor) for one in found):
                return

    def again(self, numbers: Sequence[str]) -> list[Json]:
        """Each by itself; one that was deleted is left out."""
        found = list[Json]()
        for number in numbers:
            try:
                one = json_of(self.http.get(f"pages/{self.number}/incidents/{number}"))
            except StopSource as fault:
                if fault.status != 404:
                    raise
                continue
            found += [one] if isinstance(one, dict) else []
        return found

    def outage_days(self, component: str, first: date, last: date) -> Iterator[Outage]:
        """Each day from `first` to `last` that Statuspage knows, by halves: one call tells of days without any."""
        found = self._outage(component, first, last)
        first, last = found.first, found.last
        if not found.major and not found.partial:
            days = (first + n * _DAY for n in range((last - first).days + 1))
            yield from (Outage(day, day, 0, 0) for day in days)
        elif first == last:
            yield found
        elif first < last:
            middle = first + (last - first) // 2
            yield from self.outage_days(component, first, middle)
            yield from self.outage_days(component, middle + _DAY, last)

    def _outage(self, component: str, first: date, last: date) -> Outage:
        path = f"pages/{self.number}/components/{component}/uptime"
        asked = {"start": first.isoformat(), "end": last.isoformat(), "skip_related_events": "true"}
        found = json_of(self.http.get(path, asked))
        try:
            start, end = (date.fromisoformat(found[name][:10]) for name in ("range_start", "range_end"))
            outage = Outage(start, end, int(found["major_outage"]), int(found["partial_outage"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _strange(path) from error
        if start < first or last < end:  # then the seconds are not those of the days asked for
            raise _strange(path)
        return outage

    def _pages(self, name: str, asked: Mapping[str, Any]) -> Iterator[list[Json]]:
        path, previous = f"pages/{self.number}/{name}", list[Json]()
        for number in range(1, _LONGEST + 1):
            found = json_of(self.http.get(path, {**asked, "page": number}))
            if not isinstance(found, list):
                raise _strange(path)
            items = _each(found)
            if items and items == previous:
                raise StopSource(
                    f"GET /{path} answers the same page again and again: check base_url and what lies between."
                )
            yield items
            if len(found) < PER_PAGE:
                return
            previous = items
        raise StopSource(f"GET /{path} has more than {_LONGEST:,} pages: check base_url and what lies between.")


Page = Public | Keyed


def connected(base_url: str, limits: HttpLimits, key: str | None) -> Http:
    """Calls to a page, with a key where there is one."""
    return Http(base_url, limits, {"User-Agent": "plumbline"} | ({"Authorization": f"OAuth {key}"} if key else {}))


def reaches(found: Json, floor: datetime) -> bool:
    """Whether an incident, or the planned end of a maintenance, is not before `floor`; one without any time is not."""
    names = ("created_at", "scheduled_for", "scheduled_until", "resolved_at")
    told = [at for name in names if (at := when(found.get(name)))]
    return not told or max(told) >= floor


def about(page: Json, components: Sequence[Json]) -> About:
    """A page and its components; groups are none."""
    single = [one for one in components if isinstance(one, dict) and one.get("id") and one.get("group") is not True]
    return About(
        id=str(page.get("id")),
        name=str(page.get("name") or page.get("id")),
        zone=str(page.get("time_zone") or ""),
        components=tuple(
            Component(str(one["id"]), str(one.get("name") or one["id"]), one.get("showcase") is not False)
            for one in single
        ),
    )


def _object(http: Http, path: str, *names: str) -> Json:
    found = json_of(http.get(path))
    if not isinstance(found, dict) or not all(isinstance(found.get(name), (dict, list)) for name in names):
        raise _strange(path)
    return found


def _each(found: Sequence[object]) -> list[Json]:
    return [one for one in found if isinstance(one, dict)]


def _strange(path: str) -> StopSource:
    return StopSource(f"GET /{path} does not answer as Statuspage does: check base_url.")
