"""The story as an observer sees it at an instant: what begins later is absent, what ends later is still open."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from data.sample.records import Commit, Deployment, Incident, Issue, Outage, PullRequest


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment < at else None


def deployments(found: Iterable[Deployment], at: datetime) -> Iterator[Deployment]:
    """Deployments created before `at`, with their statuses so far."""
    for deployment in found:
        if deployment.created < at:
            late = deployment.statuses[-1].at >= at
            yield (
                replace(deployment, statuses=tuple(s for s in deployment.statuses if s.at < at)) if late else deployment
            )


def commits(found: Iterable[Commit], at: datetime) -> Iterator[Commit]:
    """Commits of the default branch made before `at`."""
    return (commit for commit in found if commit.committed < at)


def pull_requests(found: Iterable[PullRequest], at: datetime) -> Iterator[PullRequest]:
    """Pull requests opened before `at`: merged, closed, or still open."""
    for pull in found:
        if pull.opened >= at:
            continue
        if pull.closed is not None and pull.closed < at:
            yield pull
            continue
        yield replace(
            pull,
            merged=None,
            closed=None,
            revision=None,
            commits=tuple(commit for commit in pull.commits if commit.committed < at),
            reviews=tuple(review for review in pull.reviews if review.submitted < at),
        )


def issues(found: Iterable[Issue], at: datetime) -> Iterator[Issue]:
    """Issues opened before `at`: waiting, in progress or closed."""
    for issue in found:
        if issue.opened < at:
            closed = _by(issue.closed, at)
            yield replace(issue, started=_by(issue.started, at), closed=closed, reason=issue.reason if closed else None)


def incidents(found: Iterable[Incident], at: datetime) -> Iterator[Incident]:
    """Incidents begun before `at`, as far as they had come."""
    for incident in found:
        if incident.started < at:
            yield replace(
                incident,
                detected=_by(incident.detected, at),
                acknowledged=_by(incident.acknowledged, at),
                mitigated=_by(incident.mitigated, at),
                resolved=_by(incident.resolved, at),
            )


def outages(found: Iterable[Outage], since: datetime, at: datetime) -> Iterator[Outage]:
    """Windows between `since` and `at`, cut at both ends."""
    for window in found:
        if window.end > since and window.start < at:
            yield replace(window, start=max(window.start, since), end=min(window.end, at))
