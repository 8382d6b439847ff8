"""GitHub's REST API: pages followed within the base address, and the nested lists of an entry in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from data.settings import HttpLimits
from pipelines.connectors._github.changes import pull_request_record
from pipelines.connectors._github.closing import named
from pipelines.connectors._github.counting import Tally, made
from pipelines.connectors._github.deployments import deployment_record
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json, stamp
from pipelines.errors import StopSource
from pipelines.http import Http, json_of

PER_PAGE = 100
LONGEST = 10_000
"""Pages of one listing, as a bound: a million entries."""

HEADERS = {
    # the second one is for proxies that know no media type of a vendor's
    "Accept": "application/vnd.github+json, application/json;q=0.9",
    "X-GitHub-Api-Version": "2022-11-28",
    "User-Agent": "plumbline",
}


@dataclass(frozen=True)
class Sheet:
    """A page of a listing, what to ask for the next (None on the last), and how many entries there are where told."""

    items: list[Json]
    next: Mapping[str, str] | None
    total: int | None = None


def connected(base_url: str, limits: HttpLimits, token: str) -> Http:
    """Calls to GitHub with a token."""
    http = Http(base_url, limits, HEADERS | {"Authorization": f"Bearer {token}"})
    http.session.hooks["response"].append(_limit_in_words)
    return http


def pages(http: Http, path: str, params: Mapping[str, Any], start: Mapping[str, str] | None = None) -> Iterator[Sheet]:
    """The pages of a listing from the one that `start` asks for.

    Only the query of a `next` link is followed, never its host or path: a proxy may not rewrite links, and a token must
    not leave the base address.
    """
    asked: dict[str, Any] = {**params, "per_page": PER_PAGE, **(start or {})}
    previous: list[Json] = []
    for _ in range(LONGEST):
        response = http.get(path, asked)
        items, total = _items(response, path)
        if items and items == previous:
            raise StopSource(
                f"GET /{path} answers the same page again and again: check base_url and what lies between."
            )
        following = _following(response)
        yield Sheet(items, following, total)
        if following is None:
            return
        asked, previous = {**asked, **following}, items
    raise StopSource(f"GET /{path} has more than {LONGEST} pages: set `since` of this source to a later day.")


def everything(http: Http, path: str) -> list[Json]:
    """All entries of a nested list."""
    return [item for sheet in pages(http, path, {}) for item in sheet.items]


@dataclass(frozen=True)
class Rest:
    """Deployments and pull requests by REST: one call a page, and one or two for each entry."""

    http: Http

    def deployments(self, repository: str, environments: tuple[str, ...]) -> Iterator[list[Json]]:
        """Pages of deployments, newest first."""
        only = {"environment": environments[0]} if len(environments) == 1 else {}
        for sheet in pages(self.http, f"repos/{repository}/deployments", only):
            yield sheet.items

    def tally(self, repository: str, environment: str | None) -> Tally | None:
        """What GitHub counts of the deployments to an environment, or to all; None where it names no last page."""
        path, only = f"repos/{repository}/deployments", {"environment": environment} if environment else {}
        response = self.http.get(path, {"per_page": PER_PAGE, **only})
        newest, _ = _items(response, path)
        if _following(response) is None:
            return Tally(len(newest), made(newest, "created_at"), min(made(newest, "created_at"), default=None))
        last = _query(response, "last").get("page", "")
        if not last.isdigit():
            return None
        oldest, _ = _items(self.http.get(path, {"per_page": PER_PAGE, **only, "page": last}), path)
        total = (int(last) - 1) * PER_PAGE + len(oldest)
        return Tally(total, made(newest, "created_at"), min(made(oldest, "created_at"), default=None))

    def deployment(self, repository: str, found: Json) -> Record:
        """A deployment of the listing with its statuses."""
        number = found.get("id")
        return deployment_record(repository, found, () if number is None else self.statuses(repository, number))

    def statuses(self, repository: str, number: object) -> list[Json]:
        """All statuses of a deployment."""
        return everything(self.http, f"repos/{repository}/deployments/{number}/statuses")

    def running_deployment(self, repository: str, number: str) -> Json:
        """One deployment by its number."""
        found = json_of(self.http.get(f"repos/{repository}/deployments/{number}"))
        return found if isinstance(found, dict) else {}

    def pull_requests(self, repository: str) -> Iterator[list[Json]]:
        """Pages of pull requests, the last updated first."""
        order = {"state": "all", "sort": "updated", "direction": "desc"}
        for sheet in pages(self.http, f"repos/{repository}/pulls", order):
            yield sheet.items

    def pull_request(self, repository: str, found: Json) -> Record:
        """A pull request of the listing with its commits and reviews."""
        if (number := found.get("number")) is None:
            return pull_request_record(repository, found, (), ())
        return pull_request_record(
            repository, found, self.commits(repository, number), self.reviews(repository, number)
        )

    def commits(self, repository: str, number: object) -> list[Json]:
        """The commits of a pull request; GitHub lists at most 250."""
        return everything(self.http, f"repos/{repository}/pulls/{number}/commits")

    def reviews(self, repository: str, number: object) -> list[Json]:
        """The reviews of a pull request; a single comment on a line is one too."""
        return everything(self.http, f"repos/{repository}/pulls/{number}/reviews")

    def closing(self, repository: str, number: object) -> list[str]:
        """The work items that the description of a pull request says it closes."""
        found = json_of(self.http.get(f"repos/{repository}/pulls/{number}"))
        return named(repository, found) if isinstance(found, dict) else []

    def issues(self, repository: str, since: datetime) -> Iterator[list[Json]]:
        """Pages of issues, the last updated first; pull requests are among them."""
        order = {"state": "all", "sort": "updated", "direction": "desc", "since": stamp(since)}
        for sheet in pages(self.http, f"repos/{repository}/issues", order):
            yield sheet.items

    def events(self, repository: str, number: object) -> list[Json]:
        """What happened to an issue."""
        return everything(self.http, f"repos/{repository}/issues/{number}/events")


def _items(response: requests.Response, path: str) -> tuple[list[Json], int | None]:
    """The entries of a listing, or the commits of a comparison with their number."""
    found, total = json_of(response), None
    if isinstance(found, dict) and isinstance(found.get("commits"), list):
        found, total = found["commits"], found.get("total_commits")
    if not isinstance(found, list):
        raise StopSource(
            f"GET /{path} answers no list: check that base_url is the API's, as in https://api.github.com."
        )
    return [item for item in found if isinstance(item, dict)], total


def _following(response: requests.Response) -> dict[str, str] | None:
    return _query(response, "next") or None


def _query(response: requests.Response, rel: str) -> dict[str, str]:
    """What the link to a neighbour of a page asks for, empty where there is none."""
    return dict(parse_qsl(urlsplit(response.links.get(rel, {}).get("url", "")).query))


def _limit_in_words(response: requests.Response, *_args: object, **_kwargs: object) -> None:
    """Says in HTTP what GitHub says of its limits in words only: 403 without a header, GraphQL with status 200."""
    if response.status_code == 403 and "Retry-After" not in response.headers:
        if "secondary rate limit" in response.text.lower():
            response.headers["Retry-After"] = "60"
    elif response.status_code == 200 and response.request.method == "POST" and b"RATE_LIMITED" in response.content:
        errors = response.json().get("errors") or ()
        if any(error.get("type") == "RATE_LIMITED" for error in errors):
            response.status_code, response.reason = 429, "GraphQL limit"
