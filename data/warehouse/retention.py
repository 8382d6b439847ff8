"""What is let go: a person who asks for it, and what has become older than the settings keep it. No number changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Text, and_, delete, func, select, type_coerce, update
from sqlalchemy.sql.dml import Delete, Update

from data.access import Actor, Permission
from data.period import day_of
from data.warehouse import change_log, schema
from data.warehouse.engine import writing
from data.warehouse.schema import FACT_TABLES
from data.warehouse.upsert import chunks
from data.warehouse.write import bump_version

FORGOT = "forgot"
_RESPONDENT = "respondent "


@dataclass(frozen=True)
class Forgotten:
    """What was stored of a person: answers that stay without name and comment, answers removed because a later one of
    the same month stands for them, raw records, records set aside."""

    answers: int
    superseded: int
    records: int
    rejected: int


def forget(
    engine: Engine, zone: ZoneInfo, actor: Actor, respondent: str, source: str | None, why: str
) -> Forgotten | None:
    """Take a person out of the answers, of one source or of all; None where nothing is stored. NotPermitted.

    The scores stay. The log of changes names the hash and the counts, so that a later reading leaves out what the
    person had said until then.
    """
    actor.require(Permission.OPERATE)
    with writing(engine) as connection:
        superseded = _drop_superseded(connection, zone, respondent, source)
        table = FACT_TABLES["response"]
        unnamed = update(table).where(table.c.respondent == respondent).values(respondent=None, comment=None)
        done = Forgotten(
            answers=_run(connection, _of_source(unnamed, table, source)),
            superseded=superseded,
            records=_drop_naming(connection, schema.raw_record, respondent, source),
            rejected=_drop_naming(connection, schema.rejected_record, respondent, source),
        )
        if not any(asdict(done).values()):
            return None
        told = asdict(done) | {"source": source}
        change_log.append(connection, actor, FORGOT, f"{_RESPONDENT}{respondent}", None, told, why)
        bump_version(connection, "a respondent was forgotten")
        return done


def forgotten(connection: Connection, source: str) -> dict[str, datetime]:
    """The people of a source who asked to be forgotten, as hashes, and when they did last."""
    table = schema.change_log
    rows = connection.execute(select(table.c.object, table.c.at, table.c.new).where(table.c.action == FORGOT))
    asked = [(row.object, row.at) for row in rows.all() if row.new["source"] in (None, source)]
    return {what.removeprefix(_RESPONDENT): at for what, at in sorted(asked, key=lambda one: one[1])}


def _drop_superseded(connection: Connection, zone: ZoneInfo, respondent: str, source: str | None) -> int:
    """Without their name, answers that the person gave anew would count beside the later ones."""
    table = FACT_TABLES["response"]
    columns = (table.c.source, table.c.source_id, table.c.survey, table.c.form, table.c.at)
    query = select(*columns).where(table.c.respondent == respondent).order_by(table.c.at, table.c.source_id)
    latest: dict[tuple[str, str, str, date], str] = {}
    earlier: list[tuple[str, str]] = []
    for row in connection.execute(_of_source(query, table, source)):
        wave = (row.source, row.survey, row.form, day_of(row.at, zone).replace(day=1))
        if wave in latest:
            earlier.append((row.source, latest[wave]))
        latest[wave] = row.source_id
    for of_source, source_id in earlier:
        connection.execute(delete(table).where(table.c.source == of_source, table.c.source_id == source_id))
    return len(earlier)


def _drop_naming(connection: Connection, table: Any, respondent: str, source: str | None) -> int:
    """Whatever records hold the hash, in every version."""
    names = type_coerce(table.c.payload, Text).contains(respondent, autoescape=True)
    return _run(connection, _of_source(delete(table).where(names), table, source))


def _of_source(statement: Any, table: Any, source: str | None) -> Any:
    return statement if source is None else statement.where(table.c.source == source)


def clear_comments(connection: Connection, before: datetime) -> int:
    """Remove what people wrote before an instant; their scores stay. How many comments there were."""
    table = FACT_TABLES["response"]
    old = and_(table.c.at < before, table.c.comment.is_not(None))
    return _run(connection, update(table).where(old).values(comment=None))


def drop_records(connection: Connection, source: str, kind: str, ids: Sequence[str]) -> int:
    """Remove raw records with all of their versions."""
    table = schema.raw_record
    same = and_(table.c.source == source, table.c.kind == kind)
    return sum(_run(connection, delete(table).where(same, table.c.source_id.in_(part))) for part in chunks(ids))


def drop_unseen_records(connection: Connection, before: datetime, sources: Collection[str] | None = None) -> int:
    """Remove versions of raw records, of some sources or of all, that were last seen before an instant; their facts
    stay."""
    table = schema.raw_record
    old = delete(table).where(table.c.last_seen < before)
    return _run(connection, old if sources is None else old.where(table.c.source.in_(sources)))


def answering_sources(connection: Connection) -> frozenset[str]:
    """The sources that ever told an answer."""
    return frozenset(connection.execute(select(FACT_TABLES["response"].c.source).distinct()).scalars())


def drop_rejected(connection: Connection, before: datetime) -> int:
    """Remove records set aside that were last seen before an instant."""
    table = schema.rejected_record
    return _run(connection, delete(table).where(table.c.last_seen < before))


def drop_runs(connection: Connection, before: datetime) -> int:
    """Remove runs that ended before an instant, but for the last run and the last success of each source and job."""
    run, job = schema.sync_run, schema.schedule_run
    last = select(func.max(run.c.id)).group_by(run.c.source)
    kept = and_(run.c.id.not_in(last), run.c.id.not_in(last.where(run.c.outcome == "done")))
    of_syncs = _run(connection, delete(run).where(run.c.finished < before, kept))
    other = job.alias()
    newest = select(func.max(other.c.due_at)).where(other.c.job == job.c.job).scalar_subquery()
    return of_syncs + _run(connection, delete(job).where(job.c.finished < before, job.c.due_at < newest))


def _run(connection: Connection, statement: Delete | Update) -> int:
    return int(connection.execute(statement).rowcount)
