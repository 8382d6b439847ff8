"""Tags and commits of a clone as the records that are kept, and those as facts; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from data.facts import Change, Deployment
from pipelines.connectors._git.program import Commit, Tag
from pipelines.connectors.base import Record
from pipelines.errors import SkipRecord

KEEP: Mapping[str, tuple[str, ...]] = {
    "release": ("repository", "name", "revision", "at"),
    "commit": ("repository", "sha", "parents", "authored_at", "committed_at", "brings"),
}
_SECONDS = range(4102444800)  # 1970 to 2099


def release_record(repository: str, name: str, revision: str, at: int) -> Record:
    """A tag, or a merge, that brought a commit out."""
    return Record("release", f"{repository}/{name}", {
        "repository": repository, "name": name, "revision": revision, "at": _stamp(at),
    })  # fmt: skip


def tag_record(repository: str, tag: Tag) -> Record:
    """A tag as a release; SkipRecord where it stands for no commit."""
    if tag.commit is None:
        raise SkipRecord("The tag stands for no commit: tag the commit itself.")
    return release_record(repository, f"tag/{tag.name}", tag.commit, tag.at)


def commit_record(repository: str, commit: Commit, brings: Sequence[Commit]) -> Record:
    """A commit; `brings` are the commits of a branch that it merged."""
    return Record("commit", f"{repository}/commit/{commit.sha}", {
        "repository": repository,
        "sha": commit.sha,
        "parents": list(commit.parents),
        "authored_at": _stamp(commit.authored),
        "committed_at": _stamp(commit.committed),
        "brings": sorted([one.sha, _stamp(one.authored)] for one in brings),
    })  # fmt: skip


def merged(commits: Sequence[Commit], tip: str | None) -> dict[str, list[Commit]]:
    """Each merge on the line of first parents that ends in the tip, with the commits that it brought to that line."""
    by_sha = {one.sha: one for one in commits}
    line = []
    while tip in by_sha:
        line.append(by_sha[tip])
        tip = by_sha[tip].parents[0] if by_sha[tip].parents else None
    seen = {one.sha for one in line}
    found = {}
    for one in reversed(line):
        if len(one.parents) > 1:
            found[one.sha] = _fresh(one.parents[1:], by_sha, seen)
    return found


def deployment_fact(source: str, environment: str, record: Record) -> Deployment:
    """A release: what a tag or merge stands for is taken to be in production at that instant."""
    seen, at = record.payload, _instant(record.payload["at"])
    return Deployment(
        source=source,
        source_id=record.source_id,
        key_kind="repository",
        key=seen["repository"],
        environment=environment,
        outcome="success",
        started=at,
        finished=at,
        revision=seen["revision"],
    )


def change_fact(source: str, record: Record) -> Change:
    """A commit, or the branch that it merged: then its first commit is the first one of the branch."""
    seen = record.payload
    brings = [(sha, _instant(at)) for sha, at in seen["brings"]]
    authored = _instant(seen["authored_at"])
    return Change(
        source=source,
        source_id=record.source_id,
        key_kind="repository",
        key=seen["repository"],
        form="pull_request" if brings else "commit",
        first_commit=min((at for _, at in brings), default=authored),
        opened=None,
        first_review=None,
        merged=_instant(seen["committed_at"]),
        merge_revision=seen["sha"],
        parents=tuple(seen["parents"]),
        revisions=tuple(sha for sha, _ in brings),
    )


def _fresh(tips: Sequence[str], by_sha: Mapping[str, Commit], seen: set[str]) -> list[Commit]:
    """The known commits behind the tips that were not seen; they are then."""
    waiting, found = list(tips), []
    while waiting:
        sha = waiting.pop()
        if sha in by_sha and sha not in seen:
            seen.add(sha)
            found.append(by_sha[sha])
            waiting += by_sha[sha].parents
    return found


def _stamp(seconds: int) -> str:
    """The instant as text; SkipRecord where a broken clock wrote one outside 1970 to 2099."""
    if seconds not in _SECONDS:
        raise SkipRecord("Its time lies outside 1970 to 2099: the clock that made it was wrong.")
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(text)
