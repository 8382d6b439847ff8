"""What happened, in the field's terms: one frozen record per kind of fact.

Every fact names its source and the source's own id, and the key by which the source names the thing it is about
(`key_kind` such as "repository", `key` such as "acme/wallet"); a scope is found for the key when the fact is stored.
Instants are aware and in UTC; days are calendar days of the company's time zone, of UTC for billing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from zoneinfo import ZoneInfo

from data.period import day_of


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What all facts carry. `url` leads to the record at its source."""

    kind: ClassVar[str]
    utc_days: ClassVar[bool] = False
    """Whether `day` is a day of UTC, as billing keeps it, rather than one of the company's time zone."""

    source: str
    source_id: str
    key_kind: str
    key: str
    url: str | None = None

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        """The calendar days whose daily rows this fact may change."""
        raise TypeError(f"{type(self).__name__} has no days.")


@dataclass(frozen=True, kw_only=True)
class Deployment(Fact):
    """One release brought to one environment. `outcome`: success, failure, running; `rollback` None if undeclared."""

    kind: ClassVar[str] = "deployment"

    environment: str
    outcome: str
    started: datetime
    finished: datetime | None
    revision: str | None
    rollback: bool | None = None
    rework: bool | None = None

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({day_of(self.finished or self.started, zone)})


@dataclass(frozen=True, kw_only=True)
class Change(Fact):
    """A pull request or a direct commit. `merge_revision` is the commit it became, `parents` that commit's parents,
    `revisions` its own commits before the merge; `work_items` are the source ids of the work items it was made for."""

    kind: ClassVar[str] = "change"

    form: str
    first_commit: datetime | None
    opened: datetime | None
    first_review: datetime | None
    merged: datetime | None
    merge_revision: str | None
    parents: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()
    work_items: tuple[str, ...] = ()

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({day_of(self.merged, zone)}) if self.merged else frozenset()


@dataclass(frozen=True, kw_only=True)
class WorkItem(Fact):
    """A planned piece of work: feature, bug or other."""

    kind: ClassVar[str] = "work_item"

    form: str
    created: datetime
    started: datetime | None
    in_production: datetime | None
    closed: datetime | None
    cancelled: bool

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset(day_of(at, zone) for at in (self.created, self.in_production, self.closed) if at)


@dataclass(frozen=True, kw_only=True)
class ProbeDay(Fact):
    """One day of a probe, in seconds: up + down + unknown = the length of the day."""

    kind: ClassVar[str] = "probe_day"

    day: date
    up: Decimal
    down: Decimal
    unknown: Decimal
    samples: int
    partial: bool = False

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class RequestDay(Fact):
    """One day of requests. `form`: the class that counts as failed (5xx, transport); `known` seconds were scraped."""

    kind: ClassVar[str] = "request_day"

    day: date
    failed: Decimal
    total: Decimal
    form: str
    known: Decimal
    partial: bool = False

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Spend(Fact):
    """Charges of one UTC day that agree in every dimension. `billed` is the invoice view, `effective` the accrual view.

    `billing_period` is its first day; absent dimensions are empty; `tags` holds the declared tag keys only.
    """

    kind: ClassVar[str] = "spend"
    utc_days: ClassVar[bool] = True

    day: date
    billing_period: date
    account: str
    sub_account: str
    provider: str
    service: str
    category: str
    subcategory: str
    charge_category: str
    charge_class: str
    invoice: str
    commitment: str
    commitment_status: str
    currency: str
    tags: tuple[tuple[str, str], ...]
    billed: Decimal
    effective: Decimal

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class FxRate(Fact):
    """Units of `quote` for one unit of `base` on a day."""

    kind: ClassVar[str] = "fx_rate"

    day: date
    base: str
    quote: str
    rate: Decimal

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Incident(Fact):
    """Something that hurt, or a planned maintenance. It is filed under its key and counts there once.

    `touches` are the things it hurt: (key kind, key, impact, start, end), where impact is down, partial, degraded or
    none, and start and end are ISO instants or empty for those of the incident. `deployment` is the source id or
    revision of the deployment that caused it, `change` that of the change; `cause` is empty where nobody said one.
    `resolved` None: it is still open.
    """

    kind: ClassVar[str] = "incident"

    title: str
    severity: str
    started: datetime
    detected: datetime | None
    acknowledged: datetime | None
    mitigated: datetime | None
    resolved: datetime | None
    cause: str
    provider: str
    maintenance: bool
    deployment: str | None
    change: str | None
    touches: tuple[tuple[str, str, str, str, str], ...]

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({day_of(self.started, zone)})


@dataclass(frozen=True, kw_only=True)
class Response(Fact):
    """One answer to a question with a score. `form`: nps, csat, ces or other; `respondent` is a salted hash or None.

    `high_is_good`: whether a high score is a good one. `comment` is what the person wrote, with no address in it.
    """

    kind: ClassVar[str] = "response"

    survey: str
    form: str
    at: datetime
    score: Decimal
    scale_low: Decimal
    scale_high: Decimal
    high_is_good: bool
    feature: str
    audience: str
    channel: str
    respondent: str | None
    comment: str | None

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({day_of(self.at, zone)})


@dataclass(frozen=True, kw_only=True)
class SurveyCount(Fact):
    """How often a survey was shown, opened, answered and finished from its start up to the end of a day."""

    kind: ClassVar[str] = "survey_count"

    survey: str
    title: str
    day: date
    since: date | None
    shown: int
    opened: int
    responded: int
    completed: int

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Usage(Fact):
    """Distinct users of a window of `window_days` ending with `day`: eligible, active, those who used the feature."""

    kind: ClassVar[str] = "usage"

    day: date
    window_days: int
    feature: str
    audience: str
    eligible: int
    active: int
    used: int
    churned: int | None

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Revenue(Fact):
    """Revenue of a day and stream."""

    kind: ClassVar[str] = "revenue"

    day: date
    stream: str
    currency: str
    amount: Decimal

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Headcount(Fact):
    """Full-time equivalents of a role on a day."""

    kind: ClassVar[str] = "headcount"

    day: date
    role: str
    full_time: Decimal

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class ControlRun(Fact):
    """One run of a control that an obligation asks for, such as a quarterly audit; done where all of it was completed.

    `evidence` leads to the proof; a cancelled run says why in `cancelled`; `partial`: a part of it was left out.
    """

    kind: ClassVar[str] = "control_run"

    obligation: str
    due: date
    completed: date | None
    evidence: str | None
    cancelled: str
    partial: bool

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.due})


@dataclass(frozen=True, kw_only=True)
class LogDelivery(Fact):
    """Compliance records of one type and day: how many events should have one, were stored, were stored within
    `threshold` seconds; `latency` is the 95th percentile in seconds."""

    kind: ClassVar[str] = "log_delivery"

    day: date
    record_type: str
    expected: int
    stored: int
    within: int
    threshold: Decimal
    latency: Decimal | None

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


@dataclass(frozen=True, kw_only=True)
class Measurement(Fact):
    """One day of a ratio of the company's own, declared in settings under the name `metric`."""

    kind: ClassVar[str] = "measurement"

    metric: str
    day: date
    numerator: Decimal
    denominator: Decimal

    def days(self, zone: ZoneInfo) -> frozenset[date]:
        return frozenset({self.day})


FACTS: tuple[type[Fact], ...] = (
    Deployment,
    Change,
    WorkItem,
    Incident,
    ProbeDay,
    RequestDay,
    Response,
    SurveyCount,
    Usage,
    Spend,
    FxRate,
    Revenue,
    Headcount,
    ControlRun,
    LogDelivery,
    Measurement,
)
KINDS: dict[str, type[Fact]] = {fact.kind: fact for fact in FACTS}


_FIELD_NAMES = {fact: tuple(field.name for field in fields(fact)) for fact in FACTS}


def field_names(fact: type[Fact]) -> tuple[str, ...]:
    """The stored fields of a kind of fact, in order."""
    return _FIELD_NAMES[fact]
