"""What a company owes and when: every question about single runs of controls and deliveries of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.facts import ControlRun, LogDelivery
from data.period import Period
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import fact_of


@dataclass(frozen=True)
class Run:
    """A run of a control and the scope that it is about."""

    run: ControlRun
    scope: str


@dataclass(frozen=True)
class LogDay:
    """The compliance records of a type and day, and the scope that has to keep them."""

    delivery: LogDelivery
    scope: str


def runs_due(connection: Connection, scopes: Sequence[str], period: Period) -> tuple[Run, ...]:
    """Runs that were due in a period, whatever became of them, the earliest first."""
    due = FACT_TABLES[ControlRun.kind].c.due
    return _runs(connection, scopes, (due >= period.start, due < period.end))


def runs_open(connection: Connection, scopes: Sequence[str], on: date) -> tuple[Run, ...]:
    """Runs that were neither done by a day nor cancelled, the earliest due first: what is overdue, and what is next."""
    column = FACT_TABLES[ControlRun.kind].c
    return _runs(connection, scopes, (column.completed.is_(None) | (column.completed > on), column.cancelled == ""))


def _runs(connection: Connection, scopes: Sequence[str], such: tuple[ColumnElement[bool], ...]) -> tuple[Run, ...]:
    table = FACT_TABLES[ControlRun.kind]
    query: Any = select(table).where(table.c.scope.in_(list(scopes)), *such)
    rows = connection.execute(query.order_by(table.c.due, table.c.source_id))
    found = ((fact_of(ControlRun, row._mapping), row.scope) for row in rows)
    return tuple(Run(fact, scope) for fact, scope in found if isinstance(fact, ControlRun))


def log_days(connection: Connection, scopes: Sequence[str], period: Period) -> tuple[LogDay, ...]:
    """The deliveries of a period by type of record and scope, in order of days."""
    table = FACT_TABLES[LogDelivery.kind]
    query: Any = select(table).where(table.c.scope.in_(list(scopes)))
    query = query.where(table.c.day >= period.start, table.c.day < period.end)
    rows = connection.execute(query.order_by(table.c.record_type, table.c.scope, table.c.day))
    found = ((fact_of(LogDelivery, row._mapping), row.scope) for row in rows)
    return tuple(LogDay(fact, scope) for fact, scope in found if isinstance(fact, LogDelivery))
