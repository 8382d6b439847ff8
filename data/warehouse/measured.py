"""Measured values that business cases start from and promises are held against, each with where it was read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from data.facts import Fact, Headcount, Revenue, Usage
from data.finance.case import Assumption, BadCase, Case, Line, Measured
from data.finance.levers.base import Unit
from data.finance.measures import MEASURES, Measure, Take, measure_named
from data.metrics.base import REASONS
from data.metrics.base import Unit as MetricUnit
from data.period import Period
from data.warehouse import read_sources
from data.warehouse.catalog import load_resolver
from data.warehouse.days import Days
from data.warehouse.readings import Reader

LEAST_KNOWN = Decimal("0.95")
_YEAR = 365
_UNCHANGED = "as before: no change is planned yet"


@dataclass(frozen=True)
class Found:
    """A measured value, or the reason why there is none; money is in `currency`."""

    measure: Measure
    scope: str
    period: Period
    value: Decimal | None
    reason: str = ""
    sources: tuple[str, ...] = ()
    fresh_at: datetime | None = None

    @property
    def noted(self) -> Measured:
        """Where it was read, as an assumption keeps it."""
        return Measured(
            measure=self.measure.id,
            scope=self.scope,
            period=self.period.label,
            sources=self.sources,
            fresh_at=self.fresh_at,
        )


class Absent(Exception):
    """There is no such value; the message is the reason."""


@dataclass
class Measurer:
    """Reads measures from one state of the warehouse; amounts in one currency."""

    reader: Reader
    currency: str
    _days: Days = field(init=False)

    def __post_init__(self) -> None:
        connection = self.reader.connection
        self._days = Days(connection, self.reader.settings, self.reader.tree, load_resolver(connection))

    def find(self, name: str, scope: str, period: Period) -> Found:
        """A measure by its id, or a metric by its own, for a scope and a period. BadCase where there is none."""
        measure = self._measure(name)
        if scope not in self.reader.tree:
            return Found(measure, scope, period, None, f"there is no scope {scope!r}")
        if self.reader.within is not None and scope not in self.reader.within:
            return Found(measure, scope, period, None, "it lies outside what you may read")
        try:
            value = (
                self._of_metric(measure, scope, period) if measure.metric else self._of_facts(measure, scope, period)
            )
        except Absent as why:
            return Found(measure, scope, period, None, f"{why}")
        return Found(measure, scope, period, value, "", *self._origin(measure))

    def _measure(self, name: str) -> Measure:
        """A measure by its id, or a metric by its own. BadCase."""
        if name in {one.id for one in MEASURES}:
            return measure_named(name)
        try:
            metric = self.reader.metric(name)
        except KeyError as error:
            raise BadCase(f"There is no measure {name!r}: name one of docs/roi.md, or a metric.") from error
        unit = {MetricUnit.RATIO: Unit.SHARE, MetricUnit.HOURS: Unit.HOURS, MetricUnit.MONEY: Unit.MONEY}
        return Measure(name, metric.name, unit.get(metric.unit, Unit.NUMBER), Take.VALUE, name)

    def _origin(self, measure: Measure) -> tuple[tuple[str, ...], datetime | None]:
        if measure.metric:
            metric = self.reader.metric(measure.metric)
            return self.reader.sources_of(metric), self.reader.fresh_at(metric)
        sources = read_sources.sources_of(self.reader.connection).get(measure.fact or "", ())
        states = read_sources.source_states(self.reader.connection, self.reader.as_of)
        known = [state.last_success for state in states if state.source in sources and state.last_success]
        return tuple(sorted(sources)), min(known, default=None)

    def _of_metric(self, measure: Measure, scope: str, period: Period) -> Decimal:
        assert measure.metric is not None
        metric = self.reader.metric(measure.metric)
        value = self.reader.values([metric], scope, [period])[metric.id, period]
        if value.value is None:
            raise Absent(REASONS.get(value.reason or "", "it is not known"))
        days = (min(period.end, self.reader.today) - period.start).days
        if measure.take in (Take.SUM_PER_YEAR, Take.COUNT_PER_YEAR) and (days < 1 or value.coverage < LEAST_KNOWN):
            raise Absent(f"only {value.coverage:.0%} of the period is known, too little for a yearly sum")
        match measure.take:
            case Take.RATE_PER_YEAR:
                return value.value * _YEAR
            case Take.COUNT_PER_YEAR:
                return Decimal(value.sample) * _YEAR / days
            case Take.SUM_PER_YEAR:
                return self._converted(value.value, self.reader.currency(scope, period), period.end) * _YEAR / days
            case _:
                return value.value

    def _converted(self, amount: Decimal, currency: str, before: date) -> Decimal:
        if currency == self.currency:
            return amount
        rate = self.reader.rate(min(before, self.reader.today) - timedelta(days=1), currency, self.currency)
        if rate is None:
            raise Absent(f"there is no exchange rate from {currency} to {self.currency}")
        return amount * rate

    def facts(self, kind: type[Fact], scope: str, period: Period) -> list[tuple[str, Fact]]:
        """Facts of a kind of a scope and all that ever lay below it, each with its scope, from the source it takes."""
        last = min(period.end, max(self.reader.today, period.start + timedelta(days=1))) - timedelta(days=1)
        scopes = sorted(self.reader.tree.ever_below(scope))
        self._days.hold(scopes, (period.start, last))
        days = frozenset(day for day in period.days() if day <= last)
        return [
            (one, fact)
            for one in scopes
            for day in self._days.of(one, days, frozenset({kind.kind}), quiet=False)
            for fact in day.facts.get(kind.kind, ())
        ]

    def _of_facts(self, measure: Measure, scope: str, period: Period) -> Decimal:
        make: dict[str, Callable[[str, Period], Decimal]] = {
            "revenue_per_year": self._revenue,
            "customers": lambda scope, period: _customers(self._usage(scope, period)),
            "churn_per_year": lambda scope, period: _churn(self._usage(scope, period)),
            "people": self._people,
        }
        return make[measure.id](scope, period)

    def _revenue(self, scope: str, period: Period) -> Decimal:
        found = [fact for _, fact in self.facts(Revenue, scope, period) if isinstance(fact, Revenue)]
        days = {fact.day for fact in found}
        come = (min(period.end, self.reader.today) - period.start).days
        if not days:
            raise Absent("no source tells of revenue in this period")
        if len(days) < LEAST_KNOWN * come:
            raise Absent(f"revenue is known of {len(days)} of {come} days, too few for a yearly sum")
        sums: dict[tuple[date, str], Decimal] = defaultdict(Decimal)
        for fact in found:
            sums[fact.day.replace(day=1), fact.currency] += fact.amount
        total = Decimal(0)
        for (month, currency), amount in sorted(sums.items()):
            rate = Decimal(1) if currency == self.currency else self.reader.rate(month, currency, self.currency)
            if rate is None:
                raise Absent(f"there is no exchange rate from {currency} to {self.currency}")
            total += amount * rate
        return total * _YEAR / len(days)

    def _usage(self, scope: str, period: Period) -> list[Usage]:
        found = [fact for _, fact in self.facts(Usage, scope, period) if isinstance(fact, Usage)]
        if not found:
            raise Absent("no source tells of users in this period")
        return found

    def _people(self, scope: str, period: Period) -> Decimal:
        latest: dict[tuple[str, str], tuple[date, Decimal]] = {}
        for of, fact in self.facts(Headcount, scope, period):
            assert isinstance(fact, Headcount)
            key = of, fact.role
            if key not in latest or latest[key][0] < fact.day:
                latest[key] = fact.day, fact.full_time
        if not latest:
            raise Absent("no source tells of people in this period")
        return sum((people for _, people in latest.values()), Decimal(0))


def _widest(found: Sequence[Usage]) -> list[Usage]:
    """Of each audience and window the feature with most active customers: customers of two features are the same."""
    kept: dict[tuple[str, date], Usage] = {}
    whole = [fact for fact in found if not fact.audience] or found
    for fact in whole:
        key = fact.audience, fact.day
        if key not in kept or kept[key].active < fact.active:
            kept[key] = fact
    return list(kept.values())


def _customers(found: Sequence[Usage]) -> Decimal:
    widest = _widest(found)
    last = max(fact.day for fact in widest)
    return Decimal(sum(fact.active for fact in widest if fact.day == last))


def _churn(found: Sequence[Usage]) -> Decimal:
    told = [fact for fact in _widest(found) if fact.churned is not None and fact.active]
    if not told:
        raise Absent("no source tells how many customers left")
    left = sum((Decimal(fact.churned or 0) * _YEAR / fact.window_days for fact in told), Decimal(0))
    return left / sum(fact.active for fact in told)


@dataclass(frozen=True)
class Again:
    """An assumption that was read once more; where nothing was found, it stays as it was."""

    line: str
    parameter: str
    before: Assumption
    after: Assumption
    found: Found


def measured_again(measurer: Measurer, case: Case, scope: str, period: Period) -> tuple[Case, tuple[Again, ...]]:
    """The case with each measured assumption as it is today, and what was read.

    An assumption keeps the scope that it was read for; ranges keep their width in parts of the value.
    """
    read = tuple(
        _again(measurer, line, name, given.measured.scope or scope, period)
        for line in case.line
        for name, given, _ in line.parameters()
        if given.measured is not None
    )
    return with_assumptions(case, ((one.line, one.parameter, one.after) for one in read)), read


def started(measurer: Measurer, line: Line, scope: str, period: Period) -> tuple[Line, tuple[Found, ...]]:
    """The line with every parameter that can start from a measured value, and what was found or not.

    What comes after one that was measured before, and is not given, stays the same: a change is worth nothing until
    somebody plans it.
    """
    found: list[Found] = []
    values = dict(line.values)
    for name, given, parameter in line.parameters():
        if parameter is None or parameter.measure is None or parameter.promised:
            continue
        found.append(one := measurer.find(parameter.measure, scope, period))
        if one.value is not None or name not in values:
            values[name] = _taken(measurer, given, one, line, name)
        after = f"{name.removesuffix('_before')}_after"
        if one.value is not None and name.endswith("_before") and after not in line.values:
            values[after] = Assumption(value=values[name].value, source=_UNCHANGED, date=measurer.reader.today)
    return line.model_copy(update={"values": values}), tuple(found)


def with_assumptions(case: Case, changes: Iterable[tuple[str, str, Assumption]]) -> Case:
    """The case with other assumptions for some of its parameters (line, parameter, assumption)."""
    by_line: dict[str, dict[str, Assumption]] = defaultdict(dict)
    for line, name, after in changes:
        by_line[line][name] = after
    lines = tuple(
        one.model_copy(update={"values": one.values | by_line[one.id]}) if one.id in by_line else one
        for one in case.line
    )
    return case.model_copy(update={"line": lines})


def _again(measurer: Measurer, line: Line, name: str, scope: str, period: Period) -> Again:
    before = line.assumption(name)
    assert before.measured is not None
    found = measurer.find(before.measured.measure, scope, period)
    return Again(line.id, name, before, _taken(measurer, before, found, line, name), found)


def _taken(measurer: Measurer, before: Assumption, found: Found, line: Line, name: str) -> Assumption:
    """The assumption at the found value; as it was where nothing was found."""
    if found.value is None:
        return before
    value = found.value.quantize(Decimal("0.000001"))
    parameter = line.kind.parameter(name) if line.kind else None
    if parameter is not None:
        value = min(max(value, parameter.low), parameter.high)
    changed: dict[str, object] = {"value": value, "measured": found.noted, "date": measurer.reader.today}
    changed["source"] = f"{found.measure.name}, {found.scope}, {found.period.label}"
    if before.low is not None and before.high is not None:
        factor = value / before.value if before.value else Decimal(1)
        ends = (before.low * factor, before.high * factor) if before.value else (before.low, before.high)
        low, high = min(ends[0], value), max(ends[1], value)
        if parameter is not None:
            low, high = max(low, parameter.low), min(high, parameter.high)
        changed |= {"low": low, "high": high}
    return before.model_copy(update=changed)
