"""GitHub's REST API over the demo's repositories: paging with Link headers, filters, orders, refusals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from data.sample.company import ORGANISATION
from data.sample.records import Issue, PullRequest
from pipelines.demo.answers import Unprocessable, answer, instant_in, number_in
from pipelines.demo.github_payloads import Payloads, labels_of
from pipelines.demo.repositories import Hosted, Item, updated

T = TypeVar("T")
_ORDERS: dict[str, Callable[[Item], datetime]] = {"created": lambda item: item.opened, "updated": updated}


class NotFound(Exception):
    """What was asked for is not there."""


@dataclass(frozen=True, eq=False, slots=True)
class Asked:
    """A request for something of one repository."""

    request: Request
    repository: Hosted
    write: Payloads

    def text(self, name: str, default: str = "") -> str:
        """A query parameter."""
        return self.request.query_params.get(name, default)

    def number(self, name: str, default: int, most: int) -> int:
        """A whole query parameter from 1 to `most`; what is no number counts as absent."""
        return number_in(self.request, name, default, 1, most)

    def instant(self, name: str) -> datetime | None:
        """A query parameter that is an instant; one without a zone is UTC."""
        return instant_in(self.request, name)

    def path(self, name: str) -> int:
        """A number in the path."""
        return int(self.request.path_params[name])

    def page(self, found: Sequence[T], write: Callable[[T], Any]) -> Response:
        """The page asked for, with links to its neighbours."""
        size, page = self.number("per_page", 30, 100), self.number("page", 1, 1_000_000)
        body = [write(one) for one in found[(page - 1) * size : page * size]]
        last = -(-len(found) // size)
        near = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        wanted = [
            rel for rel in near if (rel in ("next", "last")) == (page < last) or (rel in ("prev", "first") and page > 1)
        ]
        wanted = [rel for rel in wanted if (page < last if rel in ("next", "last") else page > 1)]
        response = answer(200, body)
        if wanted:
            response.headers["Link"] = ", ".join(f'<{self._address(near[rel])}>; rel="{rel}"' for rel in wanted)
        return response

    def _address(self, page: int) -> str:
        kept = [(k, v) for k, v in self.request.query_params.multi_items() if k != "page"]
        rest = self.request.url.path.partition("/repos/")[2]
        return f"{self.write.api}/repos/{rest}?{urlencode([*kept, ('page', str(page))])}"


def refusal(status: int, message: str) -> Response:
    """A JSON answer that says why not."""
    return answer(
        status, {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
    )


def routes(repositories: dict[str, Hosted], api: str) -> list[Route]:
    """Where the REST API answers, below its base address."""
    writers = {name: Payloads(found, api) for name, found in repositories.items()}
    base = "/repos/{owner}/{repo}"
    table: dict[str, Callable[[Asked], Response]] = {
        base: lambda asked: answer(200, asked.write.body),
        f"{base}/environments": _environments,
        f"{base}/deployments": _deployments,
        f"{base}/deployments/{{id:int}}": _deployment,
        f"{base}/deployments/{{id:int}}/statuses": _statuses,
        f"{base}/pulls": _pulls,
        f"{base}/pulls/{{number:int}}": lambda asked: answer(200, asked.write.pull(_pull(asked))),
        f"{base}/pulls/{{number:int}}/commits": lambda asked: asked.page(_pull(asked).commits, asked.write.commit),
        f"{base}/pulls/{{number:int}}/reviews": _reviews,
        f"{base}/commits": _commits,
        f"{base}/commits/{{sha}}": _commit,
        f"{base}/compare/{{basehead:path}}": _compare,
        f"{base}/issues": _issues,
        f"{base}/issues/{{number:int}}": lambda asked: answer(200, asked.write.issue(_issue(asked))),
        f"{base}/issues/{{number:int}}/events": lambda asked: asked.page(asked.write.events(_issue(asked)), dict),
        f"{base}/issues/{{number:int}}/timeline": lambda asked: asked.page(asked.write.events(_issue(asked)), dict),
    }
    return [Route(path, partial(_found, repositories, writers, handle)) for path, handle in table.items()]


async def _found(
    repositories: dict[str, Hosted], writers: dict[str, Payloads], handle: Callable[[Asked], Response], request: Request
) -> Response:
    owner, name = request.path_params["owner"].lower(), request.path_params["repo"].lower()
    if owner != ORGANISATION or name not in repositories:
        return refusal(404, "Not Found")
    try:
        return handle(Asked(request, repositories[name], writers[name]))
    except NotFound:
        return refusal(404, "Not Found")
    except Unprocessable as error:
        return refusal(422, str(error))


def _environments(asked: Asked) -> Response:
    names = sorted({deployment.environment for deployment in asked.repository.deployments})
    return answer(200, {"total_count": len(names), "environments": [asked.write.environment(name) for name in names]})


def _deployments(asked: Asked) -> Response:
    found = asked.repository.deployments
    for name, read in (("environment", "environment"), ("sha", "revision"), ("task", "task")):
        if wanted := asked.text(name):
            found = tuple(deployment for deployment in found if getattr(deployment, read) == wanted)
    return asked.page(found, asked.write.deployment)


def _deployment(asked: Asked) -> Response:
    found = asked.repository.deployment.get(asked.path("id"))
    if found is None:
        raise NotFound
    return answer(200, asked.write.deployment(found))


def _statuses(asked: Asked) -> Response:
    found = asked.repository.deployment.get(asked.path("id"))
    if found is None:
        raise NotFound
    return asked.page(tuple(enumerate(found.statuses))[::-1], lambda one: asked.write.status(found, *one))


def _pull(asked: Asked) -> PullRequest:
    if (found := asked.repository.pull.get(asked.path("number"))) is None:
        raise NotFound
    return found


def _pulls(asked: Asked) -> Response:
    pulls = [item for item in asked.repository.items if isinstance(item, PullRequest)]
    sort = asked.text("sort", "created")
    falling = asked.text("direction", "desc" if sort == "created" else "asc") == "desc"
    return asked.page(_ordered(_in_state(asked, pulls), sort, falling), asked.write.pull)


def _reviews(asked: Asked) -> Response:
    pull = _pull(asked)
    return asked.page(pull.reviews, lambda review: asked.write.review(pull, review))


def _commits(asked: Asked) -> Response:
    found = asked.repository.history(asked.text("sha") or None, asked.instant("since"), asked.instant("until"))
    if found is None:
        raise NotFound
    return asked.page(found, asked.write.commit)


def _commit(asked: Asked) -> Response:
    found = asked.repository.history(asked.request.path_params["sha"], None, None)
    if not found:
        raise NotFound
    return answer(200, asked.write.commit(found[0]))


def _compare(asked: Asked) -> Response:
    """What a revision of the default branch adds to an earlier one, oldest first."""
    known = asked.repository.commit
    places = [known[part] for part in asked.request.path_params["basehead"].split("...") if part in known]
    if len(places) != 2:
        raise NotFound
    base, head = places
    commits, write = asked.repository.commits, asked.write.commit
    ahead = [write(commit) for commit in reversed(commits[head:base])]
    status = "identical" if base == head else "ahead" if head < base else "behind"
    address = f"{asked.write.web}/compare/{asked.request.path_params['basehead']}"
    ends = (("html_url", ""), ("permalink_url", ""), ("diff_url", ".diff"), ("patch_url", ".patch"))
    links = {name: f"{address}{end}" for name, end in ends}
    merge_base = write(commits[max(base, head)])
    counts = {"ahead_by": len(ahead), "behind_by": max(0, head - base), "total_commits": len(ahead)}
    return answer(200, {
        "url": f"{asked.write.url}/compare/{asked.request.path_params['basehead']}",
        **links,
        "base_commit": write(commits[base]),
        "merge_base_commit": merge_base, "status": status, **counts, "commits": ahead, "files": [],
    })  # fmt: skip


def _issue(asked: Asked) -> Item:
    if (found := asked.repository.issue.get(asked.path("number"))) is None:
        raise NotFound
    return found


def _issues(asked: Asked) -> Response:
    found = _in_state(asked, list(asked.repository.items))
    if labels := {label for label in asked.text("labels").split(",") if label}:
        found = [item for item in found if isinstance(item, Issue) and labels <= set(labels_of(item))]
    if (since := asked.instant("since")) is not None:
        found = [item for item in found if updated(item) >= since]
    falling = asked.text("direction", "desc") == "desc"
    return asked.page(_ordered(found, asked.text("sort", "created"), falling), asked.write.issue)


def _in_state(asked: Asked, items: Sequence[Item]) -> list[Item]:
    state = asked.text("state", "open")
    return [item for item in items if state == "all" or (item.closed is None) == (state == "open")]


def _ordered(items: list[Item], sort: str, falling: bool) -> list[Any]:
    return sorted(items, key=lambda item: (_ORDERS.get(sort, _ORDERS["created"])(item), item.number), reverse=falling)
