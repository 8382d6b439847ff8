"""Features, bugs and incident tickets of a service, as a tracker keeps them."""

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from data.sample.chance import DAY, HOUR, MINUTE, around, generator, instant, one_of
from data.sample.changes import FIXES
from data.sample.company import ENGINEERS, Service
from data.sample.records import Incident, Issue, PullRequest
from data.sample.rollouts import Rollout
from data.sample.seasons import UPGRADE, days_of, in_bad_quarter, midnight

REACH: Final = 2
"""Months after its first sign by which a thing is told: features are told from their release back."""

_SAID: Final = 0.2
"""The share of mended bugs whose pull request says that it closes them."""

_FEATURES: Final = (
    "Instant payouts", "Multi-signature approvals", "Stablecoin top-ups", "Recurring transfers", "Limits per team",
    "Virtual cards", "Payment links", "Statement exports", "Address book", "Travel-rule messages",
    "Split settlements", "Price alerts", "Passkey sign-in", "Batch refunds", "Proof of reserves page",
    "Delegated approvals",
)  # fmt: skip
_BUGS: Final = (
    "Wrong fee shown for small amounts", "Export ends early", "Balance late after a reorganisation",
    "Notification sent twice", "Filter forgets the time zone", "Search misses accents", "Retry creates a second hold",
    "Report shows cents as units",
)  # fmt: skip


def features(seed: int, service: Service, month: int, rollouts: list[Rollout]) -> list[tuple[Issue, Rollout | None]]:
    """Features that ended in a month, each with the rollout that brought it, None for a cancelled one."""
    random = generator(seed, "features", service.id, month)
    carriers = [rollout for rollout in rollouts if rollout.pulls and rollout.fate == "held"]
    wanted = int(random.poisson(0.62))
    chosen = random.permutation(len(carriers))[: min(wanted, len(carriers))] if carriers else np.array([], dtype=int)
    found: list[tuple[Issue, Rollout | None]] = []
    for n in chosen:
        rollout = carriers[int(n)]
        closed = rollout.finished + int(random.integers(MINUTE, 40 * MINUTE))
        found.append((_feature(random, service, closed, "completed"), rollout))
    if random.random() < 0.05:
        at = midnight(one_of(random, tuple(days_of(month)))) + 15 * HOUR
        found.append((_feature(random, service, at, "not_planned"), None))
    return found


def _feature(random: np.random.Generator, service: Service, closed: int, reason: str) -> Issue:
    day = instant(closed).date()
    median = 15.5 if in_bad_quarter(day) else 10.4 if day >= UPGRADE else 12.2
    started = closed - int(around(random, median, 0.55, 1.2, 38.0) * DAY)
    opened = started - int(around(random, 5 * DAY, 0.8, HOUR, 20 * DAY))
    title = f"{one_of(random, _FEATURES)} in {service.name.lower()}"
    labels = ("feature",)
    return Issue(
        service.repository,
        0,
        one_of(random, ENGINEERS),
        title,
        labels,
        instant(opened),
        instant(started),
        instant(closed),
        reason,
    )


def bugs(seed: int, service: Service, month: int) -> list[Issue]:
    """Bugs reported in a month; some are closed as not planned, most are taken up and fixed."""
    random = generator(seed, "bugs", service.id, month)
    found = []
    rate = 0.95 if in_bad_quarter(days_of(month)[0]) else 0.55
    for _ in range(int(random.poisson(rate))):
        opened = midnight(one_of(random, tuple(days_of(month)))) + int(random.integers(7 * HOUR, 19 * HOUR))
        started = opened + int(around(random, 20 * HOUR, 1.0, 10 * MINUTE, 14 * DAY))
        closed = started + int(around(random, 30 * HOUR, 0.9, 30 * MINUTE, 30 * DAY))
        planned = random.random() > 0.12
        title, author = one_of(random, _BUGS), one_of(random, ENGINEERS)
        moments = (instant(opened), instant(started) if planned else None, instant(closed))
        reason = "completed" if planned else "not_planned"
        found.append(Issue(service.repository, 0, author, title, ("bug",), *moments, reason))
    return found


def fixed_by(
    seed: int, bug: Issue, service: Service, month: int, pulls: Sequence[PullRequest], taken: Collection[int]
) -> int | None:
    """The place of the pull request that says it closes a bug; None for most, which are closed by hand."""
    random = generator(seed, "fix", service.id, month, bug.opened)
    fitting = tuple(n for n, pull in enumerate(pulls) if pull.merged and pull.title in FIXES and n not in taken)
    if bug.reason != "completed" or not fitting or random.random() >= _SAID:
        return None
    return one_of(random, fitting)


def tickets(seed: int, service: Service, incidents: tuple[Incident, ...]) -> list[Issue]:
    """The tickets of the incidents that a service owns."""
    found = []
    for incident in incidents:
        random = generator(seed, "ticket", incident.id)
        labels: tuple[str, ...] = (
            "incident",
            f"severity:{incident.severity}",
            f"cause:{incident.cause.replace(' ', '-')}",
        )
        if incident.provider:
            labels = (*labels, f"provider:{incident.provider}")
        opened = incident.detected or incident.started
        author = one_of(random, ENGINEERS)
        moments = (opened, incident.acknowledged, incident.resolved)
        found.append(Issue(service.repository, 0, author, incident.title, labels, *moments, "completed"))
    return found
