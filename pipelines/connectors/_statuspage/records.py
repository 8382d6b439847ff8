"""Incidents and days of uptime: Statuspage's answers as the records that are kept, and those as facts; pure.

Times are those of an incident's updates; nothing is read from prose. An update tells the status that it gives to each
component, so a component is hurt from one update to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from data.facts import Incident, ProbeDay
from data.period import day_seconds
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, link_of, stamp, text_of, when
from pipelines.errors import SkipRecord
from pipelines.people import masked

KEEP: Mapping[str, tuple[str, ...]] = {
    "incident": (
        "id", "page", "title", "impact", "status", "created_at", "started_at", "scheduled_for", "resolved_at",
        "components", "updates", "shortlink",
    ),
    "uptime": ("component", "component_name", "day", "major", "partial"),
}  # fmt: skip

NONE = "none"
_LEVELS = {"critical": "down", "major": "partial", "minor": "degraded", "none": NONE}
_STATUSES = {
    "major_outage": "down", "partial_outage": "partial", "degraded_performance": "degraded", "operational": NONE,
}  # fmt: skip
_OVER = ("resolved", "completed", "postmortem")
_ORDER = ("scheduled", "investigating", "identified", "in_progress", "monitoring", "verifying", *_OVER)

Touch = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Reading:
    """What turns records into facts beside themselves: zone of days, weights of impacts, scope of the provider."""

    source: str
    provider: str
    zone: ZoneInfo
    weights: Mapping[str, float]


@dataclass(frozen=True)
class _Course:
    """How an incident went: what an update said when, from the first to the last."""

    started: datetime
    resolved: datetime | None
    mitigated: datetime | None
    maintenance: bool
    level: str


def incident_record(page: str, found: Json) -> Record:
    """An incident or a maintenance of a page; SkipRecord where it has no id."""
    number = found.get("id")
    if not isinstance(number, str):
        raise SkipRecord("An incident came without its id.")
    updates = [_update(one) for one in found.get("incident_updates") or () if isinstance(one, dict)]
    return Record("incident", f"incidents/{number}", {
        "id": number,
        "page": page,
        "title": masked(str(found.get("name") or "")),
        "impact": found.get("impact") or NONE,
        "status": found.get("status"),
        "created_at": text_of(found.get("created_at")),
        "started_at": text_of(found.get("started_at")),
        "scheduled_for": text_of(found.get("scheduled_for")),
        "resolved_at": text_of(found.get("resolved_at")),
        "components": [
            {"id": one["id"], "name": one.get("name")} for one in found.get("components") or () if one.get("id")
        ],
        "updates": sorted(updates, key=_in_order),
        "shortlink": link_of(found.get("shortlink")),
    })  # fmt: skip


def goes_on(record: Record) -> bool:
    """Whether an incident, or a maintenance to come, is to be asked for again."""
    return record.payload["status"] not in _OVER


def incident_fact(record: Record, reading: Reading) -> Incident | None:
    """An incident, filed under the first component that it hurt, else under its page; None before a maintenance."""
    seen = record.payload
    if seen["status"] == "scheduled":
        return None
    course = _course(seen)
    touches = tuple(_touches(seen, course))
    hurt = [key for kind, key, impact, *_ in touches if kind == "component" and impact != NONE]
    named = hurt or [one["id"] for one in seen["components"]]
    return Incident(
        source=reading.source,
        source_id=record.source_id,
        key_kind="component" if named else "page",
        key=named[0] if named else seen["page"],
        url=seen["shortlink"],
        title=seen["title"],
        severity="maintenance" if course.maintenance else seen["impact"],
        started=course.started,
        detected=None,
        acknowledged=None,
        mitigated=course.mitigated,
        resolved=course.resolved,
        cause="",
        provider=reading.provider,
        maintenance=course.maintenance,
        deployment=None,
        change=None,
        touches=touches,
    )


def uptime_record(component: str, name: str, day: date, major: int, partial: int) -> Record:
    """Seconds of outage of a component on a day."""
    return Record("uptime", f"uptime/{component}/{day}", {
        "component": component,
        "component_name": name,
        "day": day.isoformat(),
        "major": major,
        "partial": partial,
    })  # fmt: skip


def uptime_fact(record: Record, reading: Reading) -> ProbeDay:
    """A day of a component: a partial outage is down by the weight that the settings give it."""
    seen, day = record.payload, date.fromisoformat(record.payload["day"])
    length = day_seconds(day, reading.zone)
    if seen["major"] + seen["partial"] > length:
        raise SkipRecord("More seconds of outage than the day has: its page and the company keep other time zones.")
    weight = {name: Decimal(str(reading.weights.get(name, 0))) for name in ("down", "partial")}
    down = seen["major"] * weight["down"] + seen["partial"] * weight["partial"]
    return ProbeDay(
        source=reading.source,
        source_id=record.source_id,
        key_kind="component",
        key=seen["component"],
        day=day,
        up=length - down,
        down=down,
        unknown=Decimal(0),
        samples=1,
    )


def _update(found: Json) -> dict[str, Any]:
    """An update without its text; shown may be another time than that of writing, where it was entered later."""
    at = text_of(found.get("display_at")) or text_of(found.get("created_at")) or text_of(found.get("updated_at"))
    components = [
        {"id": one["code"], "status": one.get("new_status")}
        for one in found.get("affected_components") or ()
        if isinstance(one, dict) and one.get("code")
    ]
    return {"status": found.get("status"), "at": at, "components": components}


def _in_order(update: Json) -> tuple[str, int]:
    """By time; within one second in the order in which states follow on each other."""
    status = update["status"]
    return update["at"] or "", _ORDER.index(status) if status in _ORDER else 0


def _course(seen: Json) -> _Course:
    moments = [(one["status"], at) for one in seen["updates"] if (at := when(one["at"]))]
    maintenance = seen["impact"] == "maintenance" or seen["scheduled_for"] is not None
    level = _LEVELS.get(seen["impact"], NONE)
    begun = [at for status, at in moments if not maintenance or status == "in_progress"]
    stated = (seen["scheduled_for"], seen["started_at"], seen["created_at"])
    started = min(begun, default=None) or next((at for text in stated if (at := when(text))), None)
    if started is None:
        raise SkipRecord("The incident has no update and no created_at: Statuspage must tell when it began.")
    if seen["status"] not in _OVER:
        # an impact would end with the mitigation, while components of an open incident may still be hurt
        return _Course(started, None, None, maintenance, level)
    resolved = max((at for status, at in moments if status in ("resolved", "completed")), default=None)
    resolved = resolved or when(seen["resolved_at"])
    if resolved is None:
        raise SkipRecord("The incident is over, but no update says since when: correct it in Statuspage.")
    calmed = [at for status, at in moments if status == "monitoring" and started <= at <= resolved]
    return _Course(min(started, resolved), resolved, max(calmed, default=None), maintenance, level)


def _touches(seen: Json, course: _Course) -> Iterator[Touch]:
    """What happened to each component, and to the page whatever hurt one of them, else the impact of the incident.

    A maintenance touches only what it takes away, and never the page as a whole.
    """
    told: dict[str, list[tuple[datetime, str]]] = {one["id"]: [] for one in seen["components"]}
    for update in seen["updates"]:
        if (at := when(update["at"])) is not None:
            for one in update["components"]:
                told.setdefault(one["id"], []).append((at, _impact(one["status"], course.maintenance)))
    whole = "down" if course.maintenance else course.level
    of_page = dict[tuple[str, str, str], None]()
    for component, changes in told.items():
        for impact, start, end in _spans(changes or [(course.started, whole)], course):
            span = (impact, stamp(start), stamp(end) if end else "")
            if impact != NONE:
                of_page[span] = None
            if impact != NONE or not course.maintenance:
                yield "component", component, *span
    until = stamp(course.resolved) if course.resolved else ""
    for span in () if course.maintenance else of_page or [(course.level, stamp(course.started), until)]:
        yield "page", seen["page"], *span


def _spans(changes: Sequence[tuple[datetime, str]], course: _Course) -> Sequence[tuple[str, datetime, datetime | None]]:
    """The impacts of one component, each until the next change or the incident's end; one without any is said once."""
    found: list[tuple[str, datetime, datetime | None]] = []
    ends = [*(at for at, _ in changes[1:]), course.resolved]
    for (at, impact), until in zip(changes, ends, strict=True):
        start = max(at, course.started)
        end = until if until is None or course.resolved is None else min(until, course.resolved)
        if impact == NONE or (end is not None and end <= start):
            continue
        if found and found[-1][0] == impact and found[-1][2] == start:
            start = found.pop()[1]
        found.append((impact, start, end))
    if found:
        return found
    passing = [impact for _, impact in changes if impact != NONE] if course.started == course.resolved else []
    return [(passing[0] if passing else NONE, course.started, course.resolved)]


def _impact(status: object, maintenance: bool) -> str:
    """By Statuspage's own rule a component under maintenance is not out of service, unless the maintenance is it."""
    if status == "under_maintenance":
        return "down" if maintenance else NONE
    return _STATUSES.get(str(status), NONE)
