"""What may be kept of people: nothing of those who asked to be forgotten, comments for as long as the settings say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from data.access import Actor, Permission
from data.clock import clock
from data.facts import Fact, Response
from data.settings import Settings
from data.warehouse import change_log
from data.warehouse.engine import writing
from data.warehouse.raw import latest_records, record_kinds
from data.warehouse.retention import (
    answering_sources,
    clear_comments,
    drop_records,
    drop_rejected,
    drop_runs,
    drop_unseen_records,
    forgotten,
)
from data.warehouse.types import canonical
from data.warehouse.write import bump_version
from pipelines.connectors import connector_of
from pipelines.connectors.base import Connector, Page, Record
from pipelines.errors import SkipRecord


@dataclass(frozen=True)
class Removed:
    """What a retention run removed: raw records (versions of them), comments, records set aside, runs."""

    records: int
    comments: int
    rejected: int
    runs: int


def fit_to_keep(
    connection: Connection, settings: Settings, connector: Connector, page: Page, facts: Sequence[Fact]
) -> tuple[Page, list[Fact]]:
    """A page and the facts of its records without what may not be kept, nor the records that told it."""
    if Response.kind not in connector.fact_kinds:
        return page, [*facts]
    gone, oldest = forgotten(connection, connector.source.id), _ago(settings.retention.text_days)
    if not gone and oldest is None:
        return page, [*facts]

    def fit(made: Iterable[Fact]) -> Iterator[Fact]:
        return (_without_text(fact, oldest) for fact in made if not _is_forgotten(fact, gone))

    records = tuple(one for one in page.records if _may_keep(connector, one, gone, oldest))
    return replace(page, records=records, facts=tuple(fit(page.facts))), list(fit(facts))


def retain(engine: Engine, settings: Settings, actor: Actor) -> Removed:
    """Remove what is older than the settings keep it, in one transaction; logged where there was any. NotPermitted."""
    actor.require(Permission.OPERATE)
    rules = settings.retention
    raw, texts, rejected, runs = map(_ago, (rules.raw_days, rules.text_days, rules.rejected_days, rules.run_days))
    with writing(engine) as connection:
        # the records first: they tell which answers are old
        told = _drop_texts(connection, settings, texts) if texts else 0
        done = Removed(
            records=told + (drop_unseen_records(connection, raw) if raw else 0),
            comments=clear_comments(connection, texts) if texts else 0,
            rejected=drop_rejected(connection, rejected) if rejected else 0,
            runs=drop_runs(connection, runs) if runs else 0,
        )
        if any(asdict(done).values()):
            rules_said = rules.model_dump(exclude_none=True)
            change_log.append(
                connection, actor, "let go", "what the settings keep no longer", rules_said, asdict(done), ""
            )
            bump_version(connection, "retention")
        return done


def _ago(days: int | None) -> datetime | None:
    return None if days is None else clock() - timedelta(days=days)


def _drop_texts(connection: Connection, settings: Settings, before: datetime) -> int:
    """Remove the raw records of answers whose comments are too old; of a source that is no longer configured, by when
    it last told of them."""
    left = answering_sources(connection) - {source.id for source in settings.source}
    count = drop_unseen_records(connection, before, left)
    for source in settings.source:
        connector = connector_of(source.type)(source, settings)
        if Response.kind not in connector.fact_kinds:
            continue
        found: dict[str, list[str]] = defaultdict(list)
        for kind in record_kinds(connection, source.id):
            for one in latest_records(connection, source.id, kind):
                if not _may_keep(connector, Record(kind, one.source_id, one.payload), {}, before):
                    found[kind].append(one.source_id)
        count += sum(drop_records(connection, source.id, kind, ids) for kind, ids in found.items())
    return count


def _may_keep(connector: Connector, record: Record, gone: dict[str, datetime], oldest: datetime | None) -> bool:
    try:
        made = connector.facts(record)
    except SkipRecord:
        return not any(name in canonical(record.payload) for name in gone)
    return all(not _is_forgotten(fact, gone) and _without_text(fact, oldest) is fact for fact in made)


def _is_forgotten(fact: Fact, gone: dict[str, datetime]) -> bool:
    """Whether the fact is an answer that its respondent gave before asking to be forgotten."""
    if not isinstance(fact, Response) or fact.respondent not in gone:
        return False
    return fact.at <= gone[fact.respondent]


def _without_text(fact: Fact, oldest: datetime | None) -> Fact:
    if oldest is None or not isinstance(fact, Response) or fact.comment is None or fact.at >= oldest:
        return fact
    return replace(fact, comment=None)
