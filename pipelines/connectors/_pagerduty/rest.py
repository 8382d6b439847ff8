"""PagerDuty's REST API: lists by offset, windows of incidents, and who acknowledged first and when.

A list is told up to its 10,000th entry and a window of six months, so incidents are read oldest first and in windows
of a month, and a window that is cut off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from data.settings import HttpLimits
from pipelines.connectors.texts import Json, stamp, when
from pipelines.errors import StopSource
from pipelines.http import Http, json_of

LIMIT = 100
"""Entries of a page, the most that PagerDuty gives."""

CAP = 10_000
"""Entries of a list that PagerDuty tells; it refuses a larger offset."""

WINDOW = timedelta(days=30)

_LONGEST = timedelta(days=180)
"""PagerDuty finds nothing in a window of more than six months."""

_FEW = 10
"""Incidents whose logs are asked for one by one rather than for the whole account."""

_ACKNOWLEDGED = ("acknowledge_log_entry", "acknowledgement_log_entry")
_HOUR, _MINUTE, _SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@dataclass(frozen=True)
class Sheet:
    """A page of a list. `cut`: the list goes on, and PagerDuty does not tell how."""

    items: list[Json]
    last: bool
    cut: bool = False


@dataclass(frozen=True)
class Read:
    """Incidents in the order of their creation; with them, all that were created before `until` have been told."""

    incidents: list[Json]
    until: datetime


def connected(base_url: str, limits: HttpLimits, token: str) -> Http:
    """Calls to PagerDuty with a token."""
    headers = {"Accept": "application/vnd.pagerduty+json;version=2", "User-Agent": "plumbline"}
    return Http(base_url, limits, headers | {"Authorization": f"Token token={token}"})


def pages(http: Http, path: str, asked: Mapping[str, Any]) -> Iterator[Sheet]:
    """The pages of a list, which bears the name that the path ends with. No link to a next page is followed."""
    offset, previous = 0, list[Json]()
    while offset + LIMIT <= CAP:
        found = answer(http, path, {**asked, "limit": LIMIT, "offset": offset})
        items = _list(found, path)
        if items and items == previous:
            raise StopSource(
                f"GET /{path} answers the same page again and again: check base_url and what lies between."
            )
        size = found.get("limit")
        offset, previous = offset + (size if isinstance(size, int) and 0 < size <= LIMIT else LIMIT), items
        last = found.get("more") is not True or not items
        yield Sheet(items, last, cut=not last and offset + LIMIT > CAP)
        if last:
            return


def answer(http: Http, path: str, asked: Mapping[str, Any] | None = None) -> Json:
    """One answer; StopSource where it has another form than PagerDuty's."""
    found = json_of(http.get(path, asked))
    if not isinstance(found, dict):
        raise StopSource(f"GET /{path} answers no object: check that base_url is https://api.pagerduty.com.")
    return found


def everything(http: Http, path: str, asked: Mapping[str, Any] | None = None) -> list[Json]:
    """All entries of a list that is not windowed; StopSource where PagerDuty does not tell all."""
    found = list[Json]()
    for sheet in pages(http, path, asked or {}):
        found += sheet.items
        if sheet.cut:
            raise StopSource(f"GET /{path} has more than {CAP:,} entries: name `services` in the options.")
    return found


def incidents(http: Http, services: Sequence[str], start: datetime, end: datetime) -> Iterator[Read]:
    """The incidents created from `start` up to `end`."""
    while start < end:
        until = min(start + WINDOW, end)
        asked = {**_between(start, until), "sort_by": "created_at:asc", "service_ids[]": list(services)}
        reached, before, cut = start, None, False
        for sheet in pages(http, "incidents", asked):
            created = [at for one in sheet.items if (at := when(one.get("created_at")))]
            if created != sorted(created) or (before and created and created[0] < before):
                raise StopSource("GET /incidents is not in the order of created_at: check what lies before PagerDuty.")
            before, cut = (created[-1] if created else before), sheet.cut
            reached = min(max(start, before or start), until)
            yield Read(sheet.items, until if sheet.last else reached)
        if cut and reached == start:
            raise StopSource(f"More than {CAP:,} incidents at {stamp(start)}: name fewer `services` in the options.")
        start = reached if cut else until


def acknowledgements(
    http: Http, found: Sequence[Json], now: datetime, *, whole_account: bool
) -> Mapping[object, datetime]:
    """When each incident was first acknowledged, by id.

    A resolved incident no longer tells it, only its log does. The account's log around all of them takes a call for a
    hundred entries, the log of each a call: the latter is asked where the former does not reach, or reads too much.
    """
    created = [at for one in found if (at := when(one.get("created_at")))]
    first, until = dict[object, datetime](), min(created, default=now)
    if whole_account and len(found) > _FEW and created:
        until = min(now, max(created) + max(_HOUR, max(created) - min(created)))
        for entry in _account_log(http, min(created), until):
            _note(first, (entry.get("incident") or {}).get("id"), entry)
    for one in found:
        number, resolved = one.get("id"), when(one.get("resolved_at"))
        if number and number not in first and (resolved is None or resolved > until):
            for sheet in pages(http, f"incidents/{number}/log_entries", {"is_overview": "true"}):
                for entry in sheet.items:
                    _note(first, number, entry)
    return first


def incident(http: Http, number: str) -> Json:
    """One incident by its id."""
    found = answer(http, f"incidents/{number}").get("incident")
    return found if isinstance(found, dict) else {}


def count(http: Http, service: str, start: datetime, end: datetime) -> int | None:
    """How many incidents of a service PagerDuty itself counts from `start` up to `end`; None where it does not."""
    total = 0
    while start < end:
        until = min(start + _LONGEST, end)
        asked = {"since": stamp(start), "until": stamp(until), "time_zone": "UTC", "service_ids[]": service}
        found = answer(http, "incidents", {**asked, "limit": 1, "total": "true"}).get("total")
        if not isinstance(found, int):
            return None
        total, start = total + found, until
    return total


def _account_log(http: Http, start: datetime, end: datetime) -> Iterator[Json]:
    """The log of the whole account, by halves where PagerDuty does not tell all of it at once."""
    cut = False
    for sheet in pages(http, "log_entries", {**_between(start, end), "is_overview": "true"}):
        yield from sheet.items
        cut = sheet.cut
    if not cut:
        return
    if end - start < _MINUTE:
        raise StopSource(f"More than {CAP:,} log entries at {stamp(start)}: name `services` in the options.")
    middle = start + (end - start) / 2
    yield from _account_log(http, start, middle)
    yield from _account_log(http, middle, end)


def _note(first: dict[object, datetime], number: object, entry: Json) -> None:
    """Take note of an entry where it is an acknowledgement earlier than those known."""
    at = when(entry.get("created_at"))
    if entry.get("type") in _ACKNOWLEDGED and at is not None:
        first[number] = min(at, first.get(number, at))


def _between(start: datetime, end: datetime) -> dict[str, str]:
    # a second more: whether the last one belongs to the window is nowhere said
    return {"since": stamp(start), "until": stamp(end + _SECOND), "time_zone": "UTC"}


def _list(found: Json, path: str) -> list[Json]:
    name = path.rpartition("/")[2]
    items = found.get(name)
    if not isinstance(items, list):
        raise StopSource(f"GET /{path} answers no {name}: check that base_url is https://api.pagerduty.com.")
    return [item for item in items if isinstance(item, dict)]
