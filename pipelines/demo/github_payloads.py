"""The demo's records as the objects of GitHub's REST API."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Final

from data.sample.company import BOT, ORGANISATION
from data.sample.deployments import PRODUCTION_NAMES
from data.sample.records import Commit, Deployment, Issue, PullRequest, Review, Status
from pipelines.demo.github_accounts import Json, maybe, node, number_of, repository_body, stamp, user
from pipelines.demo.repositories import CREATED, Hosted, updated

IN_PROGRESS: Final = "in progress"
"""The label that an issue gets when work on it begins."""

_COLOURS: Final = {"bug": "d73a4a", "feature": "a2eeef", "incident": "b60205", IN_PROGRESS: "fbca04"}


class Payloads:
    """Writes the objects of one repository; `api` and `web` are the addresses of the API and of its pages."""

    def __init__(self, repository: Hosted, api: str) -> None:
        self.repository = repository
        self.api = api
        self.url = f"{api}/repos/{repository.full_name}"
        self.web = f"{api}/web/{repository.full_name}"

    def deployment(self, found: Deployment) -> Json:
        """A deployment; its revision is missing where the source lost it."""
        production = found.environment in ("production", *PRODUCTION_NAMES.values())
        body = {
            "url": f"{self.url}/deployments/{found.id}",
            "id": found.id,
            "node_id": node("DE", found.id),
            "sha": found.revision,
            "ref": "main",
            "task": found.task,
            "payload": {},
            "original_environment": found.environment,
            "environment": found.environment,
            "description": described(found),
            "creator": user(self.api, BOT),
            "created_at": stamp(found.created),
            "updated_at": stamp(found.statuses[-1].at if found.statuses else found.created),
            "statuses_url": f"{self.url}/deployments/{found.id}/statuses",
            "repository_url": self.url,
            "transient_environment": False,
            "production_environment": production,
            "performed_via_github_app": None,
        }
        if found.revision is None:
            del body["sha"]
        return body

    def status(self, deployment: Deployment, n: int, found: Status) -> Json:
        """The n-th status of a deployment."""
        number = deployment.id * 10 + n
        run = f"{self.web}/actions/runs/{deployment.id}"
        return {
            "url": f"{self.url}/deployments/{deployment.id}/statuses/{number}",
            "id": number,
            "node_id": node("DES", number),
            "state": found.state,
            "creator": user(self.api, BOT),
            "description": "",
            "environment": deployment.environment,
            "target_url": run,
            "created_at": stamp(found.at),
            "updated_at": stamp(found.at),
            "deployment_url": f"{self.url}/deployments/{deployment.id}",
            "repository_url": self.url,
            "environment_url": "",
            "log_url": run,
            "performed_via_github_app": None,
        }

    def commit(self, found: Commit) -> Json:
        """A commit with its one parent."""
        url = f"{self.url}/commits/{found.revision}"
        who = {"name": found.author, "email": f"{found.author}@larkmoor.example"}
        return {
            "sha": found.revision,
            "node_id": node("C", self.repository.id, found.revision),
            "url": url,
            "html_url": f"{self.web}/commit/{found.revision}",
            "comments_url": f"{url}/comments",
            "commit": {
                "author": {**who, "date": stamp(found.authored)},
                "committer": {**who, "date": stamp(found.committed)},
                "message": found.message,
                "tree": {"sha": found.revision, "url": f"{self.url}/git/trees/{found.revision}"},
                "url": f"{self.url}/git/commits/{found.revision}",
                "comment_count": 0,
            },
            "author": user(self.api, found.author),
            "committer": user(self.api, found.author),
            "parents": [{
                "sha": found.parent,
                "url": f"{self.url}/commits/{found.parent}",
                "html_url": f"{self.web}/commit/{found.parent}",
            }],
        }  # fmt: skip

    def pull(self, found: PullRequest) -> Json:
        """A pull request as in a listing."""
        url, issue = f"{self.url}/pulls/{found.number}", f"{self.url}/issues/{found.number}"
        tip = found.commits[-1].revision if found.commits else ""
        addresses = {
            "html": f"{self.web}/pull/{found.number}", "issue": issue, "comments": f"{issue}/comments",
            "review_comments": f"{url}/comments", "review_comment": f"{self.url}/pulls/comments{{/number}}",
            "commits": f"{url}/commits", "statuses": f"{self.url}/statuses/{tip}",
        }  # fmt: skip
        return {
            "url": url,
            "id": self.repository.id * 10_000 + found.number,
            "node_id": node("PR", self.repository.id, found.number),
            **{f"{name}_url": address for name, address in addresses.items()},
            "diff_url": f"{addresses['html']}.diff",
            "patch_url": f"{addresses['html']}.patch",
            "number": found.number,
            "state": "open" if found.closed is None else "closed",
            "locked": False,
            "title": found.title,
            "user": user(self.api, found.author),
            "body": None if found.closes is None else f"Closes #{found.closes}",
            "created_at": stamp(found.opened),
            "updated_at": stamp(updated(found)),
            "closed_at": maybe(found.closed),
            "merged_at": maybe(found.merged),
            "merge_commit_sha": found.revision,
            **dict.fromkeys(("assignee", "milestone", "auto_merge", "active_lock_reason")),
            **{name: [] for name in ("assignees", "requested_reviewers", "requested_teams", "labels")},
            "draft": False,
            "head": self._branch(f"change-{found.number}", tip),
            "base": self._branch("main", found.commits[0].parent if found.commits else ""),
            "_links": {name: {"href": address} for name, address in {"self": url, **addresses}.items()},
            "author_association": "MEMBER",
        }

    def review(self, pull: PullRequest, found: Review) -> Json:
        """A review of a pull request."""
        page = f"{self.web}/pull/{pull.number}"
        return {
            "id": found.id,
            "node_id": node("PRR", found.id),
            "user": user(self.api, found.author),
            "body": "",
            "state": found.state,
            "html_url": f"{page}#pullrequestreview-{found.id}",
            "pull_request_url": f"{self.url}/pulls/{pull.number}",
            "author_association": "MEMBER",
            "_links": {"html": {"href": page}, "pull_request": {"href": f"{self.url}/pulls/{pull.number}"}},
            "submitted_at": stamp(found.submitted),
            "commit_id": pull.commits[-1].revision if pull.commits else None,
        }

    def issue(self, found: Issue | PullRequest) -> Json:
        """An issue; a pull request is one too, and says so."""
        url = f"{self.url}/issues/{found.number}"
        is_pull = isinstance(found, PullRequest)
        page = f"{self.web}/{'pull' if is_pull else 'issues'}/{found.number}"
        body: Json = {
            "url": url,
            "repository_url": self.url,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": page,
            "id": self.repository.id * 10_000 + found.number,
            "node_id": node("PR" if is_pull else "I", self.repository.id, found.number),
            "number": found.number,
            "title": found.title,
            "user": user(self.api, found.author),
            "labels": [self.label(name) for name in labels_of(found)],
            "state": "open" if found.closed is None else "closed",
            "state_reason": found.reason if isinstance(found, Issue) else None,
            "locked": False,
            **dict.fromkeys(("assignee", "milestone", "active_lock_reason", "body", "performed_via_github_app")),
            "assignees": [],
            "comments": 0,
            "created_at": stamp(found.opened),
            "updated_at": stamp(updated(found)),
            "closed_at": maybe(found.closed),
            "author_association": "MEMBER",
        }
        if isinstance(found, PullRequest):
            pull = f"{self.url}/pulls/{found.number}"
            links = {"url": pull, "html_url": page, "diff_url": f"{page}.diff", "patch_url": f"{page}.patch"}
            body["pull_request"] = {**links, "merged_at": maybe(found.merged)}
        return body

    def events(self, found: Issue | PullRequest) -> list[Json]:
        """What happened to an issue, oldest first: labels, work begun, closed."""
        happened: list[tuple[str, datetime, Json]] = []
        if isinstance(found, Issue):
            happened += [("labeled", found.opened, {"label": _short(name)}) for name in found.labels]
            if found.started is not None:
                happened.append(("labeled", found.started, {"label": _short(IN_PROGRESS)}))
        if found.closed is not None:
            happened.append(("closed", found.closed, {"state_reason": getattr(found, "reason", None)}))
        return [self._event(found.number, n, *what) for n, what in enumerate(happened)]

    def label(self, name: str) -> Json:
        """A label of the repository."""
        return {
            "id": number_of(name),
            "node_id": node("LA", number_of(name)),
            "url": f"{self.url}/labels/{name}",
            "name": name,
            "description": None,
            **_short(name),
            "default": name == "bug",
        }

    def environment(self, name: str) -> Json:
        """An environment of the repository."""
        number = number_of(f"{self.repository.name}/{name}")
        return {
            "id": number,
            "node_id": node("EN", number),
            "name": name,
            "url": f"{self.url}/environments/{name}",
            "html_url": f"{self.web}/deployments/activity_log?environments_filter={name}",
            "created_at": stamp(CREATED),
            "updated_at": stamp(CREATED),
            "protection_rules": [],
            "deployment_branch_policy": None,
        }

    @cached_property
    def body(self) -> Json:
        """The repository itself."""
        return repository_body(self.repository, self.api)

    def _branch(self, ref: str, sha: str) -> Json:
        owner = user(self.api, ORGANISATION)
        return {"label": f"{ORGANISATION}:{ref}", "ref": ref, "sha": sha, "user": owner, "repo": self.body}

    def _event(self, number: int, n: int, event: str, at: datetime, more: Json) -> Json:
        own = (self.repository.id * 10_000 + number) * 10 + n
        return {
            "id": own,
            "node_id": node("EV", own),
            "url": f"{self.url}/issues/events/{own}",
            "actor": user(self.api, BOT),
            "event": event,
            "commit_id": None,
            "commit_url": None,
            "created_at": stamp(at),
            "performed_via_github_app": None,
            **more,
        }


def described(found: Deployment) -> str:
    """What a deployment says of itself."""
    return f"Roll back to {str(found.revision)[:7]}" if found.task == "rollback" else ""


def labels_of(found: Issue | PullRequest) -> tuple[str, ...]:
    """The labels that an issue carries now."""
    if isinstance(found, PullRequest):
        return ()
    return (*found.labels, IN_PROGRESS) if found.started is not None and found.closed is None else found.labels


def _short(name: str) -> Json:
    return {"name": name, "color": _COLOURS.get(name, "ededed")}
