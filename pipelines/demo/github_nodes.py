"""Pieces of GitHub's GraphQL answers: lists in pages, accounts, reviews, what happened to an issue."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from data.sample.company import BOT, ORGANISATION
from data.sample.records import Issue, PullRequest, Review
from pipelines.demo.github_accounts import node, number_of, stamp
from pipelines.demo.graphql import Object, QueryError
from pipelines.demo.repositories import updated

T = TypeVar("T")
Connect = Callable[..., Object]

ROADMAP: Final = 1
"""The number of the organisation's one project."""


def connection(kind: str, items: Sequence[T], key: Callable[[T], object], write: Callable[[T], Object]) -> Connect:
    """A list in pages: `first` items after a cursor, which names an item and so holds when items are added."""

    def page(first: int | None = None, after: str | None = None, last: int | None = None, **_: Any) -> Object:
        size = first if first is not None else last
        if size is None:
            raise QueryError(
                f"You must provide a `first` or `last` value to properly paginate the `{kind}` connection."
            )
        if not 1 <= size <= 100:
            raise QueryError(
                f"Requesting {size} records on the `{kind}` connection exceeds the `first` limit of 100 records."
            )
        start = 0 if after is None else _place(items, key, after) + 1
        chosen = items[start : start + size] if first is not None else items[-size:]
        info = {
            "__typename": "PageInfo",
            "hasNextPage": first is not None and start + size < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(key(chosen[0])) if chosen else None,
            "endCursor": _cursor(key(chosen[-1])) if chosen else None,
        }
        nodes = [write(one) for one in chosen]
        edges = [
            {"__typename": "Edge", "cursor": _cursor(key(one)), "node": body}
            for one, body in zip(chosen, nodes, strict=True)
        ]
        return {"__typename": "Connection", "totalCount": len(items), "pageInfo": info, "nodes": nodes, "edges": edges}

    return page


def _cursor(key: object) -> str:
    return base64.b64encode(f"cursor:{key}".encode()).decode()


def _place(items: Sequence[T], key: Callable[[T], object], cursor: str) -> int:
    for n, item in enumerate(items):
        if _cursor(key(item)) == cursor:
            return n
    raise QueryError(f"`{cursor}` does not appear to be a valid cursor.")


def actor(login: str) -> dict[str, Any]:
    """An account: a person, the organisation or its bot."""
    kind = "Bot" if login == BOT else "Organization" if login == ORGANISATION else "User"
    return {"__typename": kind, "id": node("U", number_of(login)), "login": login, "name": login}


def review(found: Review) -> Object:
    """A review of a pull request."""
    return {
        "__typename": "PullRequestReview",
        "id": node("PRR", found.id),
        "databaseId": found.id,
        "state": found.state,
        "author": actor(found.author),
        "createdAt": stamp(found.submitted),
        "submittedAt": stamp(found.submitted),
        "updatedAt": stamp(found.submitted),
    }


def state(found: Issue | PullRequest) -> str:
    """OPEN, CLOSED or MERGED."""
    if isinstance(found, PullRequest) and found.merged is not None:
        return "MERGED"
    return "OPEN" if found.closed is None else "CLOSED"


def in_order(items: list[T], order: Object | None) -> list[T]:
    """By creation from the oldest on, unless the query orders otherwise."""
    asked = order or {"field": "CREATED_AT", "direction": "ASC"}
    moment: Callable[[Any], datetime] = updated if asked["field"] == "UPDATED_AT" else lambda item: item.opened
    return sorted(items, key=lambda item: (moment(item), item.number), reverse=asked["direction"] == "DESC")  # type: ignore[attr-defined]


def moves(found: Issue) -> list[tuple[str, datetime]]:
    """The statuses that an issue had on the roadmap, and since when."""
    moves = [("Todo", found.opened)]
    if found.started is not None:
        moves.append(("In Progress", found.started))
    if found.closed is not None:
        moves.append(("Done" if found.reason == "completed" else "Cancelled", found.closed))
    return moves


def moved(status: str, at: datetime) -> dict[str, Any]:
    """A change of status on the roadmap, as an event."""
    project = {"__typename": "ProjectV2", "number": ROADMAP, "title": "Roadmap"}
    return {
        "__typename": "ProjectV2ItemStatusChangedEvent",
        "createdAt": stamp(at),
        "status": status,
        "project": project,
    }


def labelled(name: str, at: datetime) -> dict[str, Any]:
    """A label put on, as an event."""
    return {"__typename": "LabeledEvent", "createdAt": stamp(at), "label": {"__typename": "Label", "name": name}}


def enum(kind: str) -> str:
    """The name that a timeline event's type has among `itemTypes`."""
    special = {"ProjectV2ItemStatusChangedEvent": "PROJECT_V2_ITEM_STATUS_CHANGED_EVENT"}
    return special.get(kind) or "".join(f"_{c}" if c.isupper() else c.upper() for c in kind).lstrip("_")
