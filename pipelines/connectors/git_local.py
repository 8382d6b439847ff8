"""Tags or merges of a local clone as releases, and its commits as changes, for a company with nothing else."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from data.facts import Change, Deployment, Fact
from data.period import day_start
from pipelines.connectors._git.history import (
    KEEP,
    change_fact,
    commit_record,
    deployment_fact,
    merged,
    release_record,
    tag_record,
)
from pipelines.connectors._git.program import Clone, Commit, Tag
from pipelines.connectors.base import (
    Connector,
    Covered,
    Finding,
    Name,
    Options,
    Page,
    Position,
    Record,
    Rejected,
)
from pipelines.errors import SkipRecord

HISTORY = "history"
"""The one stream. Its cursor: {"asks", "from": instant, "heads": commits that are known with all behind them}."""

_AT_ONCE = 5000


class GitOptions(Options):
    """What a source of this type reads; docs/connectors/git.md says what each option is for."""

    path: Annotated[Path, Field(description="Folder of the clone")]
    releases: Literal["tags", "merges"] = "tags"
    tag_pattern: str = "*"
    tag_except: tuple[str, ...] = ()
    branch: str | None = None
    environment: str = "production"
    repository: str | None = None
    seconds: Annotated[float, Field(gt=0)] = 120


class GitLocal(Connector):
    """Reads one clone; it is never fetched, written or locked."""

    type: ClassVar[str] = "git"
    title: ClassVar[str] = "git clone"
    fact_kinds: ClassVar[tuple[str, ...]] = (Deployment.kind, Change.kind)
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = KEEP
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {"release": ("at",), "commit": ("committed_at",)}
    options: ClassVar[builtins.type[Options]] = GitOptions

    @cached_property
    def chosen(self) -> GitOptions:
        """The options, validated."""
        return self.read_options(GitOptions)

    @cached_property
    def clone(self) -> Clone:
        """The clone, known to be one that can be read."""
        clone = Clone(self.source.id, self.chosen.path.absolute(), self.chosen.seconds)
        clone.require()
        return clone

    @property
    def repository(self) -> str:
        """The name that facts carry: the declared one, else the folder's."""
        return self.chosen.repository or self.chosen.path.absolute().name.removesuffix(".git")

    def fetch(self, position: Position) -> Iterator[Page]:
        clone, since = self.clone, day_start(position.since, self.settings.zone)
        before = self._before(position, since)
        until = self._until(position.now)
        _, tip = clone.branch(self.chosen.branch)
        tags = [tag for tag in clone.tags() if self._is_release(tag)]
        tips = sorted({sha for sha in (tip, *(tag.commit for tag in tags)) if sha})
        known = list(before.get("heads", ()))
        commits = clone.commits(tips, known) if tips else []
        releases, faulty = self._releases(tags, commits, tip)
        cursor = {"asks": self._asks(), "from": since.isoformat(), "heads": tips}
        changes, wrong = self._changes(commits, tip)
        yield from self._pages((*releases, *changes), since, cursor, until)
        notes = tuple(self._notes(clone, until, position.now))
        start = max(since, self._lowest(clone))
        covered = tuple(self._covered(start, until)) if start < until else ()
        message = f"{len(releases)} releases, {len(changes)} commits of {self.repository}"
        yield Page(HISTORY, rejected=(*faulty, *wrong), cursor=cursor, covered=covered, notes=notes, message=message)

    def facts(self, record: Record) -> tuple[Fact, ...]:
        """One release, or one change."""
        match record.kind:
            case "release":
                return (deployment_fact(self.source.id, self.chosen.environment, record),)
            case "commit":
                return (change_fact(self.source.id, record),)
            case _:
                raise SkipRecord(f"A clone has no records of kind {record.kind!r}.")

    def check(self) -> Iterator[Finding]:
        """The branch with its latest commit, the releases found, and what the clone lacks."""
        clone, chosen = self.clone, self.chosen
        branch, tip = clone.branch(chosen.branch)
        yield Finding(
            "branch", tip is not None, f"{branch} of {self.repository} " + ("is there." if tip else "has no commit.")
        )
        found = [tag for tag in clone.tags() if self._is_release(tag)]
        if chosen.releases == "tags":
            latest = max(found, key=lambda tag: tag.at, default=None)
            said = f"; the latest is {latest.name}" if latest else ": tag a release, or correct tag_pattern"
            yield Finding("tags", bool(found), f"{len(found)} tags are releases{said}.")
        else:
            merges = len(merged(clone.commits([tip], []), tip)) if tip else 0
            more = "" if merges else ": merge branches with a merge commit, or read tags"
            yield Finding("merges", bool(merges), f"{merges} merges into {branch} are releases{more}.")
        if clone.cuts():
            yield Finding("history", False, _shallow(self.repository))
        if clone.has_remote():
            at = clone.fetched()
            says = f"last fetched {at:%Y-%m-%d %H:%M} UTC" if at else "never fetched since it was cloned"
            yield Finding("freshness", at is not None, f"The clone was {says}; fetch it before each sync.")

    def names(self) -> Iterator[Name]:
        """The repository."""
        yield Name("repository", self.repository, self.repository)

    def _before(self, position: Position, since: datetime) -> Mapping[str, Any]:
        """The cursor, empty where earlier days or something else are asked for."""
        before = position.cursors.get(HISTORY, {})
        same = before.get("asks") == self._asks() and before["from"] <= since.isoformat()
        return before if same else {}

    def _asks(self) -> list[str]:
        chosen = self.chosen
        return [self.repository, chosen.releases, chosen.branch or "", chosen.tag_pattern, *chosen.tag_except]

    def _is_release(self, tag: Tag) -> bool:
        chosen = self.chosen
        wanted = chosen.releases == "tags" and fnmatchcase(tag.name, chosen.tag_pattern)
        return wanted and not any(fnmatchcase(tag.name, pattern) for pattern in chosen.tag_except)

    def _releases(
        self, tags: Sequence[Tag], commits: Sequence[Commit], tip: str | None
    ) -> tuple[list[Record], list[Rejected]]:
        if self.chosen.releases == "tags":
            return _made(
                tags,
                lambda tag: tag_record(self.repository, tag),
                lambda tag: f"{self.repository}/tag/{tag.name}",
                "release",
            )
        on_line = merged(commits, tip)
        merges = [one for one in commits if one.sha in on_line]
        return _made(
            merges,
            lambda one: release_record(self.repository, f"merge/{one.sha}", one.sha, one.committed),
            lambda one: f"{self.repository}/merge/{one.sha}",
            "release",
        )

    def _changes(self, commits: Sequence[Commit], tip: str | None) -> tuple[list[Record], list[Rejected]]:
        brings = merged(commits, tip)
        return _made(
            commits,
            lambda one: commit_record(self.repository, one, brings.get(one.sha, ())),
            lambda one: f"{self.repository}/commit/{one.sha}",
            "commit",
        )

    def _pages(
        self, records: Sequence[Record], since: datetime, cursor: Mapping[str, Any], until: datetime
    ) -> Iterator[Page]:
        """The records of the days asked for; the cursor moves with the last page only."""
        wanted = [one for one in records if _dated(one) >= since]
        for start in range(0, len(wanted), _AT_ONCE):
            part = tuple(wanted[start : start + _AT_ONCE])
            yield Page(HISTORY, part, message=self.repository, done=start + len(part), total=len(wanted))

    def _until(self, now: datetime) -> datetime:
        """How far the clone can know: a copy of another repository knows nothing after it was fetched."""
        clone = self.clone
        if not clone.has_remote():
            return now
        return min(clone.fetched() or self._newest(), now)

    def _newest(self) -> datetime:
        """The time of the newest commit of a clone that was never fetched: it is at least as new as that."""
        _, tip = self.clone.branch(self.chosen.branch)
        return datetime.fromtimestamp(max(self.clone.committed([tip] if tip else []), default=0), UTC)

    def _lowest(self, clone: Clone) -> datetime:
        """The instant from which on the clone holds every commit: that of the newest cut of a shallow one."""
        return datetime.fromtimestamp(max(clone.committed(clone.cuts()), default=0), UTC)

    def _covered(self, start: datetime, until: datetime) -> Iterator[Covered]:
        for kind in self.fact_kinds:
            yield Covered(kind, "repository", self.repository, start, until)

    def _notes(self, clone: Clone, until: datetime, now: datetime) -> Iterator[str]:
        if clone.cuts():
            yield _shallow(self.repository)
        if now - until > timedelta(hours=self.source.fresh_within_hours):
            yield f"{self.repository} was last fetched {until:%Y-%m-%d}: days after that are not counted."


def _made(
    found: Sequence[Any], make: Callable[[Any], Record], place: Callable[[Any], str], kind: str
) -> tuple[list[Record], list[Rejected]]:
    """Records of what was found; what cannot be one is set aside with its reason."""
    records, rejected = [], []
    for one in found:
        try:
            records.append(make(one))
        except SkipRecord as reason:
            rejected.append(Rejected(kind, place(one), str(reason)))
    return records, rejected


def _dated(record: Record) -> datetime:
    return datetime.fromisoformat(record.payload.get("at") or record.payload["committed_at"])


def _shallow(repository: str) -> str:
    return f"{repository} is a shallow clone: older commits are missing. Run `git fetch --unshallow` in it."
