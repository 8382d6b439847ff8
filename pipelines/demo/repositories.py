"""The demo's repositories, indexed as a host of code looks things up; unknown ones are absent."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from data.sample import Repository, Story
from data.sample.company import ORGANISATION
from data.sample.records import Commit, Deployment, Issue, PullRequest

CREATED: Final = datetime(2020, 2, 3, 9, 0, tzinfo=UTC)
"""When the organisation moved to this host."""

Item = Issue | PullRequest


@dataclass(frozen=True, eq=False, slots=True)
class Hosted:
    """One repository; lists run from the newest to the oldest."""

    id: int
    name: str
    deployments: tuple[Deployment, ...]
    commits: tuple[Commit, ...]
    items: tuple[Item, ...]
    deployment: dict[int, Deployment]
    commit: dict[str, int]
    pull: dict[int, PullRequest]
    issue: dict[int, Item]
    until: datetime

    @property
    def full_name(self) -> str:
        """Owner and name."""
        return f"{ORGANISATION}/{self.name}"

    @property
    def pushed(self) -> datetime:
        """When the default branch last moved."""
        return self.commits[0].committed if self.commits else CREATED

    def history(self, start: str | None, since: datetime | None, until: datetime | None) -> tuple[Commit, ...] | None:
        """The default branch from a branch or commit back, between two instants; None where there is no such start."""
        first = 0 if start in (None, "", "main", "HEAD") else self.commit.get(str(start))
        if first is None:
            return None
        found = self.commits[first:]
        ages = [-commit.committed.timestamp() for commit in found]
        low = 0 if until is None else _first_not_after(ages, until)
        high = len(found) if since is None else bisect_right(ages, -since.timestamp())
        return found[low:high]


def _first_not_after(ages: list[float], until: datetime) -> int:
    return next((n for n, age in enumerate(ages) if -age <= until.timestamp()), len(ages))


def hosted(story: Story) -> dict[str, Hosted]:
    """All repositories of the story by name."""
    return {repository.name: _hosted(n, repository, story) for n, repository in enumerate(story.repositories)}


def _hosted(position: int, repository: Repository, story: Story) -> Hosted:
    commits = tuple(reversed(repository.commits))
    items: list[Item] = [*repository.pull_requests, *repository.issues]
    return Hosted(
        id=700_000_000 + position,
        name=repository.name,
        deployments=tuple(reversed(repository.deployments)),
        commits=commits,
        items=tuple(sorted(items, key=lambda item: (item.opened, item.number), reverse=True)),
        deployment={deployment.id: deployment for deployment in repository.deployments},
        commit={commit.revision: n for n, commit in enumerate(commits)},
        pull={pull.number: pull for pull in repository.pull_requests},
        issue={item.number: item for item in items},
        until=story.until,
    )


def updated(item: Item) -> datetime:
    """When anything last happened to an issue or a pull request."""
    if isinstance(item, Issue):
        return max(at for at in (item.opened, item.started, item.closed) if at)
    moments = [item.opened, *(r.submitted for r in item.reviews), *(c.committed for c in item.commits)]
    return max([*moments, *(at for at in (item.merged, item.closed) if at)])
