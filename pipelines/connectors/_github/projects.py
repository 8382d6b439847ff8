"""Work items from projects: every item is read each time, because GitHub sorts a project by hand and not by date.

GitHub tells when an issue came to a status in the issue's timeline, with holes (most changes since 24 September 2026
are missing there), and beside it the present status with the moment of its last change. So a moment that was seen once
and is not in the timeline is kept in the cursor.
Cursor: `{"from", "until", "seen": {"acme/wallet/issues/7": [["In progress", "2026-10-01T09:00:00Z"]]}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from data.facts import WorkItem
from pipelines.connectors._github.graphql import Graphql
from pipelines.connectors._github.issues import issue_from_graphql, issue_record, labels_of
from pipelines.connectors.base import Covered, Page, Position, Record, Rejected
from pipelines.connectors.spans import Span, after
from pipelines.connectors.texts import Json, stamp, when
from pipelines.errors import SkipRecord

Moments = list[tuple[str, object]]


@dataclass(frozen=True)
class Board:
    """A project of an owner, the repositories and labels of the issues wanted of it, the statuses that it must have."""

    owner: str
    number: int
    repositories: tuple[str, ...]
    labels: frozenset[str]
    statuses: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name by which people find it."""
        return f"{self.owner}/{self.number}"


def project_pages(graphql: Graphql, boards: tuple[Board, ...], position: Position, span: Span) -> Iterator[Page]:
    """The issues of projects; one that stands in several counts in the first."""
    taken: set[str] = set()
    for board in boards:
        yield from _board_pages(graphql, board, position, span, taken)
    # only now: work items of a repository may stand in any of the projects
    names = boards[0].repositories if boards else ()
    proofs = tuple(Covered(WorkItem.kind, "repository", name, span.since, span.now) for name in names)
    yield Page("projects", covered=proofs, message="projects")


def _board_pages(graphql: Graphql, board: Board, position: Position, span: Span, taken: set[str]) -> Iterator[Page]:
    stream, message, done = f"project {board.name}", f"project {board.name} items", 0
    cursor = dict(position.cursors.get(stream, {}))
    seen: dict[str, list[list[str]]] = dict(cursor.get("seen", {}))
    for nodes in graphql.project_items(board.owner, board.number):
        records: list[Record] = []
        rejected: list[Rejected] = []
        for node in nodes:
            content = node.get("content") or {}
            try:
                record = _record(graphql, board, node, content, seen)
            except SkipRecord as reason:
                rejected.append(Rejected("issue", message, str(reason)))
                continue
            if record is not None and record.source_id not in taken:
                taken.add(record.source_id)
                records.append(record)
        done += len(records)
        yield Page(
            stream, tuple(records), rejected=tuple(rejected), cursor={**cursor, "seen": dict(seen)}, message=message,
            done=done,
        )  # fmt: skip
    yield Page(stream, cursor={**after(cursor, span.now, span.since), "seen": seen}, message=message)


def _record(
    graphql: Graphql, board: Board, node: Json, content: Json, seen: dict[str, list[list[str]]]
) -> Record | None:
    """The issue of an item, None for drafts, pull requests and issues that are not asked for."""
    repository = next((name for name in board.repositories if name.lower() == _repository_of(content).lower()), None)
    issue = issue_from_graphql(content)
    if repository is None or (board.labels and not board.labels & labels_of(issue)):
        return None
    key = f"{repository}/issues/{issue['number']}"
    told = graphql.status_changes(content, board.number)
    kept: Moments = [(name, at) for name, at in seen.get(key, ())]
    if missing := _not_told(told, [*kept, *_present(node)]):
        seen[key] = missing
    else:
        seen.pop(key, None)
    return issue_record(repository, issue, [*told, *((name, at) for name, at in missing)])


def _repository_of(content: Json) -> str:
    return str((content.get("repository") or {}).get("nameWithOwner") or "")


def _present(node: Json) -> Moments:
    value = node.get("fieldValueByName") or {}
    return [(value["name"], value.get("updatedAt"))] if value.get("name") else []


def _not_told(told: Moments, others: Moments) -> list[list[str]]:
    """The moments that the timeline lacks; one within a few seconds of a told one is the same."""
    missing: dict[tuple[str, str], list[str]] = {}
    for name, at in others:
        instant = when(at)
        if instant is None or any(name == other and _near(instant, then) for other, then in told):
            continue
        missing[name, stamp(instant)] = [name, stamp(instant)]
    return sorted(missing.values(), key=lambda pair: (pair[1], pair[0]))


def _near(instant: Any, then: object) -> bool:
    other = when(then)
    return other is not None and abs((instant - other).total_seconds()) <= 5
