"""What down time cost: measured minutes × measured revenue × declared shares, for each service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from data.facts import Incident, Revenue
from data.finance.at_risk import AtRisk
from data.finance.downtime import Cost, Slot, costs, revenue_by_hour, slots
from data.metrics import metric_named
from data.money import from_millionths
from data.period import Period
from data.scopes import Scope
from data.warehouse import read_events
from data.warehouse.catalog import load_resolver
from data.warehouse.days import Days
from data.warehouse.measured import Measurer
from data.warehouse.readings import Reader

WEEKS = 13
"""Revenue of an hour is the mean of so many weeks up to the end of the period."""


@dataclass(frozen=True)
class ServiceCost:
    """What a service's down time cost in a period, in `currency`; `reason` where that cannot be told."""

    service: Scope
    seconds: Decimal
    declared: AtRisk | None
    currency: str
    costs: tuple[Cost, ...] = ()
    reason: str = ""

    @property
    def total(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Low, base and high; None where it cannot be told."""
        if self.reason:
            return None
        rows = [(one.low, one.base, one.high) for one in self.costs] or [(Decimal(0),) * 3]
        low, base, high = (sum(column, Decimal(0)) for column in zip(*rows, strict=True))
        return low, base, high


@dataclass
class DowntimeReader:
    """Reads down time, its hours and the revenue behind it from one state of the warehouse."""

    reader: Reader
    scope: str
    period: Period
    _revenue: dict[str, Mapping[date, Decimal]] = field(default_factory=dict)

    def services(self) -> tuple[ServiceCost, ...]:
        """Each service of the scope whose uptime is known, the dearest first, those that cannot be told last."""
        known = {one.id: one for one in self.reader.below(self.scope, self.period, "service")}
        down = self._down(tuple(known))
        declared = {one.service: one for one in self.reader.settings.at_risk}
        found = [self._cost(known[name], by_slot, declared.get(name)) for name, by_slot in down.items()]
        return tuple(sorted(found, key=lambda one: (one.total is None, -(one.total or (0, 0))[1], -one.seconds)))

    def _down(self, services: tuple[str, ...]) -> dict[str, dict[Slot, Decimal]]:
        """Seconds down by service and hour of the week; a service without any row is left out."""
        rows = read_events.days_of(self.reader.connection, metric_named("availability"), services, "", self.period)
        days = Days(
            self.reader.connection, self.reader.settings, self.reader.tree, load_resolver(self.reader.connection)
        )
        days.hold(services, (self.period.start, self.period.end - timedelta(days=1)))
        found: dict[str, dict[Slot, Decimal]] = {row.scope: defaultdict(Decimal) for row in rows}
        bad: dict[str, dict[date, Decimal]] = defaultdict(dict)
        for row in rows:
            if row.denominator > row.numerator:
                bad[row.scope][row.day] = from_millionths(row.denominator - row.numerator)
        for name, of in bad.items():
            told = days.of(name, frozenset(of), frozenset({Incident.kind}))
            spans = {one.day: [(each.start, each.end) for each in one.outages] for one in told}
            for day, seconds in of.items():
                for slot, part in slots(day, seconds, spans.get(day, ())).items():
                    found[name][slot] += part
        return {name: dict(by_slot) for name, by_slot in found.items()}

    def _cost(self, service: Scope, down: Mapping[Slot, Decimal], declared: AtRisk | None) -> ServiceCost:
        currency = self.reader.currency(self.scope, self.period)
        told = ServiceCost(service, sum(down.values(), Decimal(0)), declared, currency)
        if declared is None:
            return ServiceCost(**told.__dict__ | {"reason": "no revenue at risk is declared"})
        daily = self._daily(declared.revenue, currency)
        if len({day.weekday() for day in daily}) < 7:
            return ServiceCost(**told.__dict__ | {"reason": f"no revenue of {declared.revenue} is known"})
        return ServiceCost(**told.__dict__ | {"costs": costs(down, revenue_by_hour(daily, declared.hours), declared)})

    def _daily(self, scope: str, currency: str) -> Mapping[date, Decimal]:
        """Revenue of a scope by day in the weeks before the period's end; empty where a rate is missing."""
        if scope not in self._revenue:
            self._revenue[scope] = self._read(scope, currency)
        return self._revenue[scope]

    def _read(self, scope: str, currency: str) -> Mapping[date, Decimal]:
        if scope not in self.reader.tree:
            return {}
        end = min(self.period.end, max(self.reader.today, self.period.start + timedelta(days=1)))
        weeks = Period(end - timedelta(weeks=WEEKS), end)
        daily: dict[date, Decimal] = defaultdict(Decimal)
        for _, fact in Measurer(self.reader, currency).facts(Revenue, scope, weeks):
            assert isinstance(fact, Revenue)
            rate = self.reader.rate(fact.day, fact.currency, currency)
            if rate is None:
                return {}
            daily[fact.day] += fact.amount * rate
        return daily
