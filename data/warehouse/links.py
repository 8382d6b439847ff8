"""Links between facts, made from stored facts: which deployment contains which change, which deployment failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, delete, insert, select

from data.facts import Change, Deployment
from data.metrics.base import FactId
from data.settings import MetricRules
from data.warehouse import schema
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks
from data.warehouse.write import fact_of, touch

CONTAINS, FAILED = "contains", "failed by"


@dataclass(frozen=True)
class Link:
    """`start` contains or was failed by `end`; `method` says how we know, `confidence` how surely (0 to 1)."""

    kind: str
    start: FactId
    end: FactId
    method: str
    confidence: float


def link_scope(connection: Connection, scope: str, rules: MetricRules, zone: ZoneInfo) -> None:
    """Make the links of one scope anew; days of deployments whose links changed are touched."""
    deployments = [fact for fact in _facts(connection, "deployment", scope) if isinstance(fact, Deployment)]
    changes = [fact for fact in _facts(connection, "change", scope) if isinstance(fact, Change)]
    wanted = {*contained(deployments, changes, rules), *failures(deployments, rules)}
    table = schema.link
    there = {
        Link(row.kind, (row.from_source, row.from_id), (row.to_source, row.to_id), row.method, row.confidence)
        for row in connection.execute(select(table).where(table.c.scope == scope))
    }
    for link in there - wanted:
        same = (table.c.kind == link.kind) & (table.c.from_source == link.start[0]) & (table.c.from_id == link.start[1])
        same &= (table.c.to_source == link.end[0]) & (table.c.to_id == link.end[1])
        connection.execute(delete(table).where(same))
    for part in chunks(sorted(wanted - there, key=lambda link: (link.kind, link.start, link.end))):
        connection.execute(insert(table), [_row(link, scope) for link in part])
    moved = {link.start for link in wanted ^ there}
    finished = {(one.source, one.source_id): one.days(zone) for one in deployments}
    touch(connection, _days(scope, moved, finished))


def contained(deployments: Iterable[Deployment], changes: Iterable[Change], rules: MetricRules) -> list[Link]:
    """Each change with the first successful production deployment that contains it.

    A deployment contains what its revision descends from and the deployment before it does not. Where the revision is
    not among the known commits, it contains what was merged since the one before ("merge time"). What came before the
    first known deployment of a repository is in none: when it was deployed cannot be known.
    """
    links: list[Link] = []
    by_key: dict[str, list[Change]] = {}
    for change in changes:
        by_key.setdefault(change.key, []).append(change)
    for key, releases in _by_key(_releases(deployments, rules)).items():
        links += _contained_of_key(releases, by_key.get(key, []))
    return links


def _contained_of_key(releases: Sequence[Deployment], changes: Sequence[Change]) -> list[Link]:
    by_revision = _by_revision(changes)
    parents = {change.merge_revision: change.parents for change in changes if change.merge_revision}
    seen: set[str] = set()
    taken: set[FactId] = set()
    links: list[Link] = []
    since: datetime | None = None
    for release in releases:
        known = release.revision in parents
        fresh = _ancestors(release.revision, parents, seen) if release.revision else set()
        if since is not None:
            found = (
                [by_revision[revision] for revision in fresh if revision in by_revision]
                if known
                else [one for one in changes if _counts(one) and one.merged and since < one.merged <= release.started]
            )
            method, confidence = ("ancestry", 1.0) if known else ("merge time", 0.6)
            for change in found:
                change_id = (change.source, change.source_id)
                if change_id not in taken:
                    taken.add(change_id)
                    links.append(Link(CONTAINS, (release.source, release.source_id), change_id, method, confidence))
        seen |= fresh
        since = max(since, release.started) if since else release.started
    return links


def _by_revision(changes: Sequence[Change]) -> dict[str, Change]:
    """The change that each commit became: pull requests go before the bare commits that they consist of."""
    inside = {revision for one in changes if one.form == "pull_request" and one.merged for revision in one.revisions}
    found = {one.merge_revision: one for one in changes if one.merge_revision and one.merged and _counts(one)}
    for one in changes:
        if one.form == "commit" and one.merge_revision in inside and found.get(one.merge_revision) is one:
            del found[one.merge_revision]
    for one in changes:
        if one.form == "pull_request" and one.merge_revision and one.merged:
            found[one.merge_revision] = one
    return found


def _counts(change: Change) -> bool:
    """Whether a change is work of its own: a merge commit of several parents is not."""
    return change.form == "pull_request" or len(change.parents) < 2


def _ancestors(revision: str, parents: dict[str, tuple[str, ...]], seen: set[str]) -> set[str]:
    fresh: set[str] = set()
    waiting = [revision]
    while waiting:
        one = waiting.pop()
        if one in seen or one in fresh:
            continue
        fresh.add(one)
        waiting += parents.get(one, ())
    return fresh


def failures(deployments: Iterable[Deployment], rules: MetricRules) -> list[Link]:
    """Each production deployment that was rolled back, with the rollback that proves it."""
    links = []
    for releases in _by_key(_releases(deployments, rules)).values():
        earlier: list[Deployment] = []
        for release in releases:
            if method := _rollback_method(release, earlier):
                undone = next((one for one in reversed(earlier) if one.revision != release.revision), None)
                if undone is not None:
                    start, end = (undone.source, undone.source_id), (release.source, release.source_id)
                    links.append(Link(FAILED, start, end, method, 1.0 if method == "declared" else 0.9))
            earlier.append(release)
    return links


def _rollback_method(release: Deployment, earlier: Sequence[Deployment]) -> str | None:
    if release.rollback is not None:
        return "declared" if release.rollback else None
    if not earlier or release.revision is None or release.revision == earlier[-1].revision:
        return None
    return "older revision redeployed" if any(one.revision == release.revision for one in earlier) else None


def _releases(deployments: Iterable[Deployment], rules: MetricRules) -> list[Deployment]:
    found = [one for one in deployments if one.outcome == "success" and one.environment.casefold() in rules.production]
    return sorted(found, key=lambda one: (one.finished or one.started, one.source_id))


def _by_key(releases: Iterable[Deployment]) -> dict[str, list[Deployment]]:
    found: dict[str, list[Deployment]] = {}
    for release in releases:
        found.setdefault(release.key, []).append(release)
    return found


def _facts(connection: Connection, kind: str, scope: str) -> list[object]:
    table = FACT_TABLES[kind]
    record = Deployment if kind == "deployment" else Change
    rows = connection.execute(select(table).where(table.c.scope == scope))
    return [fact_of(record, row._mapping) for row in rows]


def _row(link: Link, scope: str) -> dict[str, object]:
    return {
        "kind": link.kind,
        "from_source": link.start[0],
        "from_id": link.start[1],
        "to_source": link.end[0],
        "to_id": link.end[1],
        "scope": scope,
        "method": link.method,
        "confidence": link.confidence,
    }


def _days(scope: str, moved: Iterable[FactId], days: dict[FactId, frozenset[date]]) -> set[tuple[str, str, date]]:
    return {("deployment", scope, day) for one in moved for day in days.get(one, ())}
