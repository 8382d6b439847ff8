"""What a metric is: a ratio of two sums, kept per day and scope, with its definition beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from data.facts import Change, Deployment, Fact, Incident, WorkItem
from data.money import from_millionths
from data.scopes import Scope
from data.settings import MetricRules

FactId = tuple[str, str]


class Better(StrEnum):
    """Which way is good."""

    HIGHER = "higher"
    LOWER = "lower"
    WITHIN = "within a band"
    NEITHER = "neither"


class Unit(StrEnum):
    """What the value counts. A ratio is shown in percent."""

    RATIO = "ratio"
    PER_DAY = "per day"
    HOURS = "hours"
    NUMBER = "number"
    MONEY = "money"
    POINTS = "points"
    SCORE = "score"


class Denominator(StrEnum):
    """What the numerator is divided by: something observed, the days of the calendar, or nothing (a total)."""

    OBSERVED = "observed"
    CALENDAR = "calendar"
    TOTAL = "total"


class Evidence(StrEnum):
    """Whether everything was counted, or samples were taken whose interval matters for a verdict."""

    COUNTED = "counted"
    SAMPLED = "sampled"


class Domain(StrEnum):
    """The page that explains the metric."""

    DELIVERY = "delivery"
    RELIABILITY = "reliability"
    FEEDBACK = "feedback"
    COMPLIANCE = "compliance"
    SPEND = "spend"


@dataclass(frozen=True)
class Row:
    """The measures of one scope on one day. Numerator, denominator and sum of squares are whole millionths.

    `sample` counts observations; `known` of `expected` (millionths of a day) says how much of the day was observed.
    """

    variant: str
    numerator: int
    denominator: int
    sample: int
    known: int
    expected: int
    sum_squares: int = 0


@dataclass(frozen=True)
class Totals:
    """Rows of a period added up; `days` is how many calendar days had a row, `length` how many have come so far."""

    numerator: int
    denominator: int
    sum_squares: int
    sample: int
    known: int
    expected: int
    days: int
    length: int

    @property
    def coverage(self) -> Decimal:
        """Observed share of what the period should hold; days without any row count as unobserved."""
        if self.expected == 0 or self.length == 0:
            return Decimal(0)
        share = Decimal(self.known) / self.expected * min(self.days, self.length) / self.length
        return min(Decimal(1), max(Decimal(0), share))

    @property
    def unseen(self) -> Decimal:
        """How many times the observed amount lies in the unobserved part, were it like the observed one."""
        return (1 - self.coverage) / self.coverage if self.coverage else Decimal(0)


@dataclass(frozen=True)
class Outage:
    """The part of an incident's impact on a scope that lies in a day: seconds from the day's start, half open."""

    start: int
    end: int
    impact: str
    maintenance: bool


@dataclass(frozen=True)
class Delivery:
    """A work item that reached production: when its work started, and when its last change was deployed."""

    item: WorkItem
    started: datetime
    deployed: datetime


@dataclass(frozen=True)
class ScopeDay:
    """All that a metric may look at: the facts of one scope on one day, and what is linked to them.

    `covered` holds the kinds of fact that were read completely for the day; `rate(currency, into)` is the average of
    the day's month or None; `currencies` are the reporting currencies of the scope and of those above it. Incidents
    among the facts are those filed under the scope, `outages` what any incident did to it; `caused` gives the
    deployment that an incident was linked to; `forms` says of each work item whether it is a feature, a bug or other;
    `superseded` are answers that their respondent gave anew; `read_until` is how far each kind was read.
    """

    scope: Scope
    day: date
    seconds: int
    facts: Mapping[str, Sequence[Fact]]
    covered: frozenset[str]
    rules: MetricRules
    failed: frozenset[FactId] = frozenset()
    contained: Mapping[FactId, tuple[Change, ...]] = field(default_factory=dict)
    rollbacks: frozenset[FactId] = frozenset()
    outages: tuple[Outage, ...] = ()
    caused: Mapping[FactId, Deployment] = field(default_factory=dict)
    deliveries: tuple[Delivery, ...] = ()
    forms: Mapping[FactId, str] = field(default_factory=dict)
    superseded: frozenset[FactId] = frozenset()
    read_until: Mapping[str, datetime] = field(default_factory=dict)
    rate: Callable[[str, str], Decimal | None] = lambda _base, _quote: None
    currencies: tuple[str, ...] = ()

    def releases(self) -> tuple[Deployment, ...]:
        """Successful deployments to production that finished on the day."""
        return tuple(
            fact
            for fact in self.facts.get("deployment", ())
            if isinstance(fact, Deployment)
            and is_release(fact, self.rules)
            and (self.rules.count_rollbacks or (fact.source, fact.source_id) not in self.rollbacks)
        )

    def incidents(self) -> tuple[Incident, ...]:
        """Incidents filed under the scope that started on the day; planned maintenance is none."""
        found = (fact for fact in self.facts.get("incident", ()) if isinstance(fact, Incident))
        return tuple(one for one in found if not one.maintenance)


def is_release(deployment: Deployment, rules: MetricRules) -> bool:
    """Whether a deployment brought something to production."""
    return deployment.outcome == "success" and deployment.environment.casefold() in rules.production


@dataclass(frozen=True)
class Statistic:
    """A value that does not add up, of all samples of a period."""

    name: str
    value: Decimal
    low: Decimal | None
    high: Decimal | None
    n: int


Bounds = tuple[Decimal, Decimal]


@dataclass(frozen=True)
class Metric:
    """A number with its definition. `daily` is pure; `samples` and `statistics` serve what does not add up.

    `samples` of a day are of one sortable kind, which `statistics` understands. A `survey` is not told below the
    least number of answers in the settings. What happened in the last `settles_after` hours may still change.
    """

    id: str
    name: str
    version: int
    meaning: str
    formula: str
    origin: str
    unit: Unit
    better: Better
    denominator: Denominator
    evidence: Evidence
    domain: Domain
    fact_kinds: tuple[str, ...]
    connect: str
    daily: Callable[[ScopeDay], tuple[Row, ...]]
    unknown_bounds: Callable[[Totals], Bounds] | None = None
    interval: Callable[[Totals], Bounds | None] | None = None
    samples: Callable[[ScopeDay], tuple[Any, ...]] | None = None
    statistics: Callable[[Sequence[Any]], tuple[Statistic, ...]] | None = None
    headline: str | None = None
    has_budget: bool = False
    provider_days: bool = False
    parts_expected: bool = True
    derived_from: str | None = None
    survey: bool = False
    settles_after: int = 0

    @property
    def definition_hash(self) -> str:
        """Short fingerprint of the definition, printed beside every number."""
        said = "\n".join((self.id, str(self.version), self.meaning, self.formula, self.origin, self.unit))
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Value:
    """A metric over a period: a value, or the reason why there is none. Ratios are shares of one.

    `bounds` are the lowest and highest value that the unobserved part allows; `interval` is the 95 % interval. Of a
    corrected value, `corrections` are the numbers of the corrections and `counted` what it was before them.
    """

    value: Decimal | None
    reason: str | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    sample: int = 0
    coverage: Decimal = Decimal(0)
    interval: Bounds | None = None
    bounds: Bounds | None = None
    statistics: Mapping[str, Decimal] = field(default_factory=dict)
    counted: Decimal | None = None
    corrections: tuple[int, ...] = ()


NO_SOURCE, NO_DATA, NO_EVENTS, NO_RATE = "no_source", "no_data", "no_events", "no_fx_rate"
NO_TARGET, NOT_KEPT = "no_target", "not_kept"
BELOW_MIN_N, WITHHELD, STILL_OPEN = "below_min_n", "withheld", "still_open"

ABOVE = "_above"
"""Ends the name of a statistic of which only a lower bound is known, because too many things are still open."""

REASONS: dict[str, str] = {
    NO_SOURCE: "no source is connected for this scope",
    NO_DATA: "the source delivered nothing for this period",
    NO_EVENTS: "nothing happened that could be counted",
    NO_RATE: "an exchange rate is missing",
    NO_TARGET: "no target is set, so there is no budget",
    BELOW_MIN_N: "there are too few answers to tell",
    WITHHELD: "with it, a score of too few answers could be worked out",
    STILL_OPEN: "too many are still open to tell",
    NOT_KEPT: "it was restated later, and what does not add up is not kept for an earlier day",
}


def value_of(metric: Metric, totals: Totals | None, statistics: Sequence[Statistic] = (), least: int = 1) -> Value:
    """The value of a metric from its rows of a period; `None` with a reason where nothing was observed.

    A survey of fewer than `least` answers is not told, and neither is what its sums would tell.
    """
    if totals is None or totals.days == 0:
        return Value(None, NO_DATA)
    base = Value(
        None,
        numerator=from_millionths(totals.numerator),
        denominator=_denominator(metric, totals),
        sample=totals.sample,
        coverage=totals.coverage,
        statistics={one.name: one.value for one in statistics},
    )
    if metric.survey and 0 < totals.sample < least:
        return Value(None, BELOW_MIN_N, sample=totals.sample, coverage=totals.coverage)
    if metric.headline is not None:
        return _headline_value(metric, base, statistics)
    if metric.denominator is Denominator.TOTAL:
        return replace(base, value=base.numerator)
    if base.denominator is None or base.denominator <= 0:
        return replace(base, reason=NO_EVENTS)
    assert base.numerator is not None
    return replace(
        base,
        value=base.numerator / base.denominator,
        interval=metric.interval(totals) if metric.interval else None,
        bounds=metric.unknown_bounds(totals) if metric.unknown_bounds else None,
    )


def _denominator(metric: Metric, totals: Totals) -> Decimal | None:
    match metric.denominator:
        case Denominator.TOTAL:
            return None
        case Denominator.CALENDAR:
            return Decimal(totals.days)
        case _:
            return from_millionths(totals.denominator)


def _headline_value(metric: Metric, base: Value, statistics: Sequence[Statistic]) -> Value:
    chosen = next((one for one in statistics if one.name == metric.headline), None)
    if chosen is None:
        too_open = any(one.name == f"{metric.headline}{ABOVE}" for one in statistics)
        return replace(base, reason=STILL_OPEN if too_open else NO_EVENTS)
    interval = (chosen.low, chosen.high) if chosen.low is not None and chosen.high is not None else None
    return replace(base, value=chosen.value, interval=interval)


def combined(metric: Metric, rows: Sequence[Row], missing: int = 0) -> Row:
    """One row for a wider scope from the rows of its parts; `missing` is what parts without a row should have held.

    Sums add up; the calendar of a wider scope is the same calendar, not the sum of its parts' days.
    """
    first, owed = rows[0], missing if metric.parts_expected else 0
    if len(rows) == 1 and not owed:
        return first
    numerator = denominator = squares = sample = known = 0
    expected = owed
    for row in rows:
        numerator += row.numerator
        denominator += row.denominator
        squares += row.sum_squares
        sample += row.sample
        known += row.known
        expected += row.expected
    if metric.denominator is Denominator.CALENDAR:
        denominator = max(row.denominator for row in rows)
    return Row(first.variant, numerator, denominator, sample, known, expected, squares)


DAY = 1_000_000
"""One whole day in millionths, the unit of `known` and `expected`."""
