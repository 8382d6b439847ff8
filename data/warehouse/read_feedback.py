"""What people answered and wrote: every question about single answers and about polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select

from data.facts import Response, SurveyCount
from data.warehouse.schema import FACT_TABLES
from data.warehouse.write import fact_of

Cell = tuple[str, str]
"""A scope and a form of question."""

_TABLE = FACT_TABLES[Response.kind]


@dataclass(frozen=True)
class Voice:
    """An answer with something written beside it, and the scope that it is about."""

    response: Response
    scope: str


@dataclass(frozen=True)
class Poll:
    """The counters of a poll at the end of a day, and the scope that it is about."""

    count: SurveyCount
    scope: str


def people(connection: Connection, scopes: Sequence[str], start: datetime, end: datetime) -> dict[Cell, int]:
    """How many answered about each of some scopes itself (not about those below it) in a span, by form."""
    who = func.count(func.distinct(func.coalesce(_TABLE.c.respondent, _TABLE.c.source_id)))
    query = select(_TABLE.c.scope, _TABLE.c.form, who).where(*_within(scopes, start, end))
    rows = connection.execute(query.group_by(_TABLE.c.scope, _TABLE.c.form))
    return {(scope, form): count for scope, form, count in rows}


def voices(
    connection: Connection, scopes: Sequence[str], start: datetime, end: datetime, most: int
) -> tuple[Voice, ...]:
    """The latest comments of a span, at most so many for each scope and form, each person's last answer only."""
    later = _TABLE.alias("later")
    same = [later.c[name] == _TABLE.c[name] for name in ("source", "survey", "form", "respondent")]
    again = exists().where(and_(*same, later.c.at > _TABLE.c.at, later.c.at < end))
    order = (_TABLE.c.at.desc(), _TABLE.c.source_id)
    place = func.row_number().over(partition_by=(_TABLE.c.scope, _TABLE.c.form), order_by=order).label("place")
    written = select(_TABLE, place).where(*_within(scopes, start, end), _TABLE.c.comment.is_not(None), ~again)
    ranked = written.subquery()
    query = select(ranked).where(ranked.c.place <= most).order_by(ranked.c.at.desc(), ranked.c.source_id)
    found = ((fact_of(Response, row._mapping), row.scope) for row in connection.execute(query))
    return tuple(Voice(fact, scope) for fact, scope in found if isinstance(fact, Response))


def polls(connection: Connection, scopes: Sequence[str], until: date) -> tuple[Poll, ...]:
    """Each poll by its last count up to and including a day; one counted only later, by its first count."""
    table = FACT_TABLES[SurveyCount.kind]
    day = func.coalesce(func.max(case((table.c.day <= until, table.c.day))), func.min(table.c.day))
    mine = table.c.scope.in_(list(scopes))
    chosen = select(table.c.source, table.c.survey, day.label("day")).where(mine)
    chosen_day = chosen.group_by(table.c.source, table.c.survey).subquery()
    same = [table.c[name] == chosen_day.c[name] for name in ("source", "survey", "day")]
    query = select(table).join(chosen_day, and_(*same)).where(mine)
    rows = connection.execute(query.order_by(table.c.source, table.c.survey))
    found = ((fact_of(SurveyCount, row._mapping), row.scope) for row in rows)
    return tuple(Poll(fact, scope) for fact, scope in found if isinstance(fact, SurveyCount))


def _within(scopes: Sequence[str], start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    return _TABLE.c.scope.in_(list(scopes)), _TABLE.c.at >= start, _TABLE.c.at < end
