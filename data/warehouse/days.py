"""The facts of one scope, day by day, as metrics look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Table, func, select

from data.facts import KINDS, Change, ControlRun, Deployment, Fact, Incident, Response
from data.metrics.base import Delivery, FactId, Outage, ScopeDay
from data.period import Kind, containing, day_of, day_seconds, day_start
from data.scopes import Resolver, Tree
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.deliveries import deliveries_by_scope
from data.warehouse.links import CONTAINS, FAILED
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import days_zone, fact_of, whole_days

Rate = Callable[[str, str], Decimal | None]
_DATED_BY = {Change.kind: "merged", Incident.kind: "started", Response.kind: "at"}
"""The instant by which facts of a kind belong to a day."""

F = TypeVar("F", bound=Fact)
T = TypeVar("T")


@dataclass
class Days:
    """Reads what metrics need of a warehouse whose facts and links stand still; keeps what is asked for again."""

    connection: Connection
    settings: Settings
    tree: Tree
    resolver: Resolver
    _rates: dict[date, dict[tuple[str, str], Decimal]] = field(default_factory=dict)
    _coverage: dict[str, dict[str, dict[str, frozenset[date]]]] = field(default_factory=dict)
    _currencies: dict[tuple[str, date], tuple[str, ...]] = field(default_factory=dict)
    _seconds: dict[date, int] = field(default_factory=dict)
    _whole: dict[str, Any] = field(default_factory=dict)
    _held: dict[Any, Any] = field(default_factory=dict)
    _holds: str | None = None
    _span: tuple[date, date] = (date.max, date.min)

    def hold(self, scope: str, days: Collection[date]) -> None:
        """Turn to a scope, of which no day before the first or after the last of these will be asked for."""
        self._held.clear()
        self._holds, self._span = scope, (min(days), max(days))

    def of(self, scope: str, days: frozenset[date], kinds: frozenset[str], *, quiet: bool = True) -> Sequence[ScopeDay]:
        """Of the given days of a scope itself (not of those below it) those of which anything is known, in order.

        Without `quiet` only those on which something happened, not those that were merely read.
        """
        if days and (scope != self._holds or min(days) < self._span[0] or max(days) > self._span[1]):
            self.hold(scope, days)
        return self._once(("days", kinds, days, quiet), self._of, scope, days, kinds, quiet) if days else ()

    def _of(self, scope: str, days: frozenset[date], kinds: frozenset[str], quiet: bool) -> list[ScopeDay]:
        span = self._span
        facts = {kind: self._once(("facts", kind), self._facts, kind, scope, span) for kind in sorted(kinds)}
        covered = {kind: self._once(("covered", kind), self.covered, kind, scope) for kind in sorted(kinds)}
        known = frozenset().union(*facts.values(), *(covered.values() if quiet else ()))
        failed, rollbacks = self._once("failed", self._failed, scope)
        linked = self._linked(scope, kinds, span)
        outages = self._once("outages", self._outages, scope, span) if "incident" in kinds else {}
        delivered = self._delivered(scope) if "work_item" in kinds else {}
        return [
            ScopeDay(
                scope=self.tree.get(scope, day),
                day=day,
                seconds=self._seconds_of(day),
                facts={kind: found[day] for kind, found in facts.items() if day in found},
                covered=frozenset(kind for kind, known in covered.items() if day in known),
                rules=self.settings.metrics,
                failed=failed,
                rollbacks=rollbacks,
                outages=outages.get(day, ()),
                deliveries=delivered.get(day, ()),
                **linked,
                rate=self._rate_of(day),
                currencies=self.currencies(scope, day),
            )
            for day in sorted(days.intersection(known.union(outages if quiet else (), delivered)))
        ]

    def _linked(self, scope: str, kinds: frozenset[str], span: tuple[date, date]) -> dict[str, Any]:
        """What is linked to the facts of the scope, as far as the kinds ask for it."""
        found: dict[str, Any] = {"read_until": {kind: end for kind in kinds if (end := self._read_until(kind, scope))}}
        if "change" in kinds:
            found["contained"] = self._once("contained", self._contained, scope)
            found["forms"] = self._of_whole("forms", self._forms)
        if "incident" in kinds:
            found["caused"] = self._once("caused", self._caused, scope)
        if "response" in kinds:
            found["superseded"] = self._once("superseded", self._superseded, scope, span)
        return found

    def all_of(self, record: type[F], scope: str) -> list[F]:
        """Every fact of a kind that the scope takes, from the one source it takes it from."""
        table = FACT_TABLES[record.kind]
        rows = self.connection.execute(self._taken(table, record.kind, scope))
        return [found for row in rows if isinstance(found := fact_of(record, row._mapping), record)]

    def covered(self, kind: str, scope: str) -> frozenset[date]:
        """Days on which every source that the scope takes the kind from was read completely for all of its names."""
        everywhere = self._coverage_of(kind).get("", {})
        of_scope = self._coverage_of(kind).get(scope, {})
        known = [of_scope.get(one, everywhere.get(one, frozenset())) for one in self._sources(kind, scope)]
        return frozenset.intersection(*known) if known else frozenset()

    def reads_whole_sources(self, kind: str) -> bool:
        """Whether some source says which days it covers for all of its names at once."""
        return "" in self._coverage_of(kind)

    def currencies(self, scope: str, day: date) -> tuple[str, ...]:
        """The reporting currencies of the scope and of those above it."""
        if (scope, day) not in self._currencies:
            path, default = self.tree.path(scope, day), self.settings.company.currency
            self._currencies[scope, day] = tuple(sorted({self.tree.currency(above, day, default) for above in path}))
        return self._currencies[scope, day]

    def average_rate(self, month: date, base: str, quote: str) -> Decimal | None:
        """Units of `quote` for one of `base`: the mean of the daily rates of a calendar month.

        Where that pair is not published: the other way round, else across a third currency, else None.
        """
        if base == quote:
            return Decimal(1)
        means = self._rates_of(month.replace(day=1))

        def known(one: str, other: str) -> Decimal | None:
            if found := means.get((one, other)):
                return found
            return 1 / back if (back := means.get((other, one))) else None

        if found := known(base, quote):
            return found
        for third in sorted({currency for pair in means for currency in pair}):
            if (to := known(base, third)) and (on := known(third, quote)):
                return to * on
        return None

    def _once(self, key: object, make: Callable[..., T], *arguments: Any) -> T:
        """What `make` gives, kept while the same scope is asked for."""
        if key not in self._held:
            self._held[key] = make(*arguments)
        found: T = self._held[key]
        return found

    def _of_whole(self, key: str, make: Callable[[], T]) -> T:
        """What `make` gives for the whole warehouse, kept."""
        if key not in self._whole:
            self._whole[key] = make()
        found: T = self._whole[key]
        return found

    def _seconds_of(self, day: date) -> int:
        if day not in self._seconds:
            self._seconds[day] = day_seconds(day, self.settings.zone)
        return self._seconds[day]

    def _taken(self, table: Table, kind: str, scope: str) -> Any:
        taken = table.c.source.in_(self._sources(kind, scope))
        return select(table).where(table.c.scope == scope, taken).order_by(table.c.source, table.c.source_id)

    def _facts(self, kind: str, scope: str, span: tuple[date, date]) -> Mapping[date, list[Fact]]:
        table, record, zone = FACT_TABLES[kind], KINDS[kind], self.settings.zone
        query = self._taken(table, kind, scope)
        start, end = day_start(span[0], zone), day_start(span[1] + timedelta(days=1), zone)
        if "day" in table.c:
            query = query.where(table.c.day.between(*span))
        elif kind == Deployment.kind:
            at = func.coalesce(table.c.finished, table.c.started)
            query = query.where(at >= start, at < end)
        elif kind in _DATED_BY:
            by = table.c[_DATED_BY[kind]]
            query = query.where(by >= start, by < end)
        elif kind == ControlRun.kind:
            query = query.where(table.c.due.between(*span))
        found: dict[date, list[Fact]] = defaultdict(list)
        for row in self.connection.execute(query).all():
            fact = fact_of(record, row._mapping)
            for day in fact.days(zone):
                found[day].append(fact)
        return found

    def _sources(self, kind: str, scope: str) -> tuple[str, ...]:
        """The one source that the scope takes this kind from; every source of billing, which never overlap."""
        found: tuple[str, ...] = self._of_whole(f"sources of {kind} {scope}", lambda: self._sources_of(kind, scope))
        return found

    def _sources_of(self, kind: str, scope: str) -> tuple[str, ...]:
        table = FACT_TABLES[kind]
        stored = select(table.c.source).distinct().where(table.c.scope == scope)
        there = {*self.connection.execute(stored).scalars(), *self._coverage_of(kind).get(scope, {})}
        if kind == Incident.kind:
            hurt = schema.incident_scope
            there |= set(
                self.connection.execute(select(hurt.c.source).distinct().where(hurt.c.scope == scope)).scalars()
            )
        if kind == "spend" or len(there) < 2:
            return tuple(sorted(there))
        for above in self.tree.path(scope, date.max - timedelta(days=1)):
            for take in self.settings.takes:
                if take.fact == kind and take.scope == above and take.source in there:
                    return (take.source,)
        configured = [source.id for source in self.settings.source if source.id in there]
        return tuple((configured or sorted(there))[:1])

    def _coverage_of(self, kind: str) -> Mapping[str, Mapping[str, frozenset[date]]]:
        """Scope -> source -> days covered; the scope "" holds what a source covers whatever the name."""
        if kind not in self._coverage:
            table, zone = schema.covered, days_zone(kind, self.settings.zone)
            spans: dict[tuple[str, str, str], set[date]] = defaultdict(set)
            for row in self.connection.execute(select(table).where(table.c.fact == kind)):
                spans[row.source, row.key_kind, row.key] |= set(whole_days(row.start, row.end, zone))
            self._coverage[kind] = self._by_scope(spans)
        return self._coverage[kind]

    def _by_scope(self, spans: Mapping[tuple[str, str, str], set[date]]) -> dict[str, dict[str, frozenset[date]]]:
        """A scope's day is covered where all names that mean the scope on that day are."""
        every = sorted(set[date]().union(*spans.values()))
        known: dict[tuple[str, str], set[date]] = defaultdict(set)
        lacking: dict[tuple[str, str], set[date]] = defaultdict(set)
        for (source, key_kind, key), days in spans.items():
            for day in every:
                scope = self.resolver.scope(source, key_kind, key, day) if key else ""
                if scope is not None:
                    (known if day in days else lacking)[scope, source].add(day)
        found: dict[str, dict[str, frozenset[date]]] = defaultdict(dict)
        for (scope, source), days in known.items():
            found[scope][source] = frozenset(days - lacking[scope, source])
        return found

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
        return {key: tuple(contained) for key, contained in found.items()}

    def touching(self, scope: str) -> list[Incident]:
        """The incidents that hurt a scope, whichever scope they are filed under."""
        table, hurt = FACT_TABLES["incident"], schema.incident_scope
        same = (table.c.source == hurt.c.source) & (table.c.source_id == hurt.c.source_id)
        query = select(table).join_from(table, hurt, same).distinct().where(hurt.c.scope == scope)
        query = query.where(table.c.source.in_(self._sources("incident", scope)))
        rows = self.connection.execute(query.order_by(table.c.source, table.c.source_id))
        return [found for row in rows if isinstance(found := fact_of(Incident, row._mapping), Incident)]

    def _outages(self, scope: str, span: tuple[date, date]) -> Mapping[date, tuple[Outage, ...]]:
        """What incidents did to the scope, cut into days; one that goes on lasts to the end of each."""
        table, hurt, zone = FACT_TABLES["incident"], schema.incident_scope, self.settings.zone
        start, end = day_start(span[0], zone), day_start(span[1] + timedelta(days=1), zone)
        same = (table.c.source == hurt.c.source) & (table.c.source_id == hurt.c.source_id)
        query = select(hurt.c.start, hurt.c.end, hurt.c.impact, table.c.maintenance).join_from(table, hurt, same)
        query = query.where(hurt.c.scope == scope, hurt.c.source.in_(self._sources("incident", scope)))
        query = query.where(hurt.c.start < end, hurt.c.end.is_(None) | (hurt.c.end >= start))
        ordered = query.order_by(hurt.c.start, hurt.c.source, hurt.c.source_id, hurt.c.place)
        found: dict[date, list[Outage]] = defaultdict(list)
        for row in self.connection.execute(ordered).all():
            until = min(row.end or end, end)
            day = max(day_of(row.start, zone), span[0])
            while day <= span[1] and day_start(day, zone) <= until:
                opens, length = day_start(day, zone), self._seconds_of(day)
                bounds = [min(length, max(0, int((at - opens).total_seconds()))) for at in (row.start, until)]
                if bounds[0] < length and (bounds[1] > 0 or row.start >= opens):
                    found[day].append(Outage(bounds[0], bounds[1], row.impact, row.maintenance))
                day += timedelta(days=1)
        return {day: tuple(outages) for day, outages in found.items()}

    def _caused(self, scope: str) -> Mapping[FactId, Deployment]:
        """The deployment that each incident filed under the scope was held against; the surest of several."""
        link, release, incident = schema.link, FACT_TABLES["deployment"], FACT_TABLES["incident"]
        by_release = (link.c.from_source == release.c.source) & (link.c.from_id == release.c.source_id)
        by_incident = (link.c.to_source == incident.c.source) & (link.c.to_id == incident.c.source_id)
        query = select(release, link.c.to_source, link.c.to_id).join_from(link, release, by_release)
        query = query.join(incident, by_incident).where(link.c.kind == FAILED, incident.c.scope == scope)
        found: dict[FactId, Deployment] = {}
        for row in self.connection.execute(query.order_by(link.c.confidence, link.c.from_id)):
            deployment = fact_of(Deployment, row._mapping)
            assert isinstance(deployment, Deployment)
            found[row.to_source, row.to_id] = deployment
        return found

    def _delivered(self, scope: str) -> Mapping[date, tuple[Delivery, ...]]:
        every: Mapping[str, tuple[Delivery, ...]] = self._of_whole(
            "deliveries", lambda: deliveries_by_scope(self.connection)
        )
        found: dict[date, list[Delivery]] = defaultdict(list)
        for one in every.get(scope, ()):
            found[day_of(one.deployed, self.settings.zone)].append(one)
        return {day: tuple(made) for day, made in found.items()}

    def _forms(self) -> Mapping[FactId, str]:
        table = FACT_TABLES["work_item"]
        rows = self.connection.execute(select(table.c.source, table.c.source_id, table.c.form))
        return {(source, source_id): form for source, source_id, form in rows}

    def _superseded(self, scope: str, span: tuple[date, date]) -> frozenset[FactId]:
        """Answers whose respondent answered the same survey again later in the same calendar month."""
        table, zone = FACT_TABLES["response"], self.settings.zone
        first, last = containing(span[0], Kind.MONTH).start, containing(span[1], Kind.MONTH).end
        columns = (table.c.source, table.c.source_id, table.c.survey, table.c.form, table.c.respondent, table.c.at)
        query = select(*columns).where(table.c.scope == scope, table.c.respondent.is_not(None))
        query = query.where(table.c.at >= day_start(first, zone), table.c.at < day_start(last, zone))
        latest: dict[tuple[Any, ...], FactId] = {}
        earlier = set()
        for row in self.connection.execute(query.order_by(table.c.at, table.c.source_id)):
            wave = (row.source, row.survey, row.form, row.respondent, day_of(row.at, zone).replace(day=1))
            if wave in latest:
                earlier.add(latest[wave])
            latest[wave] = (row.source, row.source_id)
        return frozenset(earlier)

    def _read_until(self, kind: str, scope: str) -> datetime | None:
        """How far the kind was read for the scope."""
        ends: Mapping[str, datetime] = self._of_whole(f"ends of {kind}", lambda: self._ends(kind))
        return ends.get(scope, ends.get(""))

    def _ends(self, kind: str) -> Mapping[str, datetime]:
        found: dict[str, datetime] = {}
        for row in self.connection.execute(select(schema.covered).where(schema.covered.c.fact == kind)):
            scope = self.resolver.scope(row.source, row.key_kind, row.key, None) if row.key else ""
            if scope is not None:
                found[scope] = max(found.get(scope, row.end), row.end)
        return found

    def _rate_of(self, day: date) -> Rate:
        month = day.replace(day=1)
        return lambda base, quote: self.average_rate(month, base, quote)

    def _rates_of(self, month: date) -> Mapping[tuple[str, str], Decimal]:
        """The mean of each published pair; of several sources for a day, the first by name."""
        if month not in self._rates:
            table, period = FACT_TABLES["fx_rate"], containing(month, Kind.MONTH)
            query = select(table).where(table.c.day >= period.start, table.c.day < period.end)
            rows: Sequence[Row[Any]] = self.connection.execute(query.order_by(table.c.source.desc())).all()
            daily: dict[tuple[str, str], dict[date, Decimal]] = defaultdict(dict)
            for row in rows:
                daily[row.base, row.quote][row.day] = row.rate
            self._rates[month] = {pair: sum(of.values(), Decimal(0)) / len(of) for pair, of in daily.items()}
        return self._rates[month]
