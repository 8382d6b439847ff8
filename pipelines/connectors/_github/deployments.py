"""Deployments: GitHub's answers as the record that is kept, and that record as a fact; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from data.facts import Deployment
from pipelines.connectors._github.terms import Reading
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, link_of, text_of, when
from pipelines.errors import SkipRecord

_RANK = ("queued", "waiting", "pending", "in_progress", "success", "failure", "error", "inactive")
_OUTCOMES = {"success": "success", "failure": "failure", "error": "failure"}
_ENDED = (*_OUTCOMES, "inactive")
_ROLLBACK_TASK = re.compile(r"\broll-?back\b", re.IGNORECASE)
_ROLLBACK_TEXT = re.compile(r"roll(ing)?[ -]?back\b(\s+(to|of|from)\b|\s*[:,.]|\s*$)", re.IGNORECASE)


def deployment_record(repository: str, found: Json, statuses: Iterable[Json]) -> Record:
    """A deployment with its statuses, oldest first; SkipRecord where it has no id."""
    number = found.get("id")
    if not isinstance(number, int):
        raise SkipRecord(f'A deployment of {repository} came without its number: set api = "rest" for this source.')
    payload = _declared(found.get("payload"))
    declared = _ROLLBACK_TASK.search(found.get("task") or "") or _ROLLBACK_TEXT.match(found.get("description") or "")
    return Record("deployment", f"{repository}/deployments/{number}", {
        "repository": repository,
        "id": number,
        "sha": found.get("sha") or None,
        "environment": found.get("environment"),
        "task": found.get("task"),
        "rollback": True if declared or payload.get("rollback") is True else None,
        "rework": True if payload.get("rework") is True else None,
        "created_at": text_of(found.get("created_at")),
        "statuses": sorted((_status(one) for one in statuses), key=_in_order),
    })  # fmt: skip


def deployment_from_graphql(node: Json) -> Json:
    """A GraphQL deployment under the names of REST."""
    return {
        "id": node.get("databaseId"),
        "sha": node.get("commitOid"),
        "environment": node.get("environment"),
        "task": node.get("task"),
        "description": node.get("description"),
        "payload": node.get("payload"),
        "created_at": node.get("createdAt"),
    }


def status_from_graphql(node: Json) -> Json:
    """A GraphQL deployment status under the names of REST."""
    return {
        "state": str(node.get("state")).lower(), "created_at": node.get("createdAt"), "log_url": node.get("logUrl"),
    }  # fmt: skip


def is_running(record: Record) -> bool:
    """Whether a deployment's latest status is not an end."""
    statuses = record.payload["statuses"]
    return not statuses or statuses[-1]["state"] not in _ENDED


def deployment_fact(record: Record, reading: Reading) -> Deployment:
    """A deployment as it ended: a success that was superseded later stays the success it was."""
    seen, repository = record.payload, record.payload["repository"]
    created = when(seen["created_at"])
    if created is None:
        raise SkipRecord("The deployment has no created_at: GitHub must tell when it was made.")
    if not seen["environment"]:
        raise SkipRecord("The deployment names no environment: have the pipeline give one.")
    moments = [(one["state"], at, one["log_url"]) for one in seen["statuses"] if (at := when(one["created_at"]))]
    ends = [moment for moment in moments if moment[0] in _OUTCOMES]
    # inactive alone: it was taken away before it ever succeeded
    end = ends[-1] if ends else next((moment for moment in moments if moment[0] == "inactive"), None)
    return Deployment(
        source=reading.source,
        source_id=record.source_id,
        key_kind="repository",
        key=repository,
        url=(end and end[2]) or f"{reading.web}/{repository}/deployments",
        environment=seen["environment"],
        outcome=_OUTCOMES.get(end[0], "failure") if end else "running",
        started=next((at for state, at, _ in moments if state == "in_progress"), created),
        finished=end[1] if end else None,
        revision=seen["sha"],
        rollback=seen["rollback"],
        rework=seen["rework"],
    )


def _declared(payload: object) -> Json:
    """The payload of a deployment: REST gives it as an object or as text, GraphQL as text."""
    for _ in range(2):  # GitHub hands a text payload on as JSON within JSON
        if not isinstance(payload, str):
            break
        try:
            payload = json.loads(payload)
        except json.JSONDecodeError:
            break
    return payload if isinstance(payload, Mapping) else {}


def _status(found: Json) -> dict[str, Any]:
    log = link_of(found.get("log_url"))
    return {"state": found.get("state"), "created_at": text_of(found.get("created_at")), "log_url": log}


def _in_order(status: Json) -> tuple[str, int, str]:
    """By time; within one second in the order in which states follow on each other."""
    state = status["state"]
    return status["created_at"] or "", _RANK.index(state) if state in _RANK else 0, status["log_url"] or ""
