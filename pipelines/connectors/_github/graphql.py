"""GitHub's GraphQL API: many deployments or pull requests a call; nested lists longer than a page are ended by REST."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.connectors._github.changes import (
    commit_from_graphql,
    pull_request_from_graphql,
    pull_request_record,
    review_from_graphql,
)
from pipelines.connectors._github.closing import listed
from pipelines.connectors._github.counting import Tally, made
from pipelines.connectors._github.deployments import deployment_from_graphql, deployment_record, status_from_graphql
from pipelines.connectors._github.rest import LONGEST, Rest
from pipelines.connectors.base import Record
from pipelines.connectors.texts import Json
from pipelines.errors import StopSource, SyncError, TryAgain
from pipelines.http import Http, json_of

DEPLOYMENTS = """
query Deployments($owner: String!, $name: String!, $first: Int!, $after: String, $environments: [String!]) {
  repository(owner: $owner, name: $name) {
    deployments(
      first: $first, after: $after, environments: $environments, orderBy: {field: CREATED_AT, direction: DESC}
    ) {
      pageInfo { hasNextPage endCursor }
      nodes {
        databaseId commitOid environment task description payload createdAt
        statuses(first: 20) { pageInfo { hasNextPage } nodes { state createdAt logUrl } }
      }
    }
  }
}
"""

DEPLOYMENT_COUNT = """
query DeploymentCount($owner: String!, $name: String!, $environments: [String!]) {
  repository(owner: $owner, name: $name) {
    deployments(first: 20, environments: $environments, orderBy: {field: CREATED_AT, direction: DESC}) {
      totalCount
      nodes { createdAt }
    }
    oldest: deployments(first: 1, environments: $environments, orderBy: {field: CREATED_AT, direction: ASC}) {
      nodes { createdAt }
    }
  }
}
"""

PULL_REQUESTS = """
query PullRequests($owner: String!, $name: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequests(first: $first, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number url createdAt updatedAt closedAt mergedAt
        author { login __typename }
        mergeCommit { oid }
        commits(first: 50) { pageInfo { hasNextPage } nodes { commit { oid authoredDate } } }
        reviews(first: 50) { pageInfo { hasNextPage } nodes { submittedAt author { login __typename } } }
        closingIssuesReferences(first: 20) { pageInfo { hasNextPage } nodes { number repository { nameWithOwner } } }
      }
    }
  }
}
"""

PROJECT_ITEMS = """
query ProjectItems($owner: String!, $number: Int!, $first: Int!, $after: String) {
  repositoryOwner(login: $owner) {
    ... on ProjectV2Owner {
      projectV2(number: $number) {
        field(name: "Status") { ... on ProjectV2SingleSelectField { options { name } } }
        items(first: $first, after: $after) {
          pageInfo { hasNextPage endCursor }
          nodes {
            fieldValueByName(name: "Status") {
              ... on ProjectV2ItemFieldSingleSelectValue { name updatedAt }
            }
            content {
              ... on Issue {
                number url createdAt closedAt stateReason(enableDuplicate: true)
                repository { nameWithOwner }
                labels(first: 100) { nodes { name } }
                timelineItems(first: 100, itemTypes: [PROJECT_V2_ITEM_STATUS_CHANGED_EVENT]) {
                  pageInfo { hasNextPage endCursor }
                  nodes { ... on ProjectV2ItemStatusChangedEvent { createdAt status project { number } } }
                }
              }
            }
          }
        }
      }
    }
  }
}
"""

STATUS_CHANGES = """
query StatusChanges($owner: String!, $name: String!, $issue: Int!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    issue(number: $issue) {
      timelineItems(first: $first, after: $after, itemTypes: [PROJECT_V2_ITEM_STATUS_CHANGED_EVENT]) {
        pageInfo { hasNextPage endCursor }
        nodes { ... on ProjectV2ItemStatusChangedEvent { createdAt status project { number } } }
      }
    }
  }
}
"""

_PLACES = {
    "Deployments": ("repository", "deployments"),
    "PullRequests": ("repository", "pullRequests"),
    "ProjectItems": ("repositoryOwner", "projectV2", "items"),
    "StatusChanges": ("repository", "issue", "timelineItems"),
}
"""Where the listing of each operation is in its answer."""

_FEWEST = 10
_FORBIDDEN = ("FORBIDDEN", "INSUFFICIENT_SCOPES")
_PASSING = ("something went wrong", "timedout", "timeout", "try again", "couldn't respond")


@dataclass(frozen=True)
class Graphql:
    """Deployments and pull requests by GraphQL, in the same form as `Rest` gives them."""

    http: Http
    rest: Rest

    def deployments(self, repository: str, environments: tuple[str, ...]) -> Iterator[list[Json]]:
        """Pages of deployments, newest first."""
        asked = _of(repository) | {"environments": list(environments) or None}
        for nodes in self._pages("Deployments", DEPLOYMENTS, asked, 50):
            yield [{**deployment_from_graphql(node), "statuses": node.get("statuses")} for node in nodes]

    def deployment(self, repository: str, found: Json) -> Record:
        """A deployment of the listing with its statuses."""
        if (nested := _whole(found.get("statuses"))) is None:
            return self.rest.deployment(repository, found)
        return deployment_record(repository, found, [status_from_graphql(node) for node in nested])

    def tally(self, repository: str, environment: str | None) -> Tally:
        """What GitHub counts of the deployments to an environment, or to all."""
        asked = _of(repository) | {"environments": [environment] if environment else None}
        found = self._ask("DeploymentCount", DEPLOYMENT_COUNT, asked).get("repository") or {}
        ends = [(found.get(name) or {}).get("nodes") or () for name in ("deployments", "oldest")]
        total = (found.get("deployments") or {}).get("totalCount")
        if not isinstance(total, int):
            raise StopSource(f"GraphQL DeploymentCount tells nothing of {repository}: check that the token may see it.")
        return Tally(total, made(ends[0], "createdAt"), min(made(ends[1], "createdAt"), default=None))

    def pull_requests(self, repository: str) -> Iterator[list[Json]]:
        """Pages of pull requests, the last updated first."""
        for nodes in self._pages("PullRequests", PULL_REQUESTS, _of(repository), 25):
            yield [
                {
                    **pull_request_from_graphql(node),
                    "updated_at": node.get("updatedAt"), "commits": node.get("commits"), "reviews": node.get("reviews"),
                    "closing": node.get("closingIssuesReferences"),
                }
                for node in nodes
            ]  # fmt: skip

    def pull_request(self, repository: str, found: Json) -> Record:
        """A pull request of the listing with its commits, its reviews and the issues that it closes."""
        commits, reviews, number = _whole(found.get("commits")), _whole(found.get("reviews")), found.get("number")
        closing = _whole(found.get("closing"))
        return pull_request_record(
            repository,
            found,
            self.rest.commits(repository, number) if commits is None else [commit_from_graphql(one) for one in commits],
            self.rest.reviews(repository, number) if reviews is None else [review_from_graphql(one) for one in reviews],
            self.rest.closing(repository, number) if closing is None else listed(repository, closing),
        )

    def project_items(self, owner: str, number: int) -> Iterator[list[Json]]:
        """Pages of a project's items."""
        yield from self._pages("ProjectItems", PROJECT_ITEMS, {"owner": owner, "number": number}, 50)

    def status_changes(self, content: Json, project: int) -> list[tuple[str, object]]:
        """The moments at which the issue of a project's item came to a status, as far as GitHub tells them."""
        events = _whole(content.get("timelineItems"))
        if events is None:
            asked = _of(content["repository"]["nameWithOwner"]) | {"issue": content["number"]}
            events = [node for nodes in self._pages("StatusChanges", STATUS_CHANGES, asked, 100) for node in nodes]
        return [
            (event["status"], event.get("createdAt"))
            for event in events
            if event.get("status") and (event.get("project") or {}).get("number") == project
        ]

    def project_statuses(self, owner: str, number: int) -> list[str]:
        """The names that the Status field of a project may have."""
        asked = {"owner": owner, "number": number, "first": 1}
        project = _found(self._ask("ProjectItems", PROJECT_ITEMS, asked), "ProjectItems", asked, to=-1)
        return [option["name"] for option in (project.get("field") or {}).get("options") or ()]

    def _pages(self, operation: str, query: str, asked: Mapping[str, Any], first: int) -> Iterator[list[Json]]:
        cursor: str | None = None
        for _ in range(LONGEST):
            page, first = self._page(operation, query, {**asked, "after": cursor}, first)
            yield [node for node in page.get("nodes") or () if node]
            info = page.get("pageInfo") or {}
            if not info.get("hasNextPage"):
                return
            if info.get("endCursor") in (None, cursor):
                raise StopSource(f'GraphQL {operation} answers the same page again and again: set api = "rest".')
            cursor = info["endCursor"]
        raise StopSource(
            f"GraphQL {operation} has more than {LONGEST} pages: set `since` of this source to a later day."
        )

    def _page(self, operation: str, query: str, asked: Mapping[str, Any], first: int) -> tuple[Json, int]:
        """One page, and how many entries it took: GitHub gives up on an answer that takes it more than ten seconds."""
        while True:
            try:
                return _found(self._ask(operation, query, {**asked, "first": first}), operation, asked), first
            except TryAgain as fault:
                if fault.at is not None or first <= _FEWEST:
                    raise
                first = max(_FEWEST, first // 2)

    def _ask(self, operation: str, query: str, variables: Mapping[str, Any]) -> Json:
        given = {name: value for name, value in variables.items() if value is not None}
        body = json_of(self.http.post("graphql", {"operationName": operation, "query": query, "variables": given}))
        if not isinstance(body, dict):
            raise StopSource(f"GraphQL {operation} answers no object: check that base_url is the API's.")
        if errors := body.get("errors"):
            raise _fault(operation, errors[0])
        return body.get("data") or {}


def graphql_base(base_url: str) -> str:
    """Where GraphQL is: beside REST on github.com, one step up on GitHub Enterprise Server (/api/v3, /api/graphql)."""
    return base_url.rstrip("/").removesuffix("/v3") if base_url.rstrip("/").endswith("/api/v3") else base_url


def _of(repository: str) -> dict[str, Any]:
    owner, _, name = repository.partition("/")
    return {"owner": owner, "name": name}


def _whole(connection: Json | None) -> list[Json] | None:
    """The nodes of a nested list; None where it goes on after them."""
    if connection is None or (connection.get("pageInfo") or {}).get("hasNextPage"):
        return None
    return [node for node in connection.get("nodes") or () if node]


def _found(data: Json, operation: str, asked: Mapping[str, Any], to: int | None = None) -> Json:
    """The listing in an answer (`to` -1: what holds it); StopSource where GitHub shows nothing under that name."""
    found: Any = data
    for name in _PLACES[operation][:to]:
        found = found.get(name)
        if found is None:
            subject = "/".join(str(asked[part]) for part in ("owner", "name", "issue", "number") if part in asked)
            raise StopSource(f"GraphQL {operation}: {subject} is not there, or the token may not see it.", 404)
    place: Json = found
    return place


def _fault(operation: str, error: Json) -> SyncError:
    kind, message = error.get("type"), str(error.get("message", "no reason given"))[:200].rstrip(".")
    if kind == "NOT_FOUND":
        return StopSource(f"GraphQL {operation}: {message}, or the token may not see it.", 404)
    if kind in _FORBIDDEN:
        return StopSource(f"GraphQL {operation}: {message}; see what `check` asks for.", 403)
    if any(words in message.lower() for words in _PASSING):
        return TryAgain(f"GraphQL {operation}: {message}; the next run resumes here.")
    return StopSource(f"GraphQL {operation}: {message}; set api = 'rest' if this GitHub knows no such query.")
