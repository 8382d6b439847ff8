"""What happened in the demo company, as frozen records in the words of the sources; all instants are aware UTC."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Outcome = Literal["success", "failure", "error"]
Cause = Literal["own change", "provider", "capacity", "chain halt"]


@dataclass(frozen=True, slots=True)
class Status:
    """One step of a deployment: queued, in_progress, success, failure, error or inactive."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment; `revision` is None where the source lost it, `rolls_back` names the deployment it undoes.

    `task` is "rollback" when the rollback was declared; otherwise only its older revision tells.
    """

    id: int
    repository: str
    environment: str
    revision: str | None
    task: str
    created: datetime
    statuses: tuple[Status, ...]
    rolls_back: int | None = None

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, or None while it runs; a later `inactive` does not undo a success."""
        for status in self.statuses:
            if status.state in ("success", "failure", "error"):
                return status.state  # type: ignore[return-value]
        return None

    @property
    def finished(self) -> datetime | None:
        """When it ended, or None while it runs."""
        return next((s.at for s in self.statuses if s.state in ("success", "failure", "error")), None)


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `parent` is the one before it on its branch."""

    repository: str
    revision: str
    parent: str
    author: str
    authored: datetime
    committed: datetime
    message: str


@dataclass(frozen=True, slots=True)
class Review:
    """One review of a pull request."""

    id: int
    author: str
    submitted: datetime
    state: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """One pull request; `revision` is its squashed commit on the default branch once merged."""

    repository: str
    number: int
    author: str
    title: str
    opened: datetime
    merged: datetime | None
    closed: datetime | None
    revision: str | None
    commits: tuple[Commit, ...]
    reviews: tuple[Review, ...]
    closes: int | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; `started` is when it was labelled in progress; a cancelled one closes as `not_planned`."""

    repository: str
    number: int
    author: str
    title: str
    labels: tuple[str, ...]
    opened: datetime
    started: datetime | None
    closed: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that hurt services or integrations, with its cause; open instants are None."""

    id: str
    title: str
    severity: int
    cause: Cause
    provider: str | None
    services: tuple[str, ...]
    integrations: tuple[str, ...]
    started: datetime
    detected: datetime | None
    acknowledged: datetime | None
    mitigated: datetime | None
    resolved: datetime | None
    deployment: int | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """A window [start, end) of whole minutes in which a service, or an integration, failed `failing` of its calls.

    `down` when the probe of the service failed as well; an integration has no probe.
    """

    subject: str
    start: datetime
    end: datetime
    failing: float
    down: bool
    incident: str | None


@dataclass(frozen=True, slots=True)
class FxRate:
    """How many units of `quote` one unit of `base` buys on `day`; invented, for the demo only."""

    day: date
    base: str
    quote: str
    rate: Decimal
