"""Deployments as a source records them: production with rollbacks and late statuses, and staging before it."""

from dataclasses import replace

from data.sample.chance import MINUTE, generator, instant
from data.sample.company import Service
from data.sample.records import Deployment, Status
from data.sample.rollouts import Rollout

PRODUCTION_NAMES = {"web": "prod"}
"""Repositories that call their production environment something else."""

LOST_REVISION = ("fx", 2025 * 12 + 4, 1)
"""Repository, month and number of the one deployment whose revision the source lost: May 2025."""


def deployment_id(position: int, month: int, number: int, step: int) -> int:
    """A source id: grows with the month; `step` 0 is the staging try, 1 production, 2 the rollback or the retry."""
    return 1_000_000_000 + month * 100_000 + position * 1_000 + number * 10 + step


def deployments(
    seed: int, service: Service, position: int, month: int, rollouts: list[Rollout], heads: tuple[str, ...]
) -> list[Deployment]:
    """All deployments for a month's rollouts, oldest first; none is superseded yet."""
    random = generator(seed, "deployments", service.id, month)
    found: list[Deployment] = []
    good = heads[0]
    for rollout, head in zip(rollouts, heads, strict=True):
        declared, staged, early = (float(x) for x in random.random(3))
        first = deployment_id(position, month, rollout.number, 0)
        if staged < 0.42 and (rollout.pulls or rollout.direct):
            found.append(_staging(service, first, rollout, head, early))
        found += _production(service, first + 1, rollout, head, good, declared < 0.8)
        if rollout.fate in ("held", "error"):
            good = head
    if (service.repository, month) == LOST_REVISION[:2]:
        found = [
            replace(d, revision=None) if d.id == deployment_id(position, month, LOST_REVISION[2], 1) else d
            for d in found
        ]
    return found


def superseded(found: list[Deployment]) -> list[Deployment]:
    """The deployments of one repository, oldest first, each success marked inactive when the next one succeeds."""
    marked = list(found)
    last: dict[str, int] = {}
    for at in sorted(range(len(found)), key=lambda n: found[n].finished or found[n].created):
        deployment = found[at]
        if deployment.outcome != "success" or deployment.finished is None:
            continue
        if (before := last.get(deployment.environment)) is not None:
            old = marked[before]
            marked[before] = replace(old, statuses=(*old.statuses, Status("inactive", deployment.finished)))
        last[deployment.environment] = at
    return marked


def _production(service: Service, own: int, rollout: Rollout, head: str, good: str, declared: bool) -> list[Deployment]:
    environment = PRODUCTION_NAMES.get(service.repository, "production")
    state = {"held": "success", "rolled back": "success", "broke": "failure", "error": "error"}[rollout.fate]
    first = Deployment(
        own,
        service.repository,
        environment,
        head,
        "deploy",
        instant(rollout.created),
        _steps(rollout.created, rollout.finished, state),
    )
    if rollout.undone_created is not None and rollout.undone_finished is not None:
        steps = _steps(rollout.undone_created, rollout.undone_finished, "success")
        task = "rollback" if declared else "deploy"
        return [
            first,
            Deployment(
                own + 1, service.repository, environment, good, task, instant(rollout.undone_created), steps, own
            ),
        ]
    if rollout.fate == "error":
        again = rollout.finished + 6 * MINUTE
        return [
            first,
            replace(first, id=own + 1, created=instant(again), statuses=_steps(again, again + 7 * MINUTE, "success")),
        ]
    return [first]


def _staging(service: Service, own: int, rollout: Rollout, head: str, early: float) -> Deployment:
    created = rollout.created - 30 - int(early * 3 * MINUTE)
    done = min(created + 90 + int(early * MINUTE), rollout.created - 1)
    return Deployment(
        own, service.repository, "staging", head, "deploy", instant(created), _steps(created, done, "success")
    )


def _steps(created: int, finished: int, state: str) -> tuple[Status, ...]:
    began = created + min(20, max(1, (finished - created) // 4))
    return (Status("queued", instant(created)), Status("in_progress", instant(began)), Status(state, instant(finished)))
