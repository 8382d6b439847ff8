"""The whole story: every part told month by month, joined, and cut where the observer stands."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from data.sample import seen
from data.sample.chance import HOUR, instant, revision
from data.sample.changes import Changes, changes
from data.sample.company import INTEGRATIONS, LEGACY, SERVICES, Service
from data.sample.deployments import deployments, superseded
from data.sample.incidents import Trouble, disjoint, trouble
from data.sample.issues import REACH, bugs, features, fixed_by, tickets
from data.sample.numbers import numbered
from data.sample.plot import PROBE_GAP
from data.sample.records import Commit, Deployment, Incident, Issue, Outage, PullRequest
from data.sample.rollouts import Rollout, rollouts
from data.sample.seasons import company_midnight, month_of, three_years_before
from data.sample.traffic import Traffic, calls, requests

Plans = dict[int, dict[str, list[Rollout]]]

SEED: Final = 2026
_DEPLOYING: Final = (*SERVICES, LEGACY)


@dataclass(frozen=True, eq=False, slots=True)
class Repository:
    """What one repository holds, oldest first: deployments from the start, changes and issues from a month before."""

    name: str
    service: str
    deployments: tuple[Deployment, ...]
    pull_requests: tuple[PullRequest, ...]
    commits: tuple[Commit, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Story:
    """Three years of the demo company, from `start` to `end` inclusive, seen at the midnight `until` that closes `end`.

    What happened on a day depends on the seed and the day alone, so a later end appends and changes nothing.
    """

    seed: int
    start: date
    end: date
    since: datetime
    until: datetime
    repositories: tuple[Repository, ...]
    incidents: tuple[Incident, ...]
    outages: tuple[Outage, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    requests: dict[str, Traffic]
    calls: dict[str, Traffic]

    def digest(self) -> str:
        """A fingerprint of all that happened: equal for equal stories."""
        sha = hashlib.sha256()
        for part in (*self.repositories, *self.incidents, *self.outages):
            sha.update(repr(part).encode())
        for traffic in (*self.requests.values(), *self.calls.values()):
            for numbers in (traffic.total, *traffic.apart.values(), traffic.starts, traffic.ends, traffic.lost()):
                sha.update(numbers.tobytes())
        return sha.hexdigest()


@dataclass(frozen=True, slots=True)
class _Month:
    """All that one service did in one month, before anyone looks at it."""

    rollouts: list[Rollout]
    changes: Changes
    deployments: list[Deployment]
    pull_requests: list[PullRequest]
    issues: list[Issue]


def story(end: date, seed: int = SEED) -> Story:
    """The three years up to and including `end`. Takes about two seconds."""
    start = three_years_before(end + timedelta(days=1))
    since, until = instant(company_midnight(start)), instant(company_midnight(end + timedelta(days=1)))
    told = range(month_of(start) - 2, month_of(end) + REACH + 1)
    plans = {month: {service.id: rollouts(seed, service, month) for service in _DEPLOYING} for month in told}
    troubles = {month: trouble(seed, month, plans[month]) for month in told}
    windows = disjoint(chain.from_iterable(t.outages for t in troubles.values()))
    incidents = seen.incidents(chain.from_iterable(t.incidents for t in troubles.values()), until)
    counted = range(month_of(start) - 1, month_of(end) + 1)
    near = {subject: _near(windows, subject, counted) for subject in _subjects()}
    return Story(
        seed,
        start,
        end,
        since,
        until,
        tuple(_repository(seed, n, plans, troubles, since, until) for n in range(len(_DEPLOYING))),
        tuple(incident for incident in incidents if incident.started >= since),
        tuple(seen.outages(windows, since, until)),
        (PROBE_GAP,) if since <= PROBE_GAP[0] and PROBE_GAP[1] <= until else (),
        {service.id: requests(seed, service, counted, near[service.id]) for service in SERVICES},
        {integration.id: calls(seed, integration, counted, near[integration.id]) for integration in INTEGRATIONS},
    )


def _subjects() -> Iterator[str]:
    return (thing.id for things in (SERVICES, INTEGRATIONS) for thing in things)


def _near(windows: tuple[Outage, ...], subject: str, months: range) -> tuple[Outage, ...]:
    """The windows of a subject that begin within whole months."""
    return tuple(w for w in windows if w.subject == subject and month_of(w.start.date()) in months)


def _repository(
    seed: int, position: int, plans: Plans, troubles: dict[int, Trouble], since: datetime, until: datetime
) -> Repository:
    service = _DEPLOYING[position]
    months: list[_Month] = []
    tip = revision(seed, "root", service.repository)
    for month, plan in plans.items():
        owned = tuple(i for i in troubles[month].incidents if _owner(i) == service.id)
        months.append(_month(seed, service, position, month, plan[service.id], owned, tip))
        tip = months[-1].changes.tip
    kept = months[1:]
    found = sorted(chain.from_iterable(m.deployments for m in months), key=lambda d: (d.created, d.id))
    return Repository(
        service.repository,
        service.id,
        tuple(d for d in seen.deployments(superseded(found), until) if d.created >= since),
        tuple(seen.pull_requests(chain.from_iterable(m.pull_requests for m in kept), until)),
        tuple(seen.commits(chain.from_iterable(m.changes.commits for m in kept), until)),
        tuple(seen.issues(chain.from_iterable(m.issues for m in kept), until)),
    )


def _owner(incident: Incident) -> str:
    """The service whose team keeps the ticket."""
    if incident.services:
        return incident.services[0]
    return next(integration.caller for integration in INTEGRATIONS if integration.id == incident.integrations[0])


def _month(
    seed: int, service: Service, position: int, month: int, plan: list[Rollout], owned: tuple[Incident, ...], tip: str
) -> _Month:
    changed = changes(seed, service, month, plan, tip)
    issues: list[Issue] = []
    carried: dict[int, int] = {}
    if service is not LEGACY:
        for feature, rollout in features(seed, service, month, plan):
            if rollout is None:
                issues.append(feature)
                continue
            place = sum(r.pulls for r in plan[: rollout.number])
            carried[place] = len(issues)
            issues.append(_before(feature, changed.pull_requests[place]))
        for bug in bugs(seed, service, month):
            mended_by = fixed_by(seed, bug, service, month, changed.pull_requests, carried)
            if mended_by is not None:
                carried[mended_by] = len(issues)
            issues.append(bug if mended_by is None else _mended(bug, changed.pull_requests[mended_by]))
        issues += tickets(seed, service, owned)
    pulls, told = numbered(month, position, list(changed.pull_requests), issues, carried)
    return _Month(plan, changed, deployments(seed, service, position, month, plan, changed.heads), pulls, told)


def _mended(bug: Issue, pull: PullRequest) -> Issue:
    """The bug, taken up before the first commit of the pull request that mends it, and closed by its merge."""
    return replace(_before(bug, pull), closed=(pull.merged or pull.opened) + timedelta(seconds=2))


def _before(feature: Issue, pull: PullRequest) -> Issue:
    """The feature, started before the first commit of the pull request that brings it, and opened before that."""
    early = timedelta(seconds=HOUR)
    started = min(feature.started or feature.opened, min(c.authored for c in pull.commits) - early)
    return replace(feature, started=started, opened=min(feature.opened, started - early))
