"""When each service brought what to production, and how that went: changes and deployments are told from it."""

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np

from data.sample.chance import DAY, HOUR, MINUTE, around, generator, instant
from data.sample.company import Service
from data.sample.seasons import days_of, failure_share, in_bad_quarter, midnight, outage_share, release_weight

Fate = Literal["held", "rolled back", "broke", "error"]

SLOW: Final = "custody"
"""Releases of this service roll out in stages over a week, so one is always in progress."""

_SLOTS: Final = (7 * HOUR, 10 * HOUR, 13 * HOUR)


@dataclass(frozen=True, slots=True)
class Rollout:
    """One release to production; `fate` "rolled back" succeeded and was undone later, "broke" failed and was undone.

    `pulls` pull requests and `direct` direct commits are new in it; with neither it brings the running revision again.
    `hurts` when users felt the failure, `outage` when the service was down until it was undone.
    """

    number: int
    created: int
    finished: int
    pulls: int
    direct: bool
    fate: Fate
    undone_created: int | None = None
    undone_finished: int | None = None
    hurts: bool = False
    outage: bool = False


def rollouts(seed: int, service: Service, month: int) -> list[Rollout]:
    """The production releases of a service begun in a month, oldest first; never two at once."""
    random = generator(seed, "rollouts", service.id, month)
    if service.id == SLOW:
        return _weekly(random, month)
    return [_rollout(random, number, created) for number, created in enumerate(_starts(random, service, month))]


def _starts(random: np.random.Generator, service: Service, month: int) -> list[int]:
    days = days_of(month)
    weights = np.repeat([release_weight(day) for day in days], len(_SLOTS))
    expected = service.releases * weights.sum() / len(_SLOTS) / 23.0
    count = min(max(1, int(random.poisson(expected))), len(weights) // 2)
    chosen = np.sort(random.choice(len(weights), size=count, replace=False, p=weights / weights.sum()))
    jitter = random.integers(0, 50 * MINUTE, size=count)
    return [midnight(days[n // 3]) + _SLOTS[n % 3] + int(extra) for n, extra in zip(chosen, jitter, strict=True)]


def _rollout(random: np.random.Generator, number: int, created: int) -> Rollout:
    chance, kind, fails, breaks, harm = (float(x) for x in random.random(5))
    finished = created + int(around(random, 7 * MINUTE, 0.5, 90, 24 * MINUTE))
    pulls = 1 if kind < 0.58 or number == 0 else 2 if kind < 0.63 else 0
    direct = 0.63 <= kind < 0.84 and number > 0
    day = instant(created).date()
    # The first release of a month always holds: so what runs at a month's end never depends on the month before.
    if number == 0 or not (pulls or direct):
        return Rollout(number, created, finished, pulls, direct, "held")
    if fails < failure_share(day):
        return _undone(
            random,
            Rollout(number, created, finished, pulls, direct, "broke" if breaks < 0.12 else "rolled back"),
            harm,
            day,
        )
    return Rollout(number, created, finished, pulls, direct, "error" if chance < 0.015 else "held")


def _undone(random: np.random.Generator, rollout: Rollout, harm: float, day: date) -> Rollout:
    noticed = rollout.finished + int(around(random, 19 * MINUTE, 0.6, 5 * MINUTE, 70 * MINUTE))
    done = noticed + int(around(random, 4 * MINUTE, 0.4, 80, 9 * MINUTE))
    return Rollout(
        rollout.number,
        rollout.created,
        rollout.finished,
        rollout.pulls,
        rollout.direct,
        rollout.fate,
        noticed,
        done,
        hurts=harm < (0.45 if in_bad_quarter(day) else 0.24),
        outage=harm < outage_share(day),
    )


def _weekly(random: np.random.Generator, month: int) -> list[Rollout]:
    mondays = [midnight(day) for day in days_of(month) if day.weekday() == 0]
    starts = [monday + 6 * HOUR + int(random.integers(0, 50 * MINUTE)) for monday in mondays]
    ends = [monday + 7 * DAY + 4 * HOUR + int(random.integers(0, 50 * MINUTE)) for monday in mondays]
    return [
        Rollout(n, start, end, 1 + int(random.random() < 0.3), False, "held")
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    ]
