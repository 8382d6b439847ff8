"""Pull requests and commits: GitHub's answers as the records that are kept, and those as facts; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.facts import Change
from pipelines.connectors._github.closing import named
from pipelines.connectors._github.terms import Reading
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, link_of, text_of, when
from pipelines.errors import SkipRecord

_MOST_COMMITS = 250


def pull_request_record(
    repository: str,
    found: Json,
    commits: Iterable[Json],
    reviews: Iterable[Json],
    work_items: Iterable[str] | None = None,
) -> Record:
    """A pull request with its commits and reviews, as REST gives them; SkipRecord where it has no number.

    `work_items` are the issues that it closes; without, those that its description names.
    """
    number, author = found.get("number"), _login(found)
    if not isinstance(number, int):
        raise SkipRecord(f"A pull request of {repository} came without its number.")
    merged = text_of(found.get("merged_at"))
    return Record("pull_request", f"{repository}/pull/{number}", {
        "repository": repository,
        "number": number,
        "html_url": link_of(found.get("html_url")),
        "created_at": text_of(found.get("created_at")),
        "closed_at": text_of(found.get("closed_at")),
        "merged_at": merged,
        # of an open pull request GitHub tells the commit of a trial merge
        "merge_commit_sha": found.get("merge_commit_sha") if merged else None,
        "commits": sorted((_commit(one) for one in commits), key=lambda one: (one["authored_at"] or "", one["sha"])),
        "reviews": sorted(
            (_review(one, author) for one in reviews if one.get("submitted_at")),
            key=lambda one: (one["submitted_at"] or "", one["by_author"], one["by_bot"]),
        ),
        "work_items": named(repository, found) if work_items is None else list(work_items),
    })  # fmt: skip


def cut_short(record: Record) -> str | None:
    """A sentence where a pull request may have more commits than GitHub lists."""
    if len(record.payload["commits"]) < _MOST_COMMITS:
        return None
    name = f"{record.payload['repository']} pull request {record.payload['number']}"
    return f"{name}: GitHub lists {_MOST_COMMITS} commits at most, so its first one may be earlier than stored."


def pull_request_from_graphql(node: Json) -> Json:
    """A GraphQL pull request under the names of REST."""
    return {
        "number": node.get("number"),
        "html_url": node.get("url"),
        "user": _user_from_graphql(node),
        "created_at": node.get("createdAt"),
        "closed_at": node.get("closedAt"),
        "merged_at": node.get("mergedAt"),
        "merge_commit_sha": (node.get("mergeCommit") or {}).get("oid"),
    }


def commit_from_graphql(node: Json) -> Json:
    """A commit of a GraphQL pull request under the names of REST."""
    commit = node.get("commit") or {}
    return {"sha": commit.get("oid"), "commit": {"author": {"date": commit.get("authoredDate")}}}


def review_from_graphql(node: Json) -> Json:
    """A GraphQL review under the names of REST."""
    return {"user": _user_from_graphql(node), "submitted_at": node.get("submittedAt")}


def pull_request_fact(record: Record, reading: Reading) -> Change | None:
    """A pull request that is open or was merged; None for one that was closed without a merge."""
    seen, repository = record.payload, record.payload["repository"]
    if when(seen["created_at"]) is None:
        raise SkipRecord("The pull request has no created_at: GitHub must tell when it was opened.")
    if seen["closed_at"] and not seen["merged_at"]:
        return None
    by_others = (one for one in seen["reviews"] if not one["by_author"] and not one["by_bot"])
    return Change(
        source=reading.source,
        source_id=record.source_id,
        key_kind="repository",
        key=repository,
        url=seen["html_url"],
        form="pull_request",
        first_commit=min((at for one in seen["commits"] if (at := when(one["authored_at"]))), default=None),
        opened=when(seen["created_at"]),
        first_review=min((at for one in by_others if (at := when(one["submitted_at"]))), default=None),
        merged=when(seen["merged_at"]),
        merge_revision=seen["merge_commit_sha"],
        revisions=tuple(one["sha"] for one in seen["commits"]),
        work_items=tuple(_as_configured(item, reading) for item in seen.get("work_items", ())),
    )


def commit_record(repository: str, found: Json) -> Record:
    """A commit of the default branch; SkipRecord where it has no sha."""
    sha, commit = found.get("sha"), found.get("commit") or {}
    if not sha:
        raise SkipRecord(f"A commit of {repository} came without its sha.")
    return Record("commit", f"{repository}/commit/{sha}", {
        "repository": repository,
        "sha": sha,
        "html_url": link_of(found.get("html_url")),
        "parents": [parent["sha"] for parent in found.get("parents") or ()],
        "authored_at": text_of((commit.get("author") or {}).get("date")),
        "committed_at": text_of((commit.get("committer") or {}).get("date")),
    })  # fmt: skip


def commit_fact(record: Record, reading: Reading) -> Change:
    """A commit of the default branch: merged when it was committed there."""
    seen, repository = record.payload, record.payload["repository"]
    if when(seen["committed_at"]) is None:
        raise SkipRecord("The commit has no committer date: GitHub must tell when it was made.")
    return Change(
        source=reading.source,
        source_id=record.source_id,
        key_kind="repository",
        key=repository,
        url=seen["html_url"],
        form="commit",
        first_commit=when(seen["authored_at"]),
        opened=None,
        first_review=None,
        merged=when(seen["committed_at"]),
        merge_revision=seen["sha"],
        parents=tuple(seen["parents"]),
    )


def _as_configured(work_item: str, reading: Reading) -> str:
    """The source id of a work item: its repository is written as in the options, whatever the case."""
    repository, _, rest = work_item.partition("/issues/")
    return f"{reading.repositories.get(repository.casefold(), repository)}/issues/{rest}"


def _commit(found: Json) -> dict[str, Any]:
    author = (found.get("commit") or {}).get("author") or {}
    return {"sha": found.get("sha") or "", "authored_at": text_of(author.get("date"))}


def _review(found: Json, author: str | None) -> dict[str, Any]:
    bot = (found.get("user") or {}).get("type") == "Bot"
    return {"submitted_at": text_of(found["submitted_at"]), "by_author": _login(found) == author, "by_bot": bot}


def _login(found: Json) -> str | None:
    return (found.get("user") or {}).get("login")


def _user_from_graphql(node: Json) -> Json | None:
    author = node.get("author")
    return {"login": author.get("login"), "type": author.get("__typename")} if author else None
