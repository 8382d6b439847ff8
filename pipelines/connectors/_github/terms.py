"""What the parts of the GitHub connector share: the fields that are kept, instants, links.

Records have one form, whether the answer came by REST or GraphQL: instants in UTC and to the second, lists in a fixed
order, people reduced to whether they are the author or a bot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

Json = Mapping[str, Any]

KEEP: Mapping[str, tuple[str, ...]] = {
    "deployment": (
        "repository", "id", "sha", "environment", "task", "rollback", "rework", "created_at", "statuses",
    ),
    "pull_request": (
        "repository", "number", "created_at", "closed_at", "merged_at", "merge_commit_sha", "commits", "reviews",
        "work_items", "html_url",
    ),
    "commit": ("repository", "sha", "parents", "authored_at", "committed_at", "html_url"),
    "issue": (
        "repository", "number", "created_at", "closed_at", "state_reason", "labels", "moments", "html_url",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What turns records into facts beside themselves: the source's id, GitHub's pages, the names of labels and
    statuses, the latter in the form of `casefold`, and by that form the names of repositories."""

    source: str
    web: str
    labels: Mapping[str, str]
    in_progress: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    cancelled: frozenset[str] = frozenset()
    repositories: Mapping[str, str] = field(default_factory=dict)


def when(text: object) -> datetime | None:
    """The aware instant that a text of GitHub's names, None where it names none."""
    if not isinstance(text, str):
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant.astimezone(UTC) if instant.tzinfo else None


def stamp(instant: datetime) -> str:
    """An instant as GitHub writes it: 2026-10-31T09:15:00Z."""
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def text_of(instant: object) -> str | None:
    """An instant of GitHub's in the form that is kept, None where it is none."""
    at = when(instant)
    return stamp(at) if at else None


def link_of(address: object) -> str | None:
    """A web address without what may hold a secret: user, query, fragment."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
