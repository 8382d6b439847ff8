"""The tables."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data.facts import FACTS, Fact, FxRate, Revenue, Spend, field_names
from data.warehouse import tables_budgets, tables_cases, tables_people
from data.warehouse.columns import count, metadata, table, text
from data.warehouse.types import Instant, Json, Millionths, Money, Serial

ELSEWHERE = (tables_budgets, tables_cases, tables_people)
"""Modules that declare more tables of the same metadata."""

__all__ = ["metadata"]

warehouse_info = table("warehouse_info", text("key", key=True), text("value"))

data_version = table(
    "data_version",
    Column("version", Serial, primary_key=True, autoincrement=True),
    Column("committed_at", Instant, nullable=False),
    text("cause"),
)

# What things are, and what sources call them

scope = table(
    "scope",
    Column("row", Serial, primary_key=True, autoincrement=True),
    text("id"),
    text("kind"),
    text("name"),
    text("parent", null=True),
    Column("tier", Integer),
    Column("currency", String(3)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    UniqueConstraint("id", "valid_from"),
)

scope_dependency = table(
    "scope_dependency",
    Column("row", Serial, primary_key=True, autoincrement=True),
    text("scope"),
    text("on_scope"),
    Column("hard", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

scope_alias = table(
    "scope_alias",
    Column("row", Serial, primary_key=True, autoincrement=True),
    text("source"),
    text("kind"),
    text("key"),
    text("scope"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    text("declared_by"),
    Index(None, "source", "kind", "key"),
)

# What sources said

raw_record = table(
    "raw_record",
    text("source", key=True),
    text("kind", key=True),
    text("source_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("times_seen", Integer, nullable=False),
    Column("gone_at", Instant),
    Column("payload", Json, nullable=False),
)
# few records are gone at their source; without it each look for them would read every payload
_GONE = raw_record.c.gone_at.is_not(None)
Index("ix_raw_record_gone", raw_record.c.source, raw_record.c.kind, sqlite_where=_GONE, postgresql_where=_GONE)

rejected_record = table(
    "rejected_record",
    text("source", key=True),
    text("kind", key=True),
    text("place", key=True),
    text("reason"),
    Column("payload", Json, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("times_seen", Integer, nullable=False),
)

file_manifest = table(
    "file_manifest",
    text("source", key=True),
    text("path", key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    count("rows"),
    count("rejected"),
    text("note"),
    Column("read_at", Instant, nullable=False),
)

cursor = table(
    "cursor",
    text("source", key=True),
    text("stream", key=True),
    Column("value", Json, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

open_item = table(
    "open_item",
    text("source", key=True),
    text("stream", key=True),
    text("item", key=True),
    Column("opened_at", Instant, nullable=False),
)

covered = table(
    "covered",
    text("source", key=True),
    text("fact", key=True),
    text("key_kind", key=True),
    text("key", key=True),
    Column("start", Instant, primary_key=True),
    Column("end", Instant, nullable=False),
)

sync_run = table(
    "sync_run",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("source"),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    text("outcome"),
    Column("fetched", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    text("message"),
    Index(None, "source", "started"),
)

lease = table(
    "lease",
    text("name", key=True),
    text("holder"),
    Column("acquired_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

schedule_run = table(
    "schedule_run",
    text("job", key=True),
    text("local_time", key=True),
    Column("due_at", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Column("exit_code", Integer),
    text("holder", null=True),
    Column("claimed_until", Instant),
)

# Facts: one table per kind, its columns those of the record, and the scope that its key was found to mean


def _fact_column(fact: type[Fact], name: str, hint: Any) -> Column[Any]:
    nullable = get_origin(hint) in (Union, UnionType)
    base = next(arg for arg in get_args(hint) if arg is not type(None)) if nullable else hint
    if get_origin(base) is tuple:
        return Column(name, Json, nullable=False)
    exact = Money if fact in (Spend, FxRate, Revenue) else Millionths
    types: dict[Any, Any] = {str: Text, int: Integer, bool: Boolean, datetime: Instant, date: Date, Decimal: exact}
    return Column(name, types[base], primary_key=name in ("source", "source_id"), nullable=nullable)


_FACT_INDEXES: dict[str, tuple[tuple[str, ...], ...]] = {
    "deployment": (("scope", "finished"), ("source", "key")),
    "change": (("scope", "merged"), ("source", "key")),
    "work_item": (("scope", "created"),),
    "incident": (("scope", "started"),),
    "probe_day": (("scope", "day"),),
    "request_day": (("scope", "day"),),
    "response": (("scope", "at"), ("respondent",)),
    "survey_count": (("scope", "day"),),
    "usage": (("scope", "day"),),
    "spend": (("scope", "day"), ("source", "billing_period")),
    "fx_rate": (("base", "quote", "day"),),
    "revenue": (("scope", "day"),),
    "headcount": (("scope", "day"),),
    "control_run": (("scope", "due"),),
    "log_delivery": (("scope", "day"),),
    "measurement": (("scope", "day"),),
}


def _fact_table(fact: type[Fact]) -> Table:
    hints = get_type_hints(fact)
    columns = [_fact_column(fact, name, hints[name]) for name in field_names(fact)]
    indexes = [Index(None, *names) for names in _FACT_INDEXES[fact.kind]]
    return table(f"fact_{fact.kind}", *columns, text("scope", null=True), *indexes)


FACT_TABLES: dict[str, Table] = {fact.kind: _fact_table(fact) for fact in FACTS}

incident_scope = table(
    "incident_scope",
    text("source", key=True),
    text("source_id", key=True),
    Column("place", Integer, primary_key=True),
    text("scope"),
    text("impact"),
    Column("start", Instant, nullable=False),
    Column("end", Instant),
    Index(None, "scope", "start"),
)

reconciliation = table(
    "reconciliation",
    text("source", key=True),
    text("fact", key=True),
    text("key_kind", key=True),
    text("key", key=True),
    text("measure", key=True),
    Column("start", Date, primary_key=True),
    Column("end", Date, nullable=False),
    text("at_source"),
    text("stored"),
    Column("checked_at", Instant, nullable=False),
)

touched_day = table(
    "touched_day",
    text("fact", key=True),
    text("scope", key=True),
    Column("day", Date, primary_key=True),
)

link = table(
    "link",
    text("kind", key=True),
    text("from_source", key=True),
    text("from_id", key=True),
    text("to_source", key=True),
    text("to_id", key=True),
    text("scope"),
    text("method"),
    Column("confidence", Float, nullable=False),
    Index(None, "kind", "scope"),
    Index(None, "kind", "to_source", "to_id"),
)

# Numbers

daily_metric = table(
    "daily_metric",
    text("metric", key=True),
    text("scope", key=True),
    text("variant", key=True),
    Column("version", Integer, primary_key=True),
    Column("day", Date, primary_key=True),
    count("numerator"),
    count("denominator"),
    count("sum_squares"),
    count("sample"),
    count("known"),
    count("expected"),
    sqlite_with_rowid=False,
)

period_metric = table(
    "period_metric",
    text("metric", key=True),
    text("scope", key=True),
    text("variant", key=True),
    Column("version", Integer, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("end", Date, primary_key=True),
    text("statistic", key=True),
    Column("value", Millionths, nullable=False),
    Column("low", Millionths),
    Column("high", Millionths),
    Column("n", Integer, nullable=False),
)

restatement = table(
    "restatement",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("metric"),
    Column("version", Integer, nullable=False),
    text("variant"),
    text("scope"),
    Column("day", Date, nullable=False),
    Column("old_numerator", BigInteger),
    Column("old_denominator", BigInteger),
    Column("new_numerator", BigInteger),
    Column("new_denominator", BigInteger),
    Column("data_version", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    text("cause"),
    Index(None, "metric", "scope", "day"),
)

# Policy and its history

target = table(
    "target",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("benchmark"),
    text("metric"),
    text("scope", null=True),
    text("kind"),
    text("low", null=True),
    text("high", null=True),
    text("statistic"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    text("owner"),
    text("approved_by", null=True),
    text("publisher"),
    text("vintage"),
    UniqueConstraint("benchmark", "scope", "valid_from"),
)

benchmark_file = table(
    "benchmark_file",
    text("name", key=True),
    Column("sha256", String(64), nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

change_log = table(
    "change_log",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    text("actor"),
    text("action"),
    text("object"),
    Column("old", Json),
    Column("new", Json),
    text("why"),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
