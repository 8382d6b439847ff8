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


@dataclass(frozen=True, slots=True)
class Notice:
    """One update on a provider's status page; `components` are (component, status before, status after)."""

    status: str
    at: datetime
    text: str
    components: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """What a provider told on its status page of an incident or a planned maintenance, oldest notice first.

    `impact` is none, minor, major, critical or maintenance; only a maintenance has `planned`, its start and end.
    `incident` is the one that it was for the company, where it was one.
    """

    id: str
    provider: str
    name: str
    impact: str
    notices: tuple[Notice, ...]
    planned: tuple[datetime, datetime] | None = None
    incident: str | None = None

    @property
    def resolved(self) -> datetime | None:
        """When it was over, or None while it is not."""
        return next((n.at for n in self.notices if n.status in ("resolved", "completed")), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One customer's answer to a survey; `respondent` is the same for the same customer, `finished` if to the end."""

    id: str
    survey: str
    wave: date
    at: datetime
    score: int
    comment: str | None
    respondent: str
    finished: bool


@dataclass(frozen=True, slots=True)
class Wave:
    """A sending of a survey, on one day or over one month: how often it was shown, opened, answered and finished."""

    survey: str
    start: date
    shown: int
    opened: int
    responded: int
    completed: int


@dataclass(frozen=True, slots=True)
class ControlRun:
    """One run of a control: due, done or not yet, with a link to its proof."""

    id: str
    obligation: str
    scope: str
    due: date
    completed: date | None
    evidence: str | None


@dataclass(frozen=True, slots=True)
class LogDay:
    """Compliance records of a type on a day: expected, stored, stored in time, and the 95th percentile in seconds."""

    day: date
    scope: str
    record_type: str
    expected: int
    stored: int
    within: int
    latency: Decimal


@dataclass(frozen=True, slots=True)
class UsageMonth:
    """Distinct customers of the 30 days that end with `day`: might use a feature, were active, used it."""

    day: date
    feature: str
    audience: str
    eligible: int
    active: int
    used: int


@dataclass(frozen=True, slots=True)
class RevenueDay:
    """Revenue of a business unit on a day, in EUR."""

    day: date
    unit: str
    stream: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Staff:
    """Full-time equivalents of a role in a business unit on the last day of a month."""

    day: date
    unit: str
    role: str
    full_time: Decimal


@dataclass(frozen=True, slots=True)
class Messages:
    """Travel rule messages of a day: sent to other firms, and accepted by them."""

    day: date
    accepted: int
    sent: int
