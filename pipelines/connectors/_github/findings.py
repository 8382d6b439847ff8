"""What `check` says of a GitHub source: address, token, permissions, and the names in its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.connectors._github.graphql import Graphql
from pipelines.connectors._github.projects import Board
from pipelines.connectors._github.rest import Rest
from pipelines.connectors.base import Finding
from pipelines.errors import StopSource, SyncError
from pipelines.http import json_of

_PERMISSIONS = {
    "deployments": ("deployments", {"per_page": 100}, "Deployments: read"),
    "pull requests": ("pulls", {"per_page": 1}, "Pull requests: read"),
    "commits": ("commits", {"per_page": 1}, "Contents: read"),
    "issues": ("issues", {"per_page": 1}, "Issues: read"),
}
"""What is read, under which path it is tried, and the permission that it takes."""


@dataclass(frozen=True)
class Named:
    """The names in a source's options, and the variable that holds its token."""

    repositories: tuple[str, ...]
    environments: tuple[str, ...]
    branch: str | None
    labels: tuple[str, ...]
    boards: tuple[Board, ...]
    variable: str


def findings(rest: Rest, graphql: Graphql | None, named: Named) -> Iterator[Finding]:
    """Address and token first; where those are wrong, nothing else is tried. `graphql` where it is read."""
    token = _token(rest, named.variable)
    yield token
    if not token.good:
        return
    for name in named.repositories:
        yield from _repository(rest, name, named)
    if graphql is not None:
        yield _graphql(graphql, named.repositories[0])
        for board in named.boards:
            yield _project(graphql, board)


def _token(rest: Rest, variable: str) -> Finding:
    try:
        limits = json_of(rest.http.get("rate_limit"))
    except SyncError as fault:
        if _status(fault) == 401:
            return Finding("token", False, f"GitHub refuses the token: renew it and set it in {variable}.")
        if _status(fault) == 404:  # GitHub Enterprise Server with rate limits switched off
            return Finding("token", True, "accepted; this GitHub sets no rate limit")
        return Finding("address", False, str(fault))
    parts = (limits.get("resources") or {}) if isinstance(limits, Mapping) else {}
    left = [f"{one['remaining']:,} of {one['limit']:,} {name} calls" for name, label in
            (("REST", "core"), ("GraphQL", "graphql")) if (one := parts.get(label))]  # fmt: skip
    return Finding("token", True, f"accepted; left this hour: {', '.join(left) or 'not told'}")


def _repository(rest: Rest, name: str, named: Named) -> Iterator[Finding]:
    fault = _fault(rest, f"repos/{name}", {})
    if fault is not None:
        says = "is hidden or not there: correct the name, or give the token access to it."
        yield Finding(name, False, says if _status(fault) == 404 else str(fault))
        return
    yield Finding(name, True, "is there")
    for subject, (path, asked, permission) in _PERMISSIONS.items():
        if subject != "issues" or named.labels:
            yield _permission(rest, name, subject, path, asked, permission)
    yield from _environments(rest, name, named.environments)
    if named.branch is not None:
        fault = _fault(rest, f"repos/{name}/commits", {"sha": named.branch, "per_page": 1})
        says = "is there" if fault is None else "is not there: correct `default_branch`, or leave it out."
        yield Finding(f"{name} branch {named.branch}", fault is None, says)
    for label in named.labels:
        found = _list(rest, f"repos/{name}/issues", {"labels": label, "state": "all", "per_page": 1})
        if found is not None:
            says = "is in use" if found else "no issue carries it: correct the label in the options, or label an issue."
            yield Finding(f"{name} label {label}", bool(found), says)


def _permission(rest: Rest, name: str, subject: str, path: str, asked: Mapping[str, Any], permission: str) -> Finding:
    fault, what = _fault(rest, f"repos/{name}/{path}", asked), f"{name} {subject}"
    match _status(fault):
        case None if fault is None:
            return Finding(what, True, "may be read")
        case 409:
            return Finding(what, True, "none yet: the repository is empty")
        case 410:
            return Finding(what, False, f"are switched off in {name}: take its labels out of the options.")
        case 403 | 404:
            return Finding(what, False, f"give the token '{permission}' on {name}.")
    return Finding(what, False, str(fault))


def _environments(rest: Rest, name: str, environments: tuple[str, ...]) -> Iterator[Finding]:
    found = _list(rest, f"repos/{name}/deployments", {"per_page": 100})
    if found is None:
        return
    seen = sorted({str(one["environment"]) for one in found if one.get("environment")})
    if not seen:
        says = "has no deployment yet: have the pipeline record them (a job with `environment:` does)."
        yield Finding(f"{name} environments", False, says)
    elif not environments:
        yield Finding(f"{name} environments", True, f"{', '.join(seen)} (all are read)")
    for wanted in environments if seen else ():
        if wanted in seen:
            yield Finding(f"{name} environment {wanted}", True, "has deployments")
        else:
            says = f"not among the latest {len(found)} deployments ({', '.join(seen)}): correct `environments`."
            yield Finding(f"{name} environment {wanted}", False, says)


def _graphql(graphql: Graphql, name: str) -> Finding:
    try:
        next(graphql.deployments(name, ()), None)
    except SyncError as fault:
        return Finding("GraphQL", False, str(fault))
    return Finding("GraphQL", True, "answers")


def _project(graphql: Graphql, board: Board) -> Finding:
    subject = f"project {board.name}"
    try:
        found = graphql.project_statuses(board.owner, board.number)
    except SyncError as fault:
        says = "correct owner and number, or give the token 'Projects: read' of the organization."
        return Finding(subject, False, says if _status(fault) in (403, 404) else str(fault))
    there = {name.casefold() for name in found}
    missing = [name for name in board.statuses if name.casefold() not in there]
    if missing:
        says = f"has no status {' or '.join(missing)}; there are {', '.join(found) or 'none'}: correct the options."
        return Finding(subject, False, says)
    return Finding(subject, True, f"may be read; statuses: {', '.join(found)}")


def _status(fault: SyncError | None) -> int | None:
    return fault.status if isinstance(fault, StopSource) else None


def _fault(rest: Rest, path: str, asked: Mapping[str, Any]) -> SyncError | None:
    try:
        rest.http.get(path, asked)
    except SyncError as fault:
        return fault
    return None


def _list(rest: Rest, path: str, asked: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """The first page of a listing, None where it may not be read."""
    try:
        found = json_of(rest.http.get(path, asked))
    except SyncError:
        return None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else None
