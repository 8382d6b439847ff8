"""Pull requests and commits of a service: each release carries the changes merged since the one before."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from data.sample.chance import HOUR, MINUTE, around, generator, instant, one_of, revision, unix
from data.sample.company import BOT, ENGINEERS, Service
from data.sample.records import Commit, PullRequest, Review
from data.sample.rollouts import Rollout
from data.sample.seasons import days_of, in_bad_quarter, midnight

_WORK: Final = (
    "Validate amounts before posting", "Retry calls that time out", "Cache reference data",
    "Move configuration to the chart", "Split the nightly job", "Log the correlation id", "Tighten the input schema",
    "Drop the unused endpoint", "Support partial refunds", "Page through large answers", "Round fees half-even",
    "Add a limit per customer", "Publish an event when settled", "Read balances from the replica",
    "Renew certificates earlier", "Show the fee before confirming",
)  # fmt: skip
FIXES: Final = (
    "Fix rounding of fees",
    "Fix a race in the poller",
    "Handle an empty answer",
    "Fix the time zone of reports",
    "Repair paging",
)
_CHORES: Final = ("Bump dependencies", "Update the base image", "Regenerate the client", "Adjust resource limits")


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one service and month; `heads` is the revision that each rollout brings, by its number."""

    pull_requests: tuple[PullRequest, ...]
    commits: tuple[Commit, ...]
    heads: tuple[str, ...]
    tip: str


def changes(seed: int, service: Service, month: int, rollouts: list[Rollout], parent: str) -> Changes:
    """What was merged for a month's rollouts; `parent` is the tip of the default branch before. Numbers are 0 yet."""
    random = generator(seed, "changes", service.id, month)
    pulls: list[PullRequest] = []
    commits: list[Commit] = []
    heads: list[str] = []
    running = tip = parent
    for rollout in rollouts:
        for n in range(rollout.pulls):
            pull, merge = _pull_request(random, seed, service, month, rollout, n, tip)
            pulls.append(pull)
            commits.append(merge)
            tip = merge.revision
        if rollout.direct:
            commits.append(_direct(random, seed, service, month, rollout, tip))
            tip = commits[-1].revision
        running = tip if rollout.pulls or rollout.direct else running
        heads.append(running)
        if rollout.undone_created is not None:
            running = _good(rollouts, heads, rollout)
    pulls += _abandoned(random, seed, service, month, parent)
    return Changes(tuple(pulls), tuple(commits), tuple(heads), tip)


def _good(rollouts: list[Rollout], heads: list[str], undone: Rollout) -> str:
    """What ran before an undone rollout: the head of the last one that held."""
    return next(heads[r.number] for r in reversed(rollouts[: undone.number]) if r.fate in ("held", "error"))


def _pull_request(
    random: np.random.Generator, seed: int, service: Service, month: int, rollout: Rollout, n: int, base: str
) -> tuple[PullRequest, Commit]:
    early, late = (54, 100) if n == 0 and rollout.pulls == 2 else (5, 50)
    merged = rollout.created - int(random.integers(early * MINUTE, late * MINUTE))
    slow = 1.7 if in_bad_quarter(instant(merged).date()) else 1.0
    opened = merged - int(around(random, 21 * HOUR * slow, 1.0, 20 * MINUTE, 300 * HOUR))
    author, title = one_of(random, ENGINEERS), one_of(random, FIXES if random.random() < 0.25 else _WORK)
    first = opened - int(around(random, 9 * HOUR, 0.9, 5 * MINUTE, 200 * HOUR))
    moments = sorted({first, *(int(random.integers(first, merged)) for _ in range(int(random.integers(0, 4))))})
    own = _branch(seed, service, (month, rollout.number, n), author, title, moments, base)
    sha = revision(seed, "merge", service.repository, month, rollout.number, n)
    merge = Commit(service.repository, sha, base, author, instant(merged), instant(merged), title)
    reviews = _reviews(random, author, opened, merged)
    pull = PullRequest(
        service.repository, 0, author, title, instant(opened), merge.committed, merge.committed, sha, own, reviews
    )
    return pull, merge


def _branch(
    seed: int, service: Service, key: tuple[int, ...], author: str, title: str, moments: list[int], base: str
) -> tuple[Commit, ...]:
    commits: list[Commit] = []
    for n, at in enumerate(moments):
        sha = revision(seed, "branch", service.repository, *key, n)
        text = title if n == 0 else f"Review notes {n}"
        commits.append(
            Commit(
                service.repository,
                sha,
                commits[-1].revision if commits else base,
                author,
                instant(at),
                instant(at),
                text,
            )
        )
    return tuple(commits)


def _reviews(random: np.random.Generator, author: str, opened: int, merged: int) -> tuple[Review, ...]:
    """Mostly one approval; now and then none, a remark of the author's own first, or a request for changes."""
    dice = random.random()
    if dice < 0.04:
        return ()
    other = one_of(random, tuple(name for name in ENGINEERS if name != author))
    first = opened + int((merged - opened) * float(random.beta(1.6, 1.8)))
    approval = Review(0, other, instant(first), "APPROVED")
    if dice < 0.08:
        return (Review(0, author, instant((opened + first) // 2), "COMMENTED"), approval)
    if dice < 0.16:
        return (
            Review(0, other, instant(first), "CHANGES_REQUESTED"),
            replace(approval, submitted=instant((first + merged) // 2)),
        )
    return (approval,)


def _direct(
    random: np.random.Generator, seed: int, service: Service, month: int, rollout: Rollout, parent: str
) -> Commit:
    at = instant(rollout.created - int(random.integers(4 * MINUTE, 45 * MINUTE)))
    sha = revision(seed, "direct", service.repository, month, rollout.number)
    return Commit(service.repository, sha, parent, BOT, at, at, one_of(random, _CHORES))


def _abandoned(random: np.random.Generator, seed: int, service: Service, month: int, base: str) -> list[PullRequest]:
    """Pull requests of the month that were closed without a merge."""
    found = []
    for n in range(int(random.poisson(0.3))):
        opened = midnight(one_of(random, tuple(days_of(month)))) + int(random.integers(8 * HOUR, 17 * HOUR))
        closed = opened + int(around(random, 90 * HOUR, 0.8, HOUR, 500 * HOUR))
        author, title = one_of(random, ENGINEERS), one_of(random, _WORK)
        own = _branch(seed, service, (month, -1, n), author, title, [opened - 2 * HOUR], base)
        found.append(
            PullRequest(service.repository, 0, author, title, instant(opened), None, instant(closed), None, own, ())
        )
    return found


def last_touched(pull: PullRequest) -> int:
    """Unix seconds of the last thing that happened to a pull request."""
    moments = [pull.opened, *(r.submitted for r in pull.reviews), *(c.committed for c in pull.commits)]
    return max(unix(at) for at in (*moments, *(at for at in (pull.merged, pull.closed) if at)))
