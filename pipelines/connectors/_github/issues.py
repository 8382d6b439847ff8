"""Issues: GitHub's answers as the record that is kept, and that record as a work item; pure."""

from __future__ import annotations

from collections.abc import Iterable

from data.facts import WorkItem
from pipelines.connectors._github.terms import Reading
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, link_of, text_of, when
from pipelines.errors import SkipRecord

_CANCELLED = ("not_planned", "duplicate")


def issue_record(repository: str, found: Json, moments: Iterable[tuple[str, object]]) -> Record:
    """An issue and the moments (name of a label or status, instant) at which its work changed state."""
    number = found.get("number")
    if not isinstance(number, int):
        raise SkipRecord(f"An issue of {repository} came without its number.")
    known = {(text, name) for name, at in moments if (text := text_of(at))}
    return Record("issue", f"{repository}/issues/{number}", {
        "repository": repository,
        "number": number,
        "html_url": link_of(found.get("html_url")),
        "created_at": text_of(found.get("created_at")),
        "closed_at": text_of(found.get("closed_at")),
        "state_reason": found.get("state_reason"),
        "labels": sorted(_label_names(found)),
        "moments": [{"status": name, "at": at} for at, name in sorted(known)],
    })  # fmt: skip


def labelled(events: Iterable[Json], label: str) -> list[tuple[str, object]]:
    """When an issue was given a label, from its events."""
    given = (((one.get("label") or {}).get("name") or "", one) for one in events if one.get("event") == "labeled")
    return [(name, one.get("created_at")) for name, one in given if name.casefold() == label.casefold()]


def issue_from_graphql(node: Json) -> Json:
    """A GraphQL issue under the names of REST."""
    reason = node.get("stateReason")
    return {
        "number": node.get("number"),
        "html_url": node.get("url"),
        "created_at": node.get("createdAt"),
        "closed_at": node.get("closedAt"),
        "state_reason": reason.lower() if reason else None,
        "labels": (node.get("labels") or {}).get("nodes") or [],
    }


def labels_of(issue: Json) -> frozenset[str]:
    """The labels of an issue, to be compared as GitHub compares them: without regard to case."""
    return frozenset(name.casefold() for name in _label_names(issue))


def issue_fact(record: Record, reading: Reading) -> WorkItem | None:
    """A planned piece of work; None where labels are configured and it carries none of them."""
    seen, repository = record.payload, record.payload["repository"]
    created = when(seen["created_at"])
    if created is None:
        raise SkipRecord("The issue has no created_at: GitHub must tell when it was opened.")
    carried = labels_of(seen)
    form = next((form for label, form in reading.labels.items() if label.casefold() in carried), None)
    if form is None and reading.labels:
        return None
    moments = [(one["status"].casefold(), when(one["at"])) for one in seen["moments"]]
    last, changed = moments[-1] if moments else ("", None)
    dropped = last in reading.cancelled
    closed = when(seen["closed_at"]) or (changed if dropped or last in reading.done else None)
    return WorkItem(
        source=reading.source,
        source_id=record.source_id,
        key_kind="repository",
        key=repository,
        url=seen["html_url"],
        form=form or "other",
        created=created,
        started=next((at for name, at in moments if name in reading.in_progress), None),
        in_production=None,
        closed=closed,
        cancelled=dropped or seen["state_reason"] in _CANCELLED,
    )


def _label_names(issue: Json) -> set[str]:
    """REST gives labels as objects or as plain text."""
    names = (one if isinstance(one, str) else one.get("name") for one in issue.get("labels") or ())
    return {name for name in names if name}
