"""The facts of one scope, day by day, as metrics look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Connection, select

from data.facts import KINDS, Change, Fact
from data.metrics.base import FactId, ScopeDay
from data.period import Kind, add_months, containing, day_of, day_seconds, day_start
from data.scopes import Resolver, Tree
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.links import CONTAINS, FAILED
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import fact_of, whole_days

Rate = Callable[[str, str], Decimal | None]


@dataclass
class Days:
    """Reads what metrics need; keeps what is the same for all scopes."""

    connection: Connection
    settings: Settings
    tree: Tree
    resolver: Resolver
    _rates: dict[tuple[date, str, str], Decimal | None] = field(default_factory=dict)

    def of(self, scope: str, days: frozenset[date], kinds: frozenset[str]) -> Iterator[ScopeDay]:
        """The given days of a scope itself (not of those below it), in order."""
        if not days:
            return
        first, last = min(days), max(days)
        facts = {kind: self._facts(kind, scope, first, last) for kind in sorted(kinds)}
        covered = {kind: self._covered(kind, scope) for kind in sorted(kinds)}
        failed, rollbacks = self._failed(scope)
        contained = self._contained(scope) if "change" in kinds else {}
        for day in sorted(days):
            row = self.tree.get(scope, day)
            yield ScopeDay(
                scope=row,
                day=day,
                seconds=day_seconds(day, self.settings.zone),
                facts={kind: found[day] for kind, found in facts.items() if day in found},
                covered=frozenset(kind for kind, known in covered.items() if day in known),
                rules=self.settings.metrics,
                failed=failed,
                contained=contained,
                rollbacks=rollbacks,
                rate=self._rate_of(day),
                currencies=self._currencies(scope, day),
            )

    def _facts(self, kind: str, scope: str, first: date, last: date) -> Mapping[date, list[Fact]]:
        table, record = FACT_TABLES[kind], KINDS[kind]
        query = select(table).where(table.c.scope == scope, table.c.source.in_(self._sources(kind, scope)))
        if "day" in table.c:
            query = query.where(table.c.day.between(first, last))
        elif kind == "deployment":
            start, end = day_start(first, self.settings.zone), day_start(last + timedelta(days=1), self.settings.zone)
            query = query.where(table.c.finished >= start, table.c.finished < end)
        found: dict[date, list[Fact]] = defaultdict(list)
        for row in self.connection.execute(query.order_by(table.c.source, table.c.source_id)):
            fact = fact_of(record, row._mapping)
            for day in fact.days(self.settings.zone):
                found[day].append(fact)
        return found

    def _sources(self, kind: str, scope: str) -> tuple[str, ...]:
        """The one source that the scope takes this kind from; every source of billing, which never overlap."""
        table = FACT_TABLES[kind]
        there = set(self.connection.execute(select(table.c.source).distinct().where(table.c.scope == scope)).scalars())
        if kind == "spend" or len(there) < 2:
            return tuple(sorted(there))
        for above in self.tree.path(scope, date.max - timedelta(days=1)):
            for take in self.settings.takes:
                if take.fact == kind and take.scope == above and take.source in there:
                    return (take.source,)
        configured = [source.id for source in self.settings.source if source.id in there]
        return tuple((configured or sorted(there))[:1])

    def _covered(self, kind: str, scope: str) -> frozenset[date]:
        table = schema.covered
        days: set[date] = set()
        sources = self._sources(kind, scope)
        rows = self.connection.execute(select(table).where(table.c.fact == kind, table.c.source.in_(sources)))
        zone = self.settings.zone
        by_key: dict[tuple[str, str, str], set[date]] = defaultdict(set)
        for row in rows:
            if not row.key or self.resolver.scope(row.source, row.key_kind, row.key, day_of(row.start, zone)) == scope:
                by_key[row.source, row.key_kind, row.key] |= set(whole_days(row.start, row.end, zone))
        for known in by_key.values():
            days = days & known if days else known
        return frozenset(days)

    def _failed(self, scope: str) -> tuple[frozenset[FactId], frozenset[FactId]]:
        table = schema.link
        rows = self.connection.execute(select(table).where(table.c.kind == FAILED, table.c.scope == scope)).all()
        return (
            frozenset((row.from_source, row.from_id) for row in rows),
            frozenset((row.to_source, row.to_id) for row in rows),
        )

    def _contained(self, scope: str) -> Mapping[FactId, tuple[Change, ...]]:
        table, changes = schema.link, FACT_TABLES["change"]
        same = (table.c.to_source == changes.c.source) & (table.c.to_id == changes.c.source_id)
        query = select(table.c.from_source, table.c.from_id, changes).join_from(table, changes, same)
        found: dict[FactId, list[Change]] = defaultdict(list)
        ordered = query.where(table.c.kind == CONTAINS, table.c.scope == scope).order_by(changes.c.source_id)
        for row in self.connection.execute(ordered):
            change = fact_of(Change, row._mapping)
            assert isinstance(change, Change)
            found[row.from_source, row.from_id].append(change)
        return {key: tuple(changes) for key, changes in found.items()}

    def _currencies(self, scope: str, day: date) -> tuple[str, ...]:
        default = self.settings.company.currency
        return tuple(sorted({self.tree.currency(above, day, default) for above in self.tree.path(scope, day)}))

    def _rate_of(self, day: date) -> Rate:
        month = containing(day, Kind.MONTH).start
        return lambda base, quote: self.average_rate(month, base, quote)

    def average_rate(self, month: date, base: str, quote: str) -> Decimal | None:
        """The mean of the daily rates of a calendar month, the other way round where only that is known; else None."""
        key = (month, base, quote)
        if key not in self._rates:
            straight = self._mean(month, base, quote)
            back = self._mean(month, quote, base) if straight is None else None
            self._rates[key] = straight if straight is not None else 1 / back if back else None
        return self._rates[key]

    def _mean(self, month: date, base: str, quote: str) -> Decimal | None:
        table = FACT_TABLES["fx_rate"]
        query = select(table.c.day, table.c.rate).where(table.c.base == base, table.c.quote == quote)
        within = query.where(table.c.day >= month, table.c.day < add_months(month, 1))
        rates = {
            row.day: row.rate for row in self.connection.execute(within.order_by(table.c.day, table.c.source.desc()))
        }
        return sum(rates.values(), Decimal(0)) / len(rates) if rates else None
