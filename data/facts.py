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
    `revisions` its own commits before the merge."""

    kind: ClassVar[str] = "change"

    form: str
    first_commit: datetime | None
    opened: datetime | None
    first_review: datetime | None
    merged: datetime | None
    merge_revision: str | None
    parents: tuple[str, ...] = ()
    revisions: tuple[str, ...] = ()

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


FACTS: tuple[type[Fact], ...] = (Deployment, Change, WorkItem, ProbeDay, RequestDay, Spend, FxRate)
KINDS: dict[str, type[Fact]] = {fact.kind: fact for fact in FACTS}


_FIELD_NAMES = {fact: tuple(field.name for field in fields(fact)) for fact in FACTS}


def field_names(fact: type[Fact]) -> tuple[str, ...]:
    """The stored fields of a kind of fact, in order."""
    return _FIELD_NAMES[fact]
