"""Links between facts, made from stored facts: which deployment contains which change, which deployment failed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, delete, select

from data.facts import Change, Deployment, Fact, Incident
from data.metrics.base import FactId, is_release
from data.settings import MetricRules, Settings
from data.warehouse import schema
from data.warehouse.upsert import insert_or_replace
from data.warehouse.write import touch

CONTAINS, FAILED, DELIVERED = "contains", "failed by", "delivered by"


@dataclass(frozen=True)
class Link:
    """`start` contains or was failed by `end`; `method` says how we know, `confidence` how surely (0 to 1)."""

    kind: str
    start: FactId
    end: FactId
    method: str
    confidence: float


def link_scope(
    connection: Connection,
    scope: str,
    deployments: Sequence[Deployment],
    changes: Sequence[Change],
    incidents: Sequence[Incident],
    settings: Settings,
    renewed: Mapping[str, Collection[date]],
) -> set[FactId]:
    """Make the links of one scope anew from its facts; the failures that newly count, no longer do, or whose deployment
    is of a `renewed` day.

    Days of deployments whose links changed are touched, and of those that contain a change merged on a `renewed` day.
    """
    rules, zone = settings.metrics, settings.zone
    brought = contained(deployments, changes, rules)
    carriers = _carriers(deployments, changes, brought)
    failed = [*failures(deployments, rules), *incident_failures(deployments, incidents, carriers, rules)]
    wanted = {*brought, *failed}
    there = stored_links(connection, scope, (CONTAINS, FAILED))
    keep_links(connection, scope, there, wanted)
    again = {_id(one) for one in changes if not one.days(zone).isdisjoint(renewed.get(one.kind, ()))}
    told = {_id(one) for one in deployments if not one.days(zone).isdisjoint(renewed.get(one.kind, ()))}
    moved = {link.start for link in wanted ^ there} | {link.start for link in wanted if link.end in again}
    touch(
        connection, {("deployment", scope, day) for one in deployments if _id(one) in moved for day in one.days(zone)}
    )
    failures_anew = (wanted ^ there) | {link for link in wanted if link.start in told}
    return {link.end for link in failures_anew if link.kind == FAILED}


def stored_links(connection: Connection, scope: str, kinds: Sequence[str]) -> set[Link]:
    """The kept links of some kinds of a scope."""
    table = schema.link
    query = select(table).where(table.c.scope == scope, table.c.kind.in_(list(kinds)))
    return {
        Link(row.kind, (row.from_source, row.from_id), (row.to_source, row.to_id), row.method, row.confidence)
        for row in connection.execute(query)
    }


def keep_links(connection: Connection, scope: str, there: Collection[Link], wanted: Collection[Link]) -> None:
    """Make the kept links of a scope the wanted ones."""
    table = schema.link
    for link in set(there) - set(wanted):
        same = (table.c.kind == link.kind) & (table.c.from_source == link.start[0]) & (table.c.from_id == link.start[1])
        same &= (table.c.to_source == link.end[0]) & (table.c.to_id == link.end[1])
        connection.execute(delete(table).where(same, table.c.scope == scope))
    # a link may have been another scope's until its facts moved here
    insert_or_replace(connection, table, [_row(link, scope) for link in _ordered(set(wanted) - set(there))])


def contained(deployments: Iterable[Deployment], changes: Iterable[Change], rules: MetricRules) -> list[Link]:
    """Each change with the first successful production deployment that contains it.

    A deployment contains what its revision descends from and no deployment before it does. Where the revision is not
    among the known commits, it contains what was merged since the one before ("merge time"), among the changes of the
    same key or of keys that nothing is deployed under. What came before the first known deployment is in none: when it
    was deployed cannot be known.
    """
    known = sorted(changes, key=_id)
    history = _History(_parents(known), _by_revision(known))
    chains = _by_key(_releases(deployments, rules))
    work = [*history.changes.values(), *(one for one in known if one.form == "pull_request" and not one.merge_revision)]
    best: dict[FactId, tuple[float, datetime, Link]] = {}
    for key, releases in chains.items():
        mergeable = [one for one in work if one.key == key] or [one for one in work if one.key not in chains]
        for release, change, method, confidence in _first_containing(releases, mergeable, history):
            link = Link(CONTAINS, _id(release), _id(change), method, confidence)
            found = (-confidence, release_time(release), link)
            if link.end not in best or found[:2] < best[link.end][:2]:
                best[link.end] = found
    return _ordered(link for _, _, link in best.values())


@dataclass(frozen=True)
class _History:
    """Known commits with their parents, and the change that each commit became."""

    parents: Mapping[str, tuple[str, ...]]
    changes: Mapping[str, Change]

    def behind(self, revision: str, seen: Collection[str]) -> set[str]:
        """The revision and all that it descends from, without those seen."""
        fresh: set[str] = set()
        waiting = [revision]
        while waiting:
            one = waiting.pop()
            if one not in seen and one not in fresh:
                fresh.add(one)
                waiting += self.parents.get(one, ())
        return fresh


def _first_containing(
    releases: Sequence[Deployment], mergeable: Sequence[Change], history: _History
) -> Iterator[tuple[Deployment, Change, str, float]]:
    """Each change once, with the release of one chain that brought it, how we know and how surely."""
    seen: set[str] = set()
    taken: set[FactId] = set()
    since: datetime | None = None
    for release in releases:
        fresh = history.behind(release.revision, seen) if release.revision else set()
        if since is not None:
            if release.revision in history.parents:
                found = [history.changes[one] for one in sorted(fresh) if one in history.changes]
                method, confidence = "ancestry", 1.0
            else:
                found = [
                    one
                    for one in mergeable
                    if one.merged and since < one.merged <= release.started and one.merge_revision not in seen
                ]
                method, confidence = "merge time", 0.6
            for change in found:
                if _id(change) not in taken:
                    taken.add(_id(change))
                    yield release, change, method, confidence
        seen |= fresh
        since = max(since, release.started) if since else release.started


def _parents(changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """The parents of each known commit; a pull request that names none leaves them to the record of its commit."""
    said = (one for one in changes if one.form == "commit" or one.parents)
    return {one.merge_revision: one.parents for one in said if one.merge_revision}


def _by_revision(changes: Sequence[Change]) -> dict[str, Change]:
    """The change that each commit became: pull requests go before the bare commits that they consist of."""
    merged = [one for one in changes if one.merged and one.merge_revision]
    requests = [one for one in merged if one.form == "pull_request"]
    inside = {revision for one in requests for revision in one.revisions}
    # a merge commit of several parents is no work of its own
    bare = [one for one in merged if one.form != "pull_request" and len(one.parents) < 2]
    found = {one.merge_revision: one for one in bare if one.merge_revision and one.merge_revision not in inside}
    return found | {one.merge_revision: one for one in requests if one.merge_revision}


def failures(deployments: Iterable[Deployment], rules: MetricRules) -> list[Link]:
    """Each production deployment that was rolled back, with the rollback that proves it."""
    links = []
    for releases in _by_key(_releases(deployments, rules)).values():
        first: dict[str | None, int] = {}
        for place, release in enumerate(releases):
            earlier = releases[:place]
            method = _rollback_method(release, earlier, first)
            undone = _undone_by(release, earlier) if method else None
            if method and undone is not None:
                links.append(Link(FAILED, _id(undone), _id(release), method, 1.0 if method == "declared" else 0.9))
            first.setdefault(release.revision, place)
    return links


def _rollback_method(release: Deployment, earlier: Sequence[Deployment], first: Mapping[str | None, int]) -> str | None:
    """How a rollback is known: declared, or a revision that was first deployed before the one it replaces."""
    if release.rollback is not None:
        return "declared" if release.rollback else None
    if not earlier or release.revision is None or release.revision not in first:
        return None
    replaced = earlier[-1].revision
    since = first[replaced] if replaced is not None else len(earlier)
    return "older revision redeployed" if first[release.revision] < since else None


def _undone_by(release: Deployment, earlier: Sequence[Deployment]) -> Deployment | None:
    """The deployment that a rollback took back; None where it only brought back what was running: then a roll-out that
    never reached production was given up."""
    if not earlier or (release.revision is not None and earlier[-1].revision == release.revision):
        return None
    others = (one for one in reversed(earlier) if release.revision is None or one.revision != release.revision)
    return next(others, None)


def incident_failures(
    deployments: Iterable[Deployment],
    incidents: Iterable[Incident],
    carriers: Mapping[str, Deployment],
    rules: MetricRules,
) -> list[Link]:
    """Each production deployment that an incident of the scope was held against.

    By the deployment or revision that the incident names; else by the change that it names, which `carriers` brought;
    else the last deployment that finished within the window before the incident began, unless the incident has another
    cause or is a provider's.
    """
    releases = _releases(deployments, rules)
    window = timedelta(hours=rules.failure_window_hours)
    times = [release_time(one) for one in releases]
    links = []
    for incident in incidents:
        if incident.maintenance:
            continue
        named, method, confidence = _named_release(incident, releases, carriers)
        if named is None and not (incident.deployment or incident.change) and _may_be_a_change(incident, rules):
            place = bisect_right(times, incident.started) - 1
            if place >= 0 and incident.started - times[place] <= window:
                named, method, confidence = releases[place], "last deployment before it", 0.6
        if named is not None:
            links.append(Link(FAILED, _id(named), _id(incident), method, confidence))
    return links


def _named_release(
    incident: Incident, releases: Sequence[Deployment], carriers: Mapping[str, Deployment]
) -> tuple[Deployment | None, str, float]:
    """The deployment that an incident names, by itself or by the change that it contained."""
    if incident.deployment:
        named = (one for one in releases if incident.deployment in (one.source_id, one.url, one.revision))
        return next(named, None), "named by the incident", 1.0
    return carriers.get(incident.change or ""), "change named by the incident", 0.95


def _carriers(
    deployments: Iterable[Deployment], changes: Iterable[Change], links: Iterable[Link]
) -> dict[str, Deployment]:
    """The deployment that contained a change, by each name of the change."""
    by_id, known = {_id(one): one for one in deployments}, {_id(one): one for one in changes}
    found = {}
    for link in links:
        change, release = known[link.end], by_id[link.start]
        for name in (change.source_id, change.merge_revision, change.url, *change.revisions):
            if name:
                found[name] = release
    return found


def _may_be_a_change(incident: Incident, rules: MetricRules) -> bool:
    return not incident.provider and incident.cause.casefold() in ("", *rules.change_causes)


def release_time(deployment: Deployment) -> datetime:
    """When a release reached production."""
    return deployment.finished or deployment.started


def _releases(deployments: Iterable[Deployment], rules: MetricRules) -> list[Deployment]:
    return sorted((one for one in deployments if is_release(one, rules)), key=lambda one: (release_time(one), _id(one)))


def _by_key(releases: Iterable[Deployment]) -> dict[str, list[Deployment]]:
    found: dict[str, list[Deployment]] = {}
    for release in releases:
        found.setdefault(release.key, []).append(release)
    return found


def _id(fact: Fact) -> FactId:
    return fact.source, fact.source_id


def _ordered(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (link.kind, link.start, link.end))


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
