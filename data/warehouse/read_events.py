"""The very events behind a number: every question about single deployments, changes, days and charges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from data.facts import Change, Deployment, Spend
from data.metrics.base import FactId, Metric
from data.period import Kind, Period
from data.warehouse import schema
from data.warehouse.exact_sum import exact_sum
from data.warehouse.links import CONTAINS
from data.warehouse.read_incidents import Failure, failures
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import fact_of


@dataclass(frozen=True)
class Release:
    """A deployment with its scope, all that it was failed by, the surest first, and the deployment that it undid."""

    deployment: Deployment
    scope: str
    failures: tuple[Failure, ...]
    undoes: FactId | None

    @property
    def undone_by(self) -> Failure | None:
        """The deployment that took it back."""
        return next((one for one in self.failures if one.incident is None), None)

    @property
    def broke(self) -> tuple[Failure, ...]:
        """The incidents that were held against it."""
        return tuple(one for one in self.failures if one.incident is not None)

    @property
    def id(self) -> FactId:
        """Its source and the source's own id."""
        return self.deployment.source, self.deployment.source_id


@dataclass(frozen=True)
class Delivered:
    """A change and when the deployment that first contained it reached production."""

    change: Change
    scope: str
    release: FactId
    deployed: datetime


@dataclass(frozen=True)
class ScopeDayRow:
    """What one metric counted for one scope on one day, in millionths."""

    scope: str
    day: date
    numerator: int
    denominator: int
    known: int
    expected: int


@dataclass(frozen=True)
class Line:
    """Charges of a span that agree in what they were for, added up; `charge` has no account, invoice or commitment."""

    charge: Spend
    records: int


def releases(connection: Connection, scopes: Sequence[str], start: datetime, end: datetime) -> tuple[Release, ...]:
    """Deployments of some scopes that ended (or, still running, began) in a span, the latest first."""
    table = FACT_TABLES["deployment"]
    query = select(table).where(table.c.scope.in_(list(scopes)), *_within(table.c, start, end))
    found = connection.execute(query.order_by(_ended(table.c).desc(), table.c.source_id)).all()
    failed = failures(connection, scopes)
    undoes = {one.by: one.deployment for found_by in failed.values() for one in found_by if one.incident is None}
    made = []
    for row in found:
        deployment = fact_of(Deployment, row._mapping)
        assert isinstance(deployment, Deployment)
        key = (deployment.source, deployment.source_id)
        made.append(Release(deployment, row.scope, failed.get(key, ()), undoes.get(key)))
    return tuple(made)


def delivered(connection: Connection, scopes: Sequence[str], start: datetime, end: datetime) -> tuple[Delivered, ...]:
    """Changes that reached production in a span, with the deployment that brought them."""
    link, release, change = schema.link, FACT_TABLES["deployment"], FACT_TABLES["change"]
    brought = and_(link.c.from_source == release.c.source, link.c.from_id == release.c.source_id)
    carried = and_(link.c.to_source == change.c.source, link.c.to_id == change.c.source_id)
    names = [column for column in change.c if column.name != "scope"]
    columns = (*names, link.c.scope.label("of_scope"), link.c.from_source, link.c.from_id)
    query: Select[Any] = (
        select(*columns, release.c.finished.label("deployed"))
        .join_from(link, release, brought)
        .join(change, carried)
        .where(link.c.kind == CONTAINS, link.c.scope.in_(list(scopes)))
        .where(release.c.finished >= start, release.c.finished < end)
    )
    made = []
    for row in connection.execute(query.order_by(release.c.finished, change.c.source_id)):
        fact = fact_of(Change, row._mapping)
        assert isinstance(fact, Change)
        made.append(Delivered(fact, row.of_scope, (row.from_source, row.from_id), row.deployed))
    return tuple(made)


def _ended(columns: Any) -> ColumnElement[Any]:
    return func.coalesce(columns.finished, columns.started)


def _within(columns: Any, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    # each alternative can use the index of its own column; coalesce() could use none
    finished = and_(columns.finished >= start, columns.finished < end)
    running = and_(columns.finished.is_(None), columns.started >= start, columns.started < end)
    return (finished | running,)


def days_of(
    connection: Connection, metric: Metric, scopes: Sequence[str], variant: str, period: Period
) -> tuple[ScopeDayRow, ...]:
    """The daily rows of a metric for several scopes."""
    table = schema.daily_metric
    columns = [table.c[name] for name in ScopeDayRow.__dataclass_fields__]
    query = select(*columns).where(table.c.metric == metric.id, table.c.version == metric.version)
    query = query.where(table.c.scope.in_(list(scopes)), table.c.variant == variant)
    rows = connection.execute(query.where(table.c.day >= period.start, table.c.day < period.end))
    return tuple(ScopeDayRow(**row._mapping) for row in rows)


LINE = ("provider", "service", "category", "subcategory", "charge_category", "charge_class", "currency", "tags")
_ABSENT: Mapping[str, Any] = {field.name: () if field.name == "tags" else "" for field in fields(Spend)}


def charge_lines(
    connection: Connection, scopes: Sequence[str], period: Period, agreeing_in: Sequence[str] = LINE
) -> tuple[Line, ...]:
    """Charges of some scopes in a period, added up exactly within each calendar month, by whose rate they convert.

    Lines that agree in fewer dimensions are fewer; the others are absent from them. Currency has to be among them.
    """
    table = FACT_TABLES["spend"]
    by = [table.c[name] for name in agreeing_in]
    sums = (exact_sum(table.c.billed).label("billed"), exact_sum(table.c.effective).label("effective"))
    query = select(*by, *sums, func.count().label("records"), func.min(table.c.day).label("day"))
    query = query.where(table.c.scope.in_(list(scopes))).group_by(*by).order_by(*by)
    found: list[Line] = []
    for month in period.split(Kind.MONTH):
        start, end = max(month.start, period.start), min(month.end, period.end)
        rows = connection.execute(query.where(table.c.day >= start, table.c.day < end))
        found += (_line(row._mapping) for row in rows.all())
    return tuple(found)


def _line(row: Mapping[Any, Any]) -> Line:
    told = {name: value for name, value in row.items() if name != "records"}
    return Line(Spend(**{**_ABSENT, **told, "billing_period": row["day"].replace(day=1)}), row["records"])


def billing(connection: Connection, scopes: Sequence[str], period: Period) -> frozenset[str]:
    """The providers that charged some scopes in a period."""
    table = FACT_TABLES["spend"]
    query = select(table.c.provider).distinct().where(table.c.scope.in_(list(scopes)))
    found = connection.execute(query.where(table.c.day >= period.start, table.c.day < period.end)).scalars()
    return frozenset(str(name) for name in found)


def first_day(connection: Connection) -> date | None:
    """The first day that any number is kept for."""
    return connection.execute(select(func.min(schema.daily_metric.c.day))).scalar()


def waiting_days(connection: Connection) -> int:
    """Days whose facts changed and whose numbers were not brought up to date yet."""
    return int(connection.execute(select(func.count()).select_from(schema.touched_day)).scalar_one())


def covered_spans(connection: Connection) -> Mapping[tuple[str, str], tuple[datetime, datetime]]:
    """First and last instant that each source was read for, by source and kind of fact."""
    table = schema.covered
    query = select(table.c.source, table.c.fact, func.min(table.c.start), func.max(table.c.end))
    rows = connection.execute(query.group_by(table.c.source, table.c.fact))
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}


def files(connection: Connection) -> tuple[Any, ...]:
    """The manifest of bulk files: source, path, size, sha256, rows, rejected, note, read_at; the latest first."""
    table = schema.file_manifest
    return tuple(connection.execute(select(table).order_by(table.c.read_at.desc(), table.c.path.desc())).all())


def last_runs(connection: Connection, limit: int = 50) -> tuple[Any, ...]:
    """The latest syncs of each source, newest first."""
    table = schema.sync_run
    place = func.row_number().over(partition_by=table.c.source, order_by=table.c.id.desc()).label("place")
    ranked = select(table, place).subquery()
    columns = [ranked.c[column.name] for column in table.c]
    query = select(*columns).where(ranked.c.place <= limit)
    return tuple(connection.execute(query.order_by(ranked.c.id.desc())).all())
