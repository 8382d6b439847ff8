"""Incidents and maintenance windows: PagerDuty's answers as the records that are kept, and those as facts; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.facts import Incident
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, link_of, stamp, text_of, when
from pipelines.errors import SkipRecord
from pipelines.people import masked

KEEP: Mapping[str, tuple[str, ...]] = {
    "incident": (
        "id", "number", "title", "status", "created_at", "acknowledged_at", "resolved_at", "service", "service_name",
        "urgency", "priority", "merged_into", "deployment", "change", "html_url",
    ),
    "maintenance_window": ("id", "title", "started_at", "ended_at", "services", "html_url"),
}  # fmt: skip


@dataclass(frozen=True)
class Patterns:
    """Where an incident's title or key names the deployment or the change that caused it, as the one group."""

    deployment: re.Pattern[str] | None = None
    change: re.Pattern[str] | None = None


@dataclass(frozen=True)
class Reading:
    """What turns records into facts beside themselves: impacts by name of priority or urgency."""

    source: str
    impacts: Mapping[str, str]
    maintenance_impact: str


def incident_record(found: Json, acknowledged: datetime | None, patterns: Patterns) -> Record:
    """An incident with its first acknowledgement; SkipRecord where it has no id."""
    number, service = found.get("id"), found.get("service") or {}
    if not isinstance(number, str):
        raise SkipRecord("An incident came without its id.")
    reason = found.get("resolve_reason") or {}
    resolved = found.get("status") == "resolved"
    return Record("incident", f"incidents/{number}", {
        "id": number,
        "number": found.get("incident_number"),
        "title": masked(str(found.get("title") or "")),
        "status": found.get("status"),
        "created_at": text_of(found.get("created_at")),
        "acknowledged_at": stamp(acknowledged) if acknowledged else None,
        # older answers lack resolved_at
        "resolved_at": text_of(found.get("resolved_at") or found.get("last_status_change_at")) if resolved else None,
        "service": service.get("id"),
        "service_name": service.get("summary"),
        "urgency": found.get("urgency"),
        "priority": (found.get("priority") or {}).get("summary"),
        "merged_into": (reason.get("incident") or {}).get("id"),
        "deployment": _named(patterns.deployment, found),
        "change": _named(patterns.change, found),
        "html_url": link_of(found.get("html_url")),
    })  # fmt: skip


def is_open(record: Record) -> bool:
    """Whether an incident goes on."""
    return bool(record.payload["status"] != "resolved")


def is_merged(record: Record) -> bool:
    """Whether an incident became part of another one, which alone counts."""
    return record.payload["merged_into"] is not None


def incident_fact(record: Record, reading: Reading) -> Incident | None:
    """An incident, filed under its service; None for one that was merged into another."""
    seen = record.payload
    if is_merged(record):
        return None
    started, resolved = when(seen["created_at"]), when(seen["resolved_at"])
    if started is None:
        raise SkipRecord("The incident has no created_at: PagerDuty must tell when it began.")
    if not seen["service"]:
        raise SkipRecord("The incident names no service: give the token access to its service.")
    if seen["status"] == "resolved" and (resolved is None or resolved < started):
        raise SkipRecord("The incident is resolved, but not at an instant after it began: correct it in PagerDuty.")
    urgency = seen["urgency"] or "high"  # all are, in an account that knows no urgencies
    impact = reading.impacts.get(seen["priority"] or "") or reading.impacts.get(urgency) or "down"
    return Incident(
        source=reading.source,
        source_id=record.source_id,
        key_kind="service",
        key=seen["service"],
        url=seen["html_url"],
        title=seen["title"],
        severity=seen["priority"] or urgency,
        started=started,
        detected=started,
        acknowledged=when(seen["acknowledged_at"]),
        mitigated=None,
        resolved=resolved,
        cause="",
        provider="",
        maintenance=False,
        deployment=seen["deployment"],
        change=seen["change"],
        touches=(("service", seen["service"], impact, "", ""),),
    )


def window_record(found: Json, now: datetime) -> Record | None:
    """A maintenance window that has begun, None for one to come; an end that is still ahead is none yet."""
    number, started, ended = found.get("id"), when(found.get("start_time")), when(found.get("end_time"))
    if not isinstance(number, str) or started is None:
        raise SkipRecord("A maintenance window came without its id or start_time.")
    if started > now:
        return None
    services = [one["id"] for one in found.get("services") or () if isinstance(one, dict) and one.get("id")]
    return Record("maintenance_window", f"maintenance_windows/{number}", {
        "id": number,
        "title": masked(str(found.get("description") or "")),
        "started_at": text_of(found.get("start_time")),
        "ended_at": text_of(found.get("end_time")) if ended and ended <= now else None,
        "services": sorted(services),
        "html_url": link_of(found.get("html_url")),
    })  # fmt: skip


def window_fact(record: Record, reading: Reading) -> Incident:
    """A maintenance window as a planned incident of its services, filed under the first."""
    seen: Mapping[str, Any] = record.payload
    started, services, hurts = when(seen["started_at"]), seen["services"], reading.maintenance_impact != "none"
    if started is None or not services:
        raise SkipRecord("The maintenance window names no service or no start: correct it in PagerDuty.")
    return Incident(
        source=reading.source,
        source_id=record.source_id,
        key_kind="service",
        key=services[0],
        url=seen["html_url"],
        title=seen["title"] or "Maintenance window",
        severity="maintenance",
        started=started,
        detected=None,
        acknowledged=None,
        mitigated=None,
        resolved=when(seen["ended_at"]),
        cause="",
        provider="",
        maintenance=True,
        deployment=None,
        change=None,
        # what is only muted is not touched: a planned maintenance is down time, whatever its impact
        touches=tuple(("service", one, reading.maintenance_impact, "", "") for one in services if hurts),
    )


def _named(pattern: re.Pattern[str] | None, found: Json) -> str | None:
    if pattern is None:
        return None
    texts = (str(found.get(name) or "") for name in ("title", "incident_key"))
    return next((match[1] for text in texts if (match := pattern.search(text))), None)
