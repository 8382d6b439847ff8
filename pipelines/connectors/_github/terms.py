"""What the parts of the GitHub connector share: the fields that are kept, and what facts are made with.

Records have one form, whether the answer came by REST or GraphQL: instants in UTC and to the second, lists in a fixed
order, people reduced to whether they are the author or a bot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
