"""Which days are to be rolled up: those that were touched, and those that follow from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from data.facts import Change, Deployment, FxRate, Spend
from data.metrics.base import FactId, Metric, ScopeDay
from data.period import Kind, containing, day_of
from data.scopes import Scope, Tree
from data.settings import MetricRules, Settings
from data.warehouse import schema
from data.warehouse.days import Days
from data.warehouse.deliveries import link_items
from data.warehouse.links import link_scope
from data.warehouse.schema import FACT_TABLES
from data.warehouse.taken import days_told, keep_taken, taken_so_far
from data.warehouse.upsert import chunks
from data.warehouse.write import touch

Touched = Mapping[str, Mapping[str, frozenset[date]]]
"""Kind of fact -> scope -> days."""

_LINKED = ("deployment", "change", "incident", "work_item")
"""Kinds of fact that links are made from; those of the first three within one scope."""


class Spread:
    """What one roll-up finds touched, spread to what follows from it."""

    def __init__(
        self, connection: Connection, settings: Settings, tree: Tree, days: Days, metrics: Sequence[Metric]
    ) -> None:
        self.connection = connection
        self.settings = settings
        self.tree = tree
        self.days = days
        self.metrics = metrics
        self._known = frozenset(tree.bottom_up())

    def run(self) -> None:
        """Touch what follows from what was touched: all that another source is taken for now, links, months of new
        rates, days of scopes new to a source."""
        self._spread_sources()
        self._link()
        self._spread_rates()
        self._spread_open()
        self._spread_answers()
        for metric in self.metrics:
            for kind in metric.fact_kinds:
                if self.days.reads_whole_sources(kind):
                    self._spread_coverage(metric, kind)

    def _spread_sources(self) -> None:
        """A scope that takes a kind of fact from another source than before takes all of it from there."""
        before, touched = taken_so_far(self.connection), touched_days(self.connection)
        now = {kind: dict(scopes) for kind, scopes in before.items()}
        for kind in sorted(touched.keys() - {Spend.kind}):
            taken = now.setdefault(kind, {})
            for scope in sorted(touched[kind].keys() & self._known):
                source = next(iter(self.days.sources(kind, scope)), None)
                if source is not None and source != taken.get(scope, source):
                    told = days_told(self.connection, kind, scope, self.settings.zone)
                    touch(self.connection, {(kind, scope, day) for day in told})
                if source is not None:
                    taken[scope] = source
        if now != before:
            keep_taken(self.connection, now)

    def _link(self) -> None:
        touched = touched_days(self.connection, *_LINKED)
        moved: set[FactId] = set()
        for scope in sorted({one for kind in _LINKED[:3] for one in touched.get(kind, ())} & self._known):
            facts = self.days.all_of(Deployment, scope), self.days.all_of(Change, scope), self.days.touching(scope)
            renewed = {kind: touched.get(kind, {}).get(scope, frozenset()) for kind in _LINKED[:2]}
            moved |= link_scope(self.connection, scope, *facts, self.settings, renewed)
        for part in chunks(sorted({one for _, one in moved})):
            self._touch_incidents(FACT_TABLES["incident"].c.source_id.in_(part))
        if touched:
            link_items(self.connection, touched, self.settings.zone)

    def _touch_incidents(self, which: ColumnElement[bool]) -> None:
        """Touch the days on which some incidents began."""
        table = FACT_TABLES["incident"]
        rows = self.connection.execute(select(table.c.scope, table.c.started).where(which, table.c.scope.is_not(None)))
        touch(self.connection, {("incident", scope, day_of(at, self.settings.zone)) for scope, at in rows})

    def _spread_open(self) -> None:
        """What is open lasts until its source was last read: its day moves whenever the source is read on."""
        touched = touched_days(self.connection, "incident", "control_run")
        incident, run = FACT_TABLES["incident"].c, FACT_TABLES["control_run"].c
        unseen = incident.resolved.is_(None) | incident.acknowledged.is_(None)
        self._touch_incidents(unseen & incident.scope.in_(sorted(touched.get("incident", {}))))
        undecided = run.completed.is_(None) | run.evidence.is_(None) | (func.trim(run.evidence) == "") | run.partial
        query = select(run.scope, run.due).where(undecided)
        rows = self.connection.execute(query.where(run.scope.in_(sorted(touched.get("control_run", {})))))
        touch(self.connection, {("control_run", scope, due) for scope, due in rows})

    def _spread_answers(self) -> None:
        """A new answer may replace an earlier one of the same month."""
        table, zone = FACT_TABLES["response"], self.settings.zone
        for scope, days in touched_days(self.connection, "response").get("response", {}).items():
            months = {containing(day, Kind.MONTH) for day in days}
            for start, end in (month.instants(zone) for month in months):
                within = (table.c.scope == scope) & (table.c.at >= start) & (table.c.at < end)
                given = self.connection.execute(select(table.c.at).where(within)).scalars()
                touch(self.connection, {("response", scope, day_of(at, zone)) for at in given})

    def _spread_rates(self) -> None:
        touched = touched_days(self.connection, FxRate.kind).get(FxRate.kind, {})
        months = {containing(day, Kind.MONTH) for days in touched.values() for day in days}
        spend = FACT_TABLES["spend"]
        for month in sorted(months):
            query = select(spend.c.scope, spend.c.day).distinct().where(spend.c.scope.is_not(None))
            rows = self.connection.execute(query.where(spend.c.day >= month.start, spend.c.day < month.end))
            touch(self.connection, {("spend", scope, day) for scope, day in rows})

    def _spread_coverage(self, metric: Metric, kind: str) -> None:
        """Days that a source covers for a scope which it had told nothing of before, or no longer tells anything of."""
        table = schema.daily_metric
        query = select(table.c.day).distinct().where(table.c.metric == metric.id, table.c.version == metric.version)
        touched = touched_days(self.connection, kind).get(kind, {}).keys() & self._known
        for scope in (one for one in sorted(touched) if _tells_of_quiet_days(metric, self.tree.get(one))):
            told = frozenset(self.connection.execute(query.where(table.c.scope == scope)).scalars())
            touch(self.connection, {(kind, scope, day) for day in self.days.covered(kind, scope) ^ told})


def touched_days(connection: Connection, *kinds: str) -> Touched:
    """The touched days, of some kinds of fact or of all."""
    found: dict[str, dict[str, set[date]]] = defaultdict(lambda: defaultdict(set))
    query = select(schema.touched_day)
    for row in connection.execute(query.where(schema.touched_day.c.fact.in_(kinds)) if kinds else query).all():
        found[row.fact][row.scope].add(row.day)
    return {kind: {scope: frozenset(days) for scope, days in scopes.items()} for kind, scopes in found.items()}


def _tells_of_quiet_days(metric: Metric, scope: Scope) -> bool:
    """Whether a metric has a row for a day that was read and on which nothing happened."""
    quiet = ScopeDay(scope, date.min, 86_400, {}, frozenset(metric.fact_kinds), MetricRules(), currencies=("EUR",))
    return bool(metric.daily(quiet))
