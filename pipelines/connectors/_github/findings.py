"""What `check` says of a GitHub source: address, token, permissions, and the names in its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def findings(
    rest: Rest,
    graphql: Graphql,
    repositories: tuple[str, ...],
    environments: tuple[str, ...],
    branch: str | None,
    labels: tuple[str, ...],
    boards: tuple[Board, ...],
) -> Iterator[Finding]:
    """Address and token first; where those are wrong, nothing else is tried."""
    token = _token(rest)
    yield token
    if not token.good:
        return
    for name in repositories:
        yield from _repository(rest, name, environments, branch, labels)
    for board in boards:
        yield _project(graphql, board)


def _token(rest: Rest) -> Finding:
    try:
        limits = json_of(rest.http.get("rate_limit"))
    except StopSource as fault:
        if fault.status == 401:
            return Finding("token", False, "GitHub refuses the token: renew it and set it in GITHUB_TOKEN.")
        if fault.status == 404:  # GitHub Enterprise Server with rate limits switched off
            return Finding("token", True, "accepted; this GitHub sets no rate limit")
        return Finding("address", False, str(fault))
    except SyncError as fault:
        return Finding("address", False, str(fault))
    parts = (limits.get("resources") or {}) if isinstance(limits, Mapping) else {}
    left = [f"{one['remaining']:,} of {one['limit']:,} {name} calls" for name, label in
            (("REST", "core"), ("GraphQL", "graphql")) if (one := parts.get(label))]  # fmt: skip
    return Finding("token", True, f"accepted; left this hour: {', '.join(left) or 'not told'}")


def _repository(
    rest: Rest, name: str, environments: tuple[str, ...], branch: str | None, labels: tuple[str, ...]
) -> Iterator[Finding]:
    fault = _fault(rest, f"repos/{name}", {})
    if fault is not None:
        hidden = fault.status == 404 if isinstance(fault, StopSource) else False
        says = "is hidden or not there: correct the name, or give the token access to it."
        yield Finding(name, False, says if hidden else str(fault))
        return
    yield Finding(name, True, "is there")
    for subject, (path, asked, permission) in _PERMISSIONS.items():
        if subject == "issues" and not labels:
            continue
        yield _permission(rest, name, subject, path, asked, permission)
    yield from _environments(rest, name, environments)
    if branch is not None:
        fault = _fault(rest, f"repos/{name}/commits", {"sha": branch, "per_page": 1})
        says = "is there" if fault is None else "is not there: correct `default_branch`, or leave it out."
        yield Finding(f"{name} branch {branch}", fault is None, says)
    for label in labels:
        found = _list(rest, f"repos/{name}/issues", {"labels": label, "state": "all", "per_page": 1})
        if found is not None:
            says = "is in use" if found else "no issue carries it: correct the label in the options, or label an issue."
            yield Finding(f"{name} label {label}", bool(found), says)


def _permission(rest: Rest, name: str, subject: str, path: str, asked: Mapping[str, Any], permission: str) -> Finding:
    fault = _fault(rest, f"repos/{name}/{path}", asked)
    what = f"{name} {subject}"
    if fault is None or (isinstance(fault, StopSource) and fault.status == 409):
        return Finding(what, True, "may be read" if fault is None else "none yet: the repository is empty")
    if isinstance(fault, StopSource) and fault.status == 410:
        return Finding(what, False, f"are switched off in {name}: take its labels out of the options.")
    if isinstance(fault, StopSource) and fault.status in (403, 404):
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


def _project(graphql: Graphql, board: Board) -> Finding:
    subject = f"project {board.name}"
    try:
        found = graphql.project_statuses(board.owner, board.number)
    except StopSource as fault:
        if fault.status in (403, 404):
            says = "correct owner and number, or give the token 'Projects: read' of the organization."
            return Finding(subject, False, says)
        return Finding(subject, False, str(fault))
    except SyncError as fault:
        return Finding(subject, False, str(fault))
    there = {name.casefold() for name in found}
    missing = [name for name in board.statuses if name.casefold() not in there]
    if missing:
        says = f"has no status {' or '.join(missing)}; there are {', '.join(found) or 'none'}: correct the options."
        return Finding(subject, False, says)
    return Finding(subject, True, f"may be read; statuses: {', '.join(found)}")


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
