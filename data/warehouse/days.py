"""The facts of one scope, day by day, as metrics look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select

from data.facts import KINDS, Change, ControlRun, Deployment, Fact, Incident, Response
from data.metrics.base import Delivery, FactId, Outage, ScopeDay
from data.period import Kind, containing, day_of, day_seconds, day_start
from data.scopes import Resolver, Tree
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.deliveries import deliveries_by_scope
from data.warehouse.links import CONTAINS, FAILED
from data.warehouse.rates import Rates
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import days_zone, fact_of, whole_days

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
    rates: Rates = field(init=False)
    _coverage: dict[str, dict[str, dict[str, frozenset[date]]]] = field(default_factory=dict)
    _currencies: dict[tuple[str, date], tuple[str, ...]] = field(default_factory=dict)
    _seconds: dict[date, int] = field(default_factory=dict)
    _chosen: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    _whole: dict[str, Any] = field(default_factory=dict)
    _held: dict[Any, Any] = field(default_factory=dict)
    _holds: frozenset[str] = frozenset()
    _span: tuple[date, date] = (date.max, date.min)

    def __post_init__(self) -> None:
        self.rates = Rates(self.connection)

    def hold(self, scopes: Collection[str], days: Collection[date]) -> None:
        """Turn to some scopes, of which no day before the first or after the last of these will be asked for."""
        self._held.clear()
        self._holds, self._span = frozenset(scopes), (min(days), max(days))

    def of(self, scope: str, days: frozenset[date], kinds: frozenset[str], *, quiet: bool = True) -> Sequence[ScopeDay]:
        """Of the given days of a scope itself (not of those below it) those of which anything is known, in order.

        Without `quiet` only those on which something happened, not those that were merely read.
        """
        if days and (scope not in self._holds or min(days) < self._span[0] or max(days) > self._span[1]):
            self.hold((scope,), days)
        return self._once(("days", scope, kinds, days, quiet), self._of, scope, days, kinds, quiet) if days else ()

    def _of(self, scope: str, days: frozenset[date], kinds: frozenset[str], quiet: bool) -> list[ScopeDay]:
        facts = {kind: self._once(("facts", kind), self._facts, kind).get(scope, {}) for kind in sorted(kinds)}
        covered = {kind: self._once(("covered", kind, scope), self.covered, kind, scope) for kind in sorted(kinds)}
        known = frozenset().union(*facts.values(), *(covered.values() if quiet else ()))
        failed, rollbacks = self._once("failed", self._failed)
        linked = self._linked(scope, kinds)
        outages = self._once("outages", self._outages).get(scope, {}) if "incident" in kinds else {}
        delivered = self._delivered(scope) if "work_item" in kinds else {}
        return [
            ScopeDay(
                scope=self.tree.get(scope, day),
                day=day,
                seconds=self._seconds_of(day),
                facts={kind: found[day] for kind, found in facts.items() if day in found},
                covered=frozenset(kind for kind, known in covered.items() if day in known),
                rules=self.settings.metrics,
                failed=failed.get(scope, frozenset()),
                rollbacks=rollbacks.get(scope, frozenset()),
                outages=outages.get(day, ()),
                deliveries=delivered.get(day, ()),
                **linked,
                rate=partial(self.rates.average, day),
                currencies=self.currencies(scope, day),
            )
            for day in sorted(days.intersection(known.union(outages if quiet else (), delivered)))
        ]

    def _linked(self, scope: str, kinds: frozenset[str]) -> dict[str, Any]:
        """What is linked to the facts of the scope, as far as the kinds ask for it."""
        found: dict[str, Any] = {"read_until": {kind: end for kind in kinds if (end := self._read_until(kind, scope))}}
        if "change" in kinds:
            found["contained"] = self._once("contained", self._contained).get(scope, {})
            found["forms"] = self._of_whole("forms", self._forms)
        if "incident" in kinds:
            found["caused"] = self._once("caused", self._caused).get(scope, {})
        if "response" in kinds:
            found["superseded"] = self._once("superseded", self._superseded).get(scope, frozenset())
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
        known = [of_scope.get(one, everywhere.get(one, frozenset())) for one in self.sources(kind, scope)]
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

    def _once(self, key: object, make: Callable[..., T], *arguments: Any) -> T:
        """What `make` gives, kept while the same scopes are asked for."""
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
        taken = table.c.source.in_(self.sources(kind, scope))
        return select(table).where(table.c.scope == scope, taken).order_by(table.c.source, table.c.source_id)

    def _instants(self) -> tuple[datetime, datetime]:
        first, last = self._span
        return day_start(first, self.settings.zone), day_start(last + timedelta(days=1), self.settings.zone)

    def _facts(self, kind: str) -> Mapping[str, Mapping[date, list[Fact]]]:
        table, record, zone = FACT_TABLES[kind], KINDS[kind], self.settings.zone
        query = select(table).where(table.c.scope.in_(self._holds)).order_by(table.c.source, table.c.source_id)
        start, end = self._instants()
        if "day" in table.c:
            query = query.where(table.c.day.between(*self._span))
        elif kind == Deployment.kind:
            at = func.coalesce(table.c.finished, table.c.started)
            query = query.where(at >= start, at < end)
        elif kind in _DATED_BY:
            by = table.c[_DATED_BY[kind]]
            query = query.where(by >= start, by < end)
        elif kind == ControlRun.kind:
            query = query.where(table.c.due.between(*self._span))
        found: dict[str, dict[date, list[Fact]]] = defaultdict(lambda: defaultdict(list))
        for row in self.connection.execute(query).all():
            if row.source in self.sources(kind, row.scope):
                fact = fact_of(record, row._mapping)
                for day in fact.days(zone):
                    found[row.scope][day].append(fact)
        return found

    def sources(self, kind: str, scope: str) -> tuple[str, ...]:
        """The one source that the scope takes this kind from; every source of billing, which never overlap."""
        if (kind, scope) not in self._chosen:
            asked = self._holds | {scope}
            tables = (FACT_TABLES[kind], *((schema.incident_scope,) if kind == Incident.kind else ()))
            there: dict[str, set[str]] = defaultdict(set)
            for table in tables:
                query = select(table.c.scope, table.c.source).distinct().where(table.c.scope.in_(asked))
                for one, source in self.connection.execute(query).all():
                    there[one].add(source)
            self._chosen |= {(kind, one): self._choice(kind, one, there[one]) for one in asked}
        return self._chosen[kind, scope]

    def _choice(self, kind: str, scope: str, stored: set[str]) -> tuple[str, ...]:
        there = stored.union(self._coverage_of(kind).get(scope, {}))
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
        every = frozenset[date]().union(*spans.values())
        known: dict[tuple[str, str], set[date]] = defaultdict(set)
        lacking: dict[tuple[str, str], set[date]] = defaultdict(set)
        for (source, key_kind, key), days in spans.items():
            means = self.resolver.over(source, key_kind, key, every) if key else {"": every}
            for scope, meant in means.items():
                if scope is not None and meant & days:
                    known[scope, source] |= meant & days
                if scope is not None:
                    lacking[scope, source] |= meant - days
        found: dict[str, dict[str, frozenset[date]]] = defaultdict(dict)
        for (scope, source), days in known.items():
            found[scope][source] = frozenset(days - lacking[scope, source])
        return found

    def _failed(self) -> tuple[Mapping[str, frozenset[FactId]], Mapping[str, frozenset[FactId]]]:
        table = schema.link
        query = select(table).where(table.c.kind == FAILED, table.c.scope.in_(self._holds))
        rows = self.connection.execute(query).all()
        failed = _sets((row.scope, (row.from_source, row.from_id)) for row in rows)
        return failed, _sets((row.scope, (row.to_source, row.to_id)) for row in rows)

    def _contained(self) -> Mapping[str, Mapping[FactId, tuple[Change, ...]]]:
        table, changes = schema.link, FACT_TABLES["change"]
        same = (table.c.to_source == changes.c.source) & (table.c.to_id == changes.c.source_id)
        columns = (table.c.scope.label("of_scope"), table.c.from_source, table.c.from_id, changes)
        query = select(*columns).join_from(table, changes, same)
        query = query.where(table.c.kind == CONTAINS, table.c.scope.in_(self._holds))
        found: dict[str, dict[FactId, list[Change]]] = defaultdict(lambda: defaultdict(list))
        for row in self.connection.execute(query.order_by(changes.c.source_id)).all():
            change = fact_of(Change, row._mapping)
            assert isinstance(change, Change)
            found[row.of_scope][row.from_source, row.from_id].append(change)
        return {scope: {key: tuple(own) for key, own in by_release.items()} for scope, by_release in found.items()}

    def touching(self, scope: str) -> list[Incident]:
        """The incidents that hurt a scope, whichever scope they are filed under."""
        table, hurt = FACT_TABLES["incident"], schema.incident_scope
        same = (table.c.source == hurt.c.source) & (table.c.source_id == hurt.c.source_id)
        query = select(table).join_from(table, hurt, same).distinct().where(hurt.c.scope == scope)
        query = query.where(table.c.source.in_(self.sources("incident", scope)))
        rows = self.connection.execute(query.order_by(table.c.source, table.c.source_id))
        return [found for row in rows if isinstance(found := fact_of(Incident, row._mapping), Incident)]

    def _outages(self) -> Mapping[str, Mapping[date, tuple[Outage, ...]]]:
        """What incidents did to each scope, cut into days; one that goes on lasts to the end of each."""
        table, hurt, zone, span = FACT_TABLES["incident"], schema.incident_scope, self.settings.zone, self._span
        start, end = self._instants()
        same = (table.c.source == hurt.c.source) & (table.c.source_id == hurt.c.source_id)
        columns = (hurt.c.scope, hurt.c.source, hurt.c.start, hurt.c.end, hurt.c.impact, table.c.maintenance)
        query = select(*columns).join_from(table, hurt, same).where(hurt.c.scope.in_(self._holds))
        query = query.where(hurt.c.start < end, hurt.c.end.is_(None) | (hurt.c.end >= start))
        ordered = query.order_by(hurt.c.start, hurt.c.source, hurt.c.source_id, hurt.c.place)
        found: dict[str, dict[date, list[Outage]]] = defaultdict(lambda: defaultdict(list))
        for row in self.connection.execute(ordered).all():
            if row.source not in self.sources("incident", row.scope):
                continue
            until = min(row.end or end, end)
            day = max(day_of(row.start, zone), span[0])
            while day <= span[1] and day_start(day, zone) <= until:
                opens, length = day_start(day, zone), self._seconds_of(day)
                bounds = [min(length, max(0, int((at - opens).total_seconds()))) for at in (row.start, until)]
                if bounds[0] < length and (bounds[1] > 0 or row.start >= opens):
                    found[row.scope][day].append(Outage(bounds[0], bounds[1], row.impact, row.maintenance))
                day += timedelta(days=1)
        return {scope: {day: tuple(own) for day, own in by_day.items()} for scope, by_day in found.items()}

    def _caused(self) -> Mapping[str, Mapping[FactId, Deployment]]:
        """The deployment that each incident filed under a scope was held against; the surest of several."""
        link, release, incident = schema.link, FACT_TABLES["deployment"], FACT_TABLES["incident"]
        by_release = (link.c.from_source == release.c.source) & (link.c.from_id == release.c.source_id)
        by_incident = (link.c.to_source == incident.c.source) & (link.c.to_id == incident.c.source_id)
        columns = (release, incident.c.scope.label("of_scope"), link.c.to_source, link.c.to_id)
        query = select(*columns).join_from(link, release, by_release).join(incident, by_incident)
        query = query.where(link.c.kind == FAILED, incident.c.scope.in_(self._holds))
        found: dict[str, dict[FactId, Deployment]] = defaultdict(dict)
        for row in self.connection.execute(query.order_by(link.c.confidence, link.c.from_id)).all():
            deployment = fact_of(Deployment, row._mapping)
            assert isinstance(deployment, Deployment)
            found[row.of_scope][row.to_source, row.to_id] = deployment
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

    def _superseded(self) -> Mapping[str, frozenset[FactId]]:
        """Answers whose respondent answered the same survey again later in the same calendar month."""
        table, zone = FACT_TABLES["response"], self.settings.zone
        first, last = (containing(day, Kind.MONTH) for day in self._span)
        names = ("source", "source_id", "scope", "survey", "form", "respondent", "at")
        query = select(*(table.c[name] for name in names))
        query = query.where(table.c.scope.in_(self._holds), table.c.respondent.is_not(None))
        query = query.where(table.c.at >= day_start(first.start, zone), table.c.at < day_start(last.end, zone))
        latest: dict[tuple[Any, ...], FactId] = {}
        earlier: list[tuple[str, FactId]] = []
        for row in self.connection.execute(query.order_by(table.c.at, table.c.source_id)).all():
            wave = (row.scope, row.source, row.survey, row.form, row.respondent, day_of(row.at, zone).replace(day=1))
            if wave in latest:
                earlier.append((row.scope, latest[wave]))
            latest[wave] = (row.source, row.source_id)
        return _sets(earlier)

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


def _sets(pairs: Iterable[tuple[str, FactId]]) -> dict[str, frozenset[FactId]]:
    """What belongs to each scope."""
    found: dict[str, set[FactId]] = defaultdict(set)
    for scope, one in pairs:
        found[scope].add(one)
    return {scope: frozenset(own) for scope, own in found.items()}
