"""The part of GitHub's GraphQL schema that has deployments, pull requests, commits, issues and projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from data.sample.company import BOT, ORGANISATION
from data.sample.records import Commit, Deployment, Issue, PullRequest, Status
from pipelines.demo.github_accounts import maybe, node, number_of, stamp
from pipelines.demo.github_nodes import (
    ROADMAP,
    actor,
    connection,
    enum,
    in_order,
    labelled,
    moved,
    moves,
    review,
    state,
)
from pipelines.demo.github_payloads import described, labels_of
from pipelines.demo.graphql import Object, QueryError
from pipelines.demo.repositories import Hosted, updated

INTERFACES: Final = {
    "Organization": ("ProjectV2Owner", "RepositoryOwner", "Actor", "Node"),
    "User": ("Actor", "Node"),
    "Bot": ("Actor", "Node"),
    "Commit": ("GitObject", "Node"),
    "ProjectV2ItemFieldSingleSelectValue": ("ProjectV2ItemFieldValueCommon", "Node"),
}
_STATES: Final = {
    "queued": "QUEUED", "in_progress": "IN_PROGRESS", "success": "ACTIVE", "failure": "FAILURE", "error": "ERROR",
    "inactive": "INACTIVE",
}  # fmt: skip
_STATUS: Final = {
    "__typename": "ProjectV2SingleSelectField",
    "id": "PVTSSF_1",
    "name": "Status",
    "options": [
        {"__typename": "ProjectV2SingleSelectFieldOption", "id": name.lower(), "name": name}
        for name in ("Todo", "In Progress", "Done", "Cancelled")
    ],
}


@dataclass(frozen=True, eq=False, slots=True)
class Schema:
    """The root of the graph."""

    repositories: dict[str, Hosted]
    api: str

    def root(self, remaining: int) -> Object:
        """Query; `remaining` is what is left of the rate limit."""
        return {
            "__typename": "Query",
            "repository": self._repository_of,
            "repositoryOwner": self._owner,
            "organization": self._owner,
            "viewer": lambda: actor(BOT),
            "rateLimit": lambda: {
                "__typename": "RateLimit",
                "limit": 5000,
                "cost": 1,
                "remaining": remaining,
                "resetAt": stamp(datetime(2100, 1, 1, tzinfo=UTC)),
            },
        }

    def _repository_of(self, owner: str, name: str, **_: Any) -> Object:
        if owner.lower() != ORGANISATION or name.lower() not in self.repositories:
            raise QueryError(f"Could not resolve to a Repository with the name '{owner}/{name}'.", "NOT_FOUND")
        return self._repository(self.repositories[name.lower()])

    def _owner(self, login: str) -> Object:
        if login.lower() != ORGANISATION:
            raise QueryError(f"Could not resolve to an Organization with the login of '{login}'.", "NOT_FOUND")
        hosted = list(self.repositories.values())
        return {
            **actor(ORGANISATION),
            "repositories": connection("repositories", hosted, lambda one: one.id, self._repository),
            "projectV2": lambda number: self._project(number, hosted),
        }

    def _repository(self, found: Hosted) -> Object:
        return {
            "__typename": "Repository",
            "id": node("R", found.id),
            "databaseId": found.id,
            "name": found.name,
            "nameWithOwner": found.full_name,
            "url": f"{self.api}/web/{found.full_name}",
            "isPrivate": True,
            "isArchived": False,
            "deployments": lambda **asked: self._deployments(found, **asked),
            "pullRequests": lambda **asked: self._pull_requests(found, **asked),
            "pullRequest": lambda number: self._one(found.pull.get(number), "PullRequest", number, found),
            "issues": lambda **asked: self._issues(found, **asked),
            "issue": lambda number: self._one(found.issue.get(number), "Issue", number, found),
            "defaultBranchRef": lambda: self._branch(found),
            "projectV2": lambda number: self._project(number, [found]),
            "projectsV2": connection("projectsV2", [ROADMAP], int, lambda number: self._project(number, [found])),
        }

    def _one(self, item: Issue | PullRequest | None, kind: str, number: int, found: Hosted) -> Object:
        if item is None or type(item).__name__ != kind:
            raise QueryError(f"Could not resolve to {kind} with the number of {number}.", "NOT_FOUND")
        return self._pull_request(found, item) if isinstance(item, PullRequest) else self._issue(found, item)

    def _deployments(
        self, found: Hosted, order_by: Object | None = None, environments: list[str] | None = None, **paging: Any
    ) -> Object:
        wanted = [d for d in found.deployments if not environments or d.environment in environments]
        if (order_by or {}).get("direction", "ASC") == "ASC":
            wanted.reverse()
        return connection("deployments", wanted, lambda one: one.id, lambda one: self._deployment(found, one))(**paging)

    def _deployment(self, repository: Hosted, found: Deployment) -> Object:
        statuses = tuple(enumerate(found.statuses))[::-1]
        latest = found.statuses[-1] if found.statuses else None
        commit = repository.commit.get(found.revision or "")
        return {
            "__typename": "Deployment",
            "id": node("DE", found.id),
            "databaseId": found.id,
            "createdAt": stamp(found.created),
            "updatedAt": stamp(latest.at if latest else found.created),
            "environment": found.environment,
            "latestEnvironment": found.environment,
            "originalEnvironment": found.environment,
            "description": described(found),
            "task": found.task,
            "payload": "{}",
            "state": _STATES[latest.state] if latest else "PENDING",
            "commitOid": found.revision or "",
            "commit": None if commit is None else self._commit(repository, repository.commits[commit]),
            "ref": {"__typename": "Ref", "name": "main"},
            "creator": actor(BOT),
            "statuses": connection(
                "statuses", statuses, lambda one: one[0], lambda one: self._status(repository, found, *one)
            ),
            "latestStatus": None if latest is None else self._status(repository, found, len(statuses) - 1, latest),
        }

    def _status(self, repository: Hosted, deployment: Deployment, n: int, found: Status) -> Object:
        run = f"{self.api}/web/{repository.full_name}/actions/runs/{deployment.id}"
        return {
            "__typename": "DeploymentStatus",
            "id": node("DES", deployment.id * 10 + n),
            "state": found.state.upper(),
            "createdAt": stamp(found.at),
            "updatedAt": stamp(found.at),
            "description": "",
            "environment": deployment.environment,
            "environmentUrl": None,
            "logUrl": run,
            "creator": actor(BOT),
        }

    def _pull_requests(
        self, found: Hosted, order_by: Object | None = None, states: list[str] | None = None, **paging: Any
    ) -> Object:
        wanted = [
            item for item in found.items if isinstance(item, PullRequest) and (not states or state(item) in states)
        ]
        ordered = in_order(wanted, order_by)
        return connection("pullRequests", ordered, lambda one: one.number, lambda one: self._pull_request(found, one))(
            **paging
        )

    def _pull_request(self, repository: Hosted, found: PullRequest) -> Object:
        merge = repository.commit.get(found.revision or "")
        wrap = lambda commit: {"__typename": "PullRequestCommit", "commit": self._commit(repository, commit)}  # noqa: E731
        closed = [item for item in (repository.issue.get(found.closes or 0),) if isinstance(item, Issue)]
        return {
            **self._item(repository, found, "pull"),
            "__typename": "PullRequest",
            "state": state(found),
            "mergedAt": maybe(found.merged),
            "merged": found.merged is not None,
            "isDraft": False,
            "baseRefName": "main",
            "headRefName": f"change-{found.number}",
            "mergeCommit": None if merge is None else self._commit(repository, repository.commits[merge]),
            "commits": connection("commits", found.commits, lambda one: one.revision, wrap),
            "reviews": connection("reviews", found.reviews, lambda one: one.id, review),
            "closingIssuesReferences": connection(
                "closingIssuesReferences", closed, lambda one: one.number, lambda one: self._issue(repository, one)
            ),
        }

    def _commit(self, repository: Hosted, found: Commit) -> Object:
        who = {
            "__typename": "GitActor",
            "name": found.author,
            "email": f"{found.author}@larkmoor.example",
            "user": actor(found.author),
        }
        parents = [{"__typename": "Commit", "oid": found.parent}]
        return {
            "__typename": "Commit",
            "id": node("C", repository.id, found.revision),
            "oid": found.revision,
            "message": found.message,
            "messageHeadline": found.message,
            "authoredDate": stamp(found.authored),
            "committedDate": stamp(found.committed),
            "author": {**who, "date": stamp(found.authored)},
            "committer": {**who, "date": stamp(found.committed)},
            "url": f"{self.api}/web/{repository.full_name}/commit/{found.revision}",
            "parents": connection("parents", parents, lambda one: one["oid"], lambda one: one),
        }

    def _branch(self, found: Hosted) -> Object:
        def history(since: str | None = None, until: str | None = None, **paging: Any) -> Object:
            between = [None if text is None else datetime.fromisoformat(text) for text in (since, until)]
            commits = found.history(None, *between) or ()
            return connection("history", commits, lambda one: one.revision, lambda one: self._commit(found, one))(
                **paging
            )

        target = {**self._commit(found, found.commits[0]), "history": history}
        return {"__typename": "Ref", "name": "main", "prefix": "refs/heads/", "target": target}

    def _issues(
        self,
        found: Hosted,
        order_by: Object | None = None,
        labels: list[str] | None = None,
        states: list[str] | None = None,
        **paging: Any,
    ) -> Object:
        since = (paging.pop("filter_by", None) or {}).get("since")
        wanted = [
            item
            for item in found.items
            if isinstance(item, Issue)
            and (not labels or set(labels) & set(labels_of(item)))
            and (not states or state(item) in states)
            and (since is None or updated(item) >= datetime.fromisoformat(since))
        ]
        ordered = in_order(wanted, order_by)
        return connection("issues", ordered, lambda one: one.number, lambda one: self._issue(found, one))(**paging)

    def _issue(self, repository: Hosted, found: Issue) -> Object:
        reason = (found.reason or "").upper() or None
        return {
            **self._item(repository, found, "issues"),
            "__typename": "Issue",
            "state": state(found),
            "stateReason": lambda **_: reason,
            "timelineItems": lambda **asked: self._timeline(found, **asked),
        }

    def _item(self, repository: Hosted, found: Issue | PullRequest, part: str) -> dict[str, Any]:
        """What issues and pull requests share."""
        labels = labels_of(found)
        write = lambda name: {"__typename": "Label", "id": node("LA", number_of(name)), "name": name}  # noqa: E731
        return {
            "id": node("PR" if part == "pull" else "I", repository.id, found.number),
            "databaseId": repository.id * 10_000 + found.number,
            "number": found.number,
            "title": found.title,
            "url": f"{self.api}/web/{repository.full_name}/{part}/{found.number}",
            "createdAt": stamp(found.opened),
            "updatedAt": stamp(updated(found)),
            "closedAt": maybe(found.closed),
            "closed": found.closed is not None,
            "author": actor(found.author),
            "labels": connection("labels", labels, str, write),
            "repository": lambda: self._repository(repository),
        }

    def _timeline(self, found: Issue, item_types: list[str] | None = None, **paging: Any) -> Object:
        events = [labelled(name, found.opened) for name in found.labels]
        events += [moved(status, at) for status, at in moves(found)]
        if found.started is not None:
            events.append(labelled("in progress", found.started))
        if found.closed is not None:
            reason = (found.reason or "").upper()
            events.append(
                {"__typename": "ClosedEvent", "createdAt": stamp(found.closed), "stateReason": lambda **_: reason}
            )
        wanted = [event for event in events if not item_types or enum(event["__typename"]) in item_types]
        wanted.sort(key=lambda event: event["createdAt"])
        numbered = list(enumerate(wanted))
        return connection("timelineItems", numbered, lambda one: one[0], lambda one: one[1])(**paging)

    def _project(self, number: int, repositories: Sequence[Hosted]) -> Object:
        if number != ROADMAP:
            raise QueryError(f"Could not resolve to a ProjectV2 with the number {number}.", "NOT_FOUND")
        items = [(r, i) for r in repositories for i in r.items if isinstance(i, Issue) and "feature" in i.labels]
        items.sort(key=lambda pair: (pair[1].opened, pair[0].id))
        write = lambda pair: self._project_item(*pair)  # noqa: E731
        return {
            "__typename": "ProjectV2",
            "id": node("PVT", ROADMAP),
            "number": ROADMAP,
            "title": "Roadmap",
            "closed": False,
            "field": lambda name: _STATUS if name == "Status" else None,
            "items": connection("items", items, lambda pair: f"{pair[0].id}-{pair[1].number}", write),
        }

    def _project_item(self, repository: Hosted, found: Issue) -> Object:
        status, at = moves(found)[-1]
        value = {
            "__typename": "ProjectV2ItemFieldSingleSelectValue",
            "name": status,
            "createdAt": stamp(found.opened),
            "updatedAt": stamp(at),
            "field": {"__typename": "ProjectV2SingleSelectField", "name": "Status"},
        }
        return {
            "__typename": "ProjectV2Item",
            "id": node("PVTI", repository.id, found.number),
            "databaseId": repository.id * 10_000 + found.number,
            "type": "ISSUE",
            "isArchived": False,
            "createdAt": stamp(found.opened),
            "updatedAt": stamp(updated(found)),
            "content": lambda: self._issue(repository, found),
            "fieldValueByName": lambda name: value if name == "Status" else None,
            "fieldValues": connection("fieldValues", [value], lambda _: "Status", lambda one: one),
        }
