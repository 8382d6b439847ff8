"""A reading: one metric for one scope and period with all that the reader needs to judge it.

The one place where value, target, verdict and history meet; tile, drill-down, JSON and PDF are made from readings.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from data.benchmarks.load import Edition, Reference, references
from data.benchmarks.score import TREND_PERIODS, OpenPeriod, Target, Verdict, score
from data.metrics import metric_named, metrics_of
from data.metrics.base import Metric, Statistic, Unit, Value
from data.metrics.responses import AUDIENCE, guarded
from data.metrics.spend import REPORTING, UNCONVERTED
from data.period import Period, day_of
from data.scopes import Scope, Tree
from data.settings import Settings
from data.warehouse import read, read_sources
from data.warehouse.catalog import load_resolver, load_tree
from data.warehouse.corrected import Correction, corrected_sums, in_force
from data.warehouse.days import Days
from data.warehouse.parts import Part, of_parts, tier_one, with_spread
from data.warehouse.rates import Rates
from data.warehouse.reading_table import Table
from data.warehouse.samples import joined, own_samples

HISTORY = 12


@dataclass(frozen=True)
class Reading:
    """One metric of one scope in one period. `history` holds (period, value) of the last periods, this one last.

    `deciding` are the parts that the verdict rests on, the worst first; empty where the value itself decides.
    `provisional`: its last hours may still change, as failures are held against a deployment some time after it.
    `least` is how many answers a survey needs to be told.
    """

    metric: Metric
    scope: Scope
    period: Period
    variant: str
    value: Value
    previous: Value
    year_before: Value
    target: Target | None
    verdict: Verdict | None
    references: tuple[tuple[Edition, Reference], ...]
    parts: tuple[Part, ...]
    history: tuple[tuple[Period, Value], ...]
    still_open: OpenPeriod | None
    fresh_at: datetime | None
    currency: str
    deciding: tuple[Part, ...] = ()
    provisional: bool = False
    least: int = 1


@dataclass
class Reader:
    """Reads one unchanging state of the warehouse: the newest, or the one that was the newest at `as_of`.

    `within` are the scopes that may be read, None for all.
    """

    connection: Connection
    settings: Settings
    as_of: datetime | None = None
    within: frozenset[str] | None = None
    tree: Tree = field(init=False)
    version: read.DataVersion | None = field(init=False)
    targets: tuple[Target, ...] = field(init=False)
    corrections: tuple[Correction, ...] = field(init=False)
    _fresh: dict[str, datetime | None] = field(init=False)
    _sources: dict[str, tuple[str, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = load_tree(self.connection)
        self.version = read.data_version(self.connection, self.as_of)
        self.targets = read.targets(self.connection)
        self.corrections = in_force(self.connection, self.as_of)
        states = {state.source: state.last_success for state in read_sources.source_states(self.connection, self.as_of)}
        self._fresh, self._sources = {}, read_sources.sources_of(self.connection)
        for fact, sources in self._sources.items():
            known = [states.get(source) for source in sources]
            self._fresh[fact] = min((at for at in known if at is not None), default=None) if all(known) else None

    @property
    def today(self) -> date:
        """The calendar day of the data; no number reads the wall clock."""
        return day_of(self.version.committed_at, self.settings.zone) if self.version else date.min

    @property
    def home(self) -> str | None:
        """The scope that a reader starts at: the portfolio, else the widest scope there is; None without any."""
        widest = ("portfolio", "entity", "business_unit", "service")
        found = [self.tree.get(one) for one in self.tree.roots()]
        found = [one for one in found if one.kind in widest] or found
        order = {kind: place for place, kind in enumerate(widest)}
        return min(found, key=lambda one: (order.get(one.kind, len(order)), one.id)).id if found else None

    def reading(self, metric: Metric, scope: str, period: Period) -> Reading:
        """One reading."""
        return self.readings([metric], scope, period)[0]

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """Every metric of the company, its own ones last."""
        return metrics_of(self.settings)

    def metric(self, name: str) -> Metric:
        """The company's metric of that id. KeyError where there is none."""
        return next((one for one in self.metrics if one.id == name), None) or metric_named(name)

    def _settles_later(self, metric: Metric, period: Period) -> bool:
        """Whether the period's last hours, as far as it has come, were too fresh when this state was written."""
        if not metric.settles_after or self.version is None:
            return False
        return (
            period.instants(self.settings.zone)[1] + timedelta(hours=metric.settles_after) > self.version.committed_at
        )

    def variants_of(self, metric: Metric, scope: str, period: Period) -> dict[str, Value]:
        """The values of every variant that has a row in the period: audiences, policies, scales."""
        kept = read.variants(self.connection, metric, scope, period)
        found = corrected_sums(self, (metric,), (scope,), kept, (period,))
        least, whole = self.settings.metrics.min_answers, found.get((metric.id, scope, "", 0))
        values = {variant: summed.value(metric, least) for (_, _, variant, _), summed in sorted(found.items())}
        if whole is None:
            return values
        if metric.survey:
            audiences = {name: one for name, one in values.items() if name.startswith(AUDIENCE)}
            values |= guarded(audiences, whole.totals.sample, least)
        # an audience has rows on the days of its answers only; what was read is told by the row of all
        return {variant: replace(one, coverage=whole.totals.coverage) for variant, one in values.items()}

    def closed(self, period: Period) -> bool:
        """Whether the period counted as closed when this state was written."""
        return self.version is not None and period.closes_at(self.settings.zone) <= self.version.committed_at

    def values(
        self, metrics: Sequence[Metric], scope: str, periods: Sequence[Period]
    ) -> dict[tuple[str, Period], Value]:
        """Bare values by metric and period, without history, verdict or the statistics that they do not rest on."""
        table = Table(self, self._based(metrics), (scope,), list(periods), bare=True)
        return {
            (metric.id, period): table.value(metric, scope, place, self)
            for metric in metrics
            for place, period in enumerate(periods)
        }

    def of_scopes(self, metric: Metric, scopes: Sequence[str], period: Period) -> tuple[Reading, ...]:
        """Readings of one metric for several scopes, without parts; those that never had a row are left out."""
        table = Table(self, self._based([metric]), tuple(scopes), self._periods(period))
        return tuple(self._reading(metric, one, period, table) for one in scopes if table.has(metric, one))

    def readings(self, metrics: Sequence[Metric], scope: str, period: Period) -> tuple[Reading, ...]:
        """Readings of several metrics for the same scope and period."""
        table = Table(self, self._based(metrics), (scope,), self._periods(period))
        services = self._part_scopes(scope, period)
        parts = self._parts_of(metrics, services, period) if services else {}
        return tuple(self._reading(metric, scope, period, table, parts.get(metric.id, ())) for metric in metrics)

    def _based(self, metrics: Sequence[Metric]) -> tuple[Metric, ...]:
        """The metrics whose rows are read: those asked for, and those that they follow from."""
        based = {metric_named(metric.derived_from) if metric.derived_from else metric for metric in metrics}
        return tuple(sorted(based, key=lambda one: one.id))

    def _periods(self, period: Period) -> list[Period]:
        """The history up to the period, and last the year before."""
        return [*(period.shifted(-steps) for steps in range(HISTORY - 1, -1, -1)), period.year_before()]

    def _part_scopes(self, scope: str, period: Period) -> tuple[Scope, ...]:
        services = self.below(scope, period, "service")
        return tuple(one for one in services if one.id != scope)

    def _reading(
        self, metric: Metric, scope: str, period: Period, table: Table, parts: tuple[Part, ...] = ()
    ) -> Reading:
        row = self.tree.get(scope, period.start)
        last = len(table.periods) - 2
        target = self.target(metric.id, scope, period)
        values = [table.value(metric, scope, place, self) for place in range(len(table.periods))]
        history = tuple(zip(table.periods[:-1], values[:-1], strict=True))
        open_period = self.still_open(metric, scope, period, table, last)
        value = with_spread(metric, values[last], parts)
        verdict = score(metric, value, target, still_open=open_period, history=[one.value for _, one in history[:-1]])
        deciding: tuple[Part, ...] = ()
        if metric.id == "availability" and target is not None and parts and value.value is not None:
            deciding = tier_one(parts, self.settings.metrics.tier_one)
            verdict = of_parts(deciding, verdict)
        return Reading(
            metric=metric,
            scope=row,
            period=period,
            variant=self.variant(metric, scope, period),
            value=value,
            previous=values[last - 1],
            year_before=values[-1],
            target=target,
            verdict=verdict,
            references=references(metric.id),
            parts=parts,
            history=history,
            still_open=open_period,
            fresh_at=self.fresh_at(metric),
            currency=self.currency(scope, period),
            deciding=deciding,
            provisional=self._settles_later(metric, period),
            least=self.settings.metrics.min_answers,
        )

    def _parts_of(
        self, metrics: Sequence[Metric], services: Sequence[Scope], period: Period
    ) -> dict[str, tuple[Part, ...]]:
        """What metrics are for each service; the way there is read where a target asks whether it leads across it."""
        ids = tuple(one.id for one in services)
        judged = {one.id for one in metrics if any(self.target(one.id, scope, period) for scope in ids)}
        found: dict[str, tuple[Part, ...]] = {}
        for wanted, periods in ((True, TREND_PERIODS), (False, 1)):
            some = [one for one in metrics if (one.id in judged) is wanted]
            if some:
                way = [period.shifted(-steps) for steps in range(periods - 1, -1, -1)]
                table = Table(self, self._based(some), ids, way)
                found |= {metric.id: self._parts(metric, services, period, table) for metric in some}
        return found

    def _parts(self, metric: Metric, services: Sequence[Scope], period: Period, table: Table) -> tuple[Part, ...]:
        """Services that ever had a row; of those that decide the verdict also such as nothing observes."""
        decides = self.settings.metrics.tier_one if metric.id == "availability" else None
        shown = [one for one in services if table.has(metric, one.id) or (one.tier is not None and one.tier == decides)]
        return tuple(self._part(metric, one, period, table) for one in shown)

    def _part(self, metric: Metric, scope: Scope, period: Period, table: Table) -> Part:
        values = [table.value(metric, scope.id, place, self) for place in range(len(table.periods))]
        target = self.target(metric.id, scope.id, period)
        opened = self.still_open(metric, scope.id, period, table, len(table.periods) - 1)
        past = [value.value for value in values[:-1]]
        return Part(scope, values[-1], score(metric, values[-1], target, still_open=opened, history=past))

    def target(self, metric: str, scope: str, period: Period) -> Target | None:
        """The target in force at the period's start: legal before house, the nearest scope upwards first."""
        alive = [
            one
            for one in self.targets
            if one.metric == metric
            and one.valid_from <= period.start
            and (one.valid_to is None or period.start < one.valid_to)
        ]
        path: list[str | None] = [*self.tree.path(scope, period.start), None]
        alive = [one for one in alive if one.scope in path]
        order = {"legal": 0, "house": 1}
        return min(
            alive,
            key=lambda one: (order[one.kind], path.index(one.scope), -one.valid_from.toordinal()),
            default=None,
        )

    def still_open(self, metric: Metric, scope: str, period: Period, table: Table, place: int) -> OpenPeriod | None:
        """How far the period, which stands at a place of the table, has come; None when it is over."""
        if period.end <= self.today:
            return None
        totals = table.totals(metric, scope, place, self)
        return OpenPeriod(totals.days if totals else 0, period.length)

    def currency(self, scope: str, period: Period) -> str:
        """The reporting currency of the scope."""
        return self.tree.currency(scope, period.start, self.settings.company.currency)

    def variant(self, metric: Metric, scope: str, period: Period) -> str:
        """The kept variant that answers for the scope: money in its reporting currency."""
        in_currency = metric.unit is Unit.MONEY or metric.id == "integration_share"
        return REPORTING + self.currency(scope, period) if in_currency else ""

    @cached_property
    def variants(self) -> frozenset[str]:
        """Every variant that may answer for some scope."""
        currencies = {self.settings.company.currency} | {row.currency for row in self.tree.rows if row.currency}
        return frozenset({""} | {prefix + one for prefix in (REPORTING, UNCONVERTED) for one in currencies})

    def fresh_at(self, metric: Metric) -> datetime | None:
        """When the oldest of the sources behind the metric last succeeded."""
        known = [self._fresh.get(kind) for kind in metric.fact_kinds]
        return None if None in known else min(at for at in known if at is not None)

    def sources_of(self, metric: Metric) -> tuple[str, ...]:
        """The sources that deliver what the metric is made of."""
        return tuple(sorted({source for kind in metric.fact_kinds for source in self._sources.get(kind, ())}))

    def below(self, scope: str, period: Period, kind: str | None = None) -> tuple[Scope, ...]:
        """The scope and all below it, as of the last day of the period that has come; of one kind where given."""
        day = min(period.end - timedelta(days=1), max(self.today, period.start))
        return self.tree.below(scope, day, kind)

    def rate(self, month: date, base: str, quote: str) -> Decimal | None:
        """The average rate of a calendar month, the one by which its spend was converted; None where none is known."""
        return self._rates.average(month, base, quote)

    @cached_property
    def _rates(self) -> Rates:
        return Rates(self.connection)

    @cached_property
    def _days(self) -> Days:
        return Days(self.connection, self.settings, self.tree, load_resolver(self.connection))

    def statistics_now(self, metric: Metric, scope: str, period: Period) -> tuple[Statistic, ...]:
        """Statistics of a period that is not kept, computed from the facts by the same functions."""
        assert metric.statistics is not None
        holding = read.scopes_with(self.connection, metric.fact_kinds[0])
        return metric.statistics(self.samples_now([metric], scope, period, holding)[metric.id])

    def samples_now(
        self, metrics: Sequence[Metric], scope: str, period: Period, among: Collection[str] | None = None
    ) -> dict[str, list[Any]]:
        """The single values of a period behind what does not add up, in order, by metric; read from the facts.

        Only scopes in `among` are looked at where it is given: those that are known to hold any.
        """
        scopes = sorted(one for one in self.tree.ever_below(scope) if among is None or one in among)
        self._days.hold(scopes, (period.start, period.end - timedelta(days=1)))
        own = {metric.id: {one: own_samples(metric, self._days, one, period) for one in scopes} for metric in metrics}
        found = {name: joined(self.tree, scope, parts) for name, parts in own.items()}
        return {name: sorted(one for values in days.values() for one in values) for name, days in found.items()}


def all_readings(reader: Reader, scope: str, period: Period) -> tuple[Reading, ...]:
    """Every metric of a scope and period."""
    return reader.readings(reader.metrics, scope, period)
