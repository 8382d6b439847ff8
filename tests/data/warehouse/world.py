"""A small company in a warehouse, and what can be read of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select

from data.access import command_line_actor
from data.facts import Fact
from data.metrics import metric_named
from data.period import day_start, parse
from data.settings import Settings
from data.warehouse import schema
from data.warehouse.catalog import apply_settings, load_resolver
from data.warehouse.engine import reading, writing
from data.warehouse.readings import Reader, Reading
from data.warehouse.rollup import RollupReport, rollup
from data.warehouse.write import Stored, bump_version, note_covered, store_facts
from tests.data.happenings import at

MARIA = command_line_actor("maria")
NOW = at("2026-11-09 06:00")

GROUP: tuple[dict[str, Any], ...] = (
    {"id": "group", "kind": "portfolio", "name": "Group"},
    {"id": "europe", "kind": "entity", "name": "Europe", "parent": "group"},
    {"id": "america", "kind": "entity", "name": "America", "parent": "group", "currency": "USD"},
    {"id": "wallet", "kind": "service", "name": "Wallet", "parent": "europe", "tier": 1},
    {"id": "ledger", "kind": "service", "name": "Ledger", "parent": "europe", "tier": 1},
    {"id": "kyc", "kind": "service", "name": "KYC", "parent": "america", "tier": 2},
    {"id": "bank", "kind": "integration", "name": "Bank", "parent": "europe"},
)
SOURCES = tuple({"id": one, "type": one} for one in ("github", "prometheus", "billing", "rates"))


def settings(scopes: Iterable[Mapping[str, Any]] = GROUP, **other: Any) -> Settings:
    values: dict[str, Any] = {"warehouse": {"url": "sqlite:///unused.db"}, "kpis": (), "source": SOURCES}
    return Settings.model_validate(values | {"scope": tuple(scopes)} | other)


class Company:
    """A warehouse with its settings."""

    def __init__(self, engine: Engine, of: Settings | None = None) -> None:
        self.engine = engine
        self.settings = of or settings()
        apply_settings(engine, self.settings, MARIA)

    def now(self, of: Settings) -> None:
        """Live on with other settings."""
        self.settings = of
        apply_settings(self.engine, of, MARIA)

    def store(self, *facts: Fact) -> Stored:
        with writing(self.engine) as connection:
            stored = store_facts(connection, facts, load_resolver(connection), self.settings.zone)
            if stored.anything:
                bump_version(connection, "test")
            return stored

    def cover(self, fact: str, key: str, first: date, after: date) -> Stored:
        """A completed reading of whole days, as a sync reports it."""
        zone = self.settings.zone
        with writing(self.engine) as connection:
            resolver = load_resolver(connection)
            scope = resolver.scope("github", "repository", key, None)
            proof = (fact, "repository", key, day_start(first, zone), day_start(after, zone))
            return note_covered(connection, "github", proof, [scope] if scope else [], zone)

    def roll_up(self) -> RollupReport:
        return rollup(self.engine, self.settings)

    def rows(self, metric: str, scope: str, *names: str) -> dict[tuple[date, str], tuple[int, ...]]:
        """(day, variant) -> measures, whole ones by default: numerator, denominator, sample, known, expected."""
        table = schema.daily_metric
        columns = [table.c[name] for name in names or ("numerator", "denominator", "sample", "known", "expected")]
        query = select(table.c.day, table.c.variant, *columns)
        with reading(self.engine) as connection:
            found = connection.execute(query.where(table.c.metric == metric, table.c.scope == scope)).all()
        return {(day, variant): tuple(measures) for day, variant, *measures in found}

    def reading(self, metric: str, scope: str, period: str, as_of: datetime | None = None) -> Reading:
        with reading(self.engine) as connection:
            reader = Reader(connection, self.settings, as_of)
            return reader.reading(metric_named(metric), scope, parse(period))

    def numbers(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything that a roll-up writes."""
        tables = {"daily": schema.daily_metric, "period": schema.period_metric, "link": schema.link}
        with reading(self.engine) as connection:
            return {
                name: sorted((tuple(row) for row in connection.execute(select(table))), key=str)
                for name, table in tables.items()
            }

    def count(self, table: str) -> int:
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.count()).select_from(schema.metadata.tables[table])).scalar_one())

    def version(self) -> int:
        with reading(self.engine) as connection:
            return int(
                connection.execute(select(func.coalesce(func.max(schema.data_version.c.version), 0))).scalar_one()
            )

    def touched(self) -> set[tuple[str, str, date]]:
        with reading(self.engine) as connection:
            return {(row.fact, row.scope, row.day) for row in connection.execute(select(schema.touched_day))}

    def facts(self, kind: str) -> dict[str, str | None]:
        """Source id -> scope."""
        table = schema.FACT_TABLES[kind]
        with reading(self.engine) as connection:
            return {row.source_id: row.scope for row in connection.execute(select(table))}


def days(first: date, count: int) -> list[date]:
    return [first + timedelta(days=one) for one in range(count)]


def restated(company: Company) -> list[tuple[str, str, date, int | None, int | None]]:
    """What was restated, in order: metric, scope, day, numerator before and after."""
    table = schema.restatement
    columns = ("metric", "scope", "day", "old_numerator", "new_numerator")
    with reading(company.engine) as connection:
        rows = connection.execute(select(*(table.c[name] for name in columns)).order_by(table.c.id))
        return [tuple(row) for row in rows]
