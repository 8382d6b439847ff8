"""A source that yields the pages of a script, and a company that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Engine, select

from data.access import command_line_actor
from data.facts import Deployment, Fact, Response
from data.settings import Settings, load
from data.warehouse import schema
from data.warehouse.engine import reading
from pipelines import sync as runner
from pipelines.connectors.base import Connector, Count, Covered, Finding, Page, Position, Record
from pipelines.errors import SkipRecord

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
START = datetime(2026, 10, 1, tzinfo=UTC)
MARIA = command_line_actor("maria")

SETTINGS = """
[company]
name = "Test company"
[[scope]]
id = "group"
kind = "portfolio"
name = "Group"
[[scope]]
id = "wallet"
kind = "service"
name = "Wallet"
parent = "group"
[[source]]
id = "code"
type = "scripted"
since = 2026-10-01
[[alias]]
source = "code"
kind = "repository"
key = "acme/wallet"
scope = "wallet"
[[alias]]
source = "code"
kind = "poll"
key = "p1"
scope = "wallet"
"""


class Scripted(Connector):
    """An exception in the script is raised in its place; `outcome` is what its rules make of every deployment, `seen`
    where it was last asked to start."""

    type = "scripted"
    title = "Scripted"
    fact_kinds = ("deployment", "response")
    keep: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "deployment": ("created_at", "finished"),
        "answer": ("at", "score", "respondent", "comment"),
    }
    lists: ClassVar[Mapping[str, tuple[str, ...]]] = {"deployment": ("created_at",)}
    script: tuple[Page | Exception, ...] = ()
    told: tuple[Count, ...] | Exception = ()
    outcome = "success"
    seen: Position | None = None

    def fetch(self, position: Position) -> Iterator[Page]:
        type(self).seen = position
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            yield step

    def facts(self, record: Record) -> tuple[Fact, ...]:
        if record.kind == "answer":
            return (response(record),)
        if "finished" not in record.payload:
            raise SkipRecord("The deployment has no end.")
        if record.payload["finished"] is None:
            return ()
        return (deployment(record.source_id, record.payload["finished"], self.outcome),)

    def counts(self, position: Position) -> Iterator[Count]:
        if isinstance(self.told, Exception):
            raise self.told
        return iter(self.told)

    def check(self) -> Iterator[Finding]:
        return iter(())


def deployment(source_id: str, finished: str, outcome: str = "success") -> Deployment:
    at = datetime.fromisoformat(finished)
    return Deployment(
        source="code", source_id=source_id, key_kind="repository", key="acme/wallet", environment="production",
        outcome=outcome, started=at, finished=at, revision=None,
    )  # fmt: skip


def response(record: Record) -> Response:
    said = record.payload
    return Response(
        source="code", source_id=f"{record.source_id}:q1", key_kind="poll", key="p1", survey="p1", form="nps",
        at=datetime.fromisoformat(said["at"]), score=Decimal(said["score"]), scale_low=Decimal(0),
        scale_high=Decimal(10), high_is_good=True, feature="", audience="", channel="", respondent=said["respondent"],
        comment=said["comment"],
    )  # fmt: skip


def released(source_id: str, day: str = "2026-10-05", *, finished: bool = True) -> Record:
    """The record of a deployment that was made and finished on a day."""
    at = f"{day}T10:00:00+00:00"
    return Record("deployment", source_id, {"created_at": at, **({"finished": at} if finished else {})})


def answered(source_id: str, respondent: str, day: str = "2026-10-05", comment: str | None = None) -> Record:
    """The record of an answer of 9 of 10."""
    said = {"at": f"{day}T10:00:00+00:00", "score": "9", "respondent": respondent, "comment": comment}
    return Record("answer", source_id, said)


def page(*records: Record, **more: Any) -> Page:
    return Page("everything", records, **more)


def covered(fact: str = "deployment", key_kind: str = "repository", key: str = "acme/wallet") -> Covered:
    """Proof that everything from 1 October on was read."""
    return Covered(fact, key_kind, key, START, NOW)


@dataclass
class Company:
    """A warehouse on the morning of 9 November 2026, and the one source that it reads."""

    engine: Engine
    settings: Settings

    def sync(self, *script: Page | Exception, **options: Any) -> runner.SyncReport:
        Scripted.script = script
        return runner.sync(self.engine, self.settings, self.settings.source[0], **options)

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """Some columns of all rows of a table, in order."""
        of = schema.metadata.tables[table]
        with reading(self.engine) as connection:
            return sorted(tuple(row) for row in connection.execute(select(*(of.c[name] for name in columns))))

    def days(self, metric: str, scope: str = "group") -> dict[date, int]:
        """The numerators of a metric, in millionths."""
        table = schema.daily_metric
        query = select(table.c.day, table.c.numerator).where(table.c.metric == metric, table.c.scope == scope)
        with reading(self.engine) as connection:
            return dict(connection.execute(query).all())


def settings_in(folder: Path, text: str = SETTINGS) -> Settings:
    """The settings that a file of this text gives."""
    file = folder / "plumbline.toml"
    file.write_text(text)
    return load(file, {})
