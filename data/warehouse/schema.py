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
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from data.facts import FACTS, Fact, FxRate, Revenue, Spend, field_names
from data.warehouse.types import Instant, Json, Millionths, Money, Serial

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _table(name: str, *parts: Any, **options: Any) -> Table:
    return Table(name, metadata, *parts, **options)


def _text(name: str, *, null: bool = False, key: bool = False) -> Column[str]:
    return Column(name, Text, primary_key=key, nullable=null)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


warehouse_info = _table("warehouse_info", _text("key", key=True), _text("value"))

data_version = _table(
    "data_version",
    Column("version", Serial, primary_key=True, autoincrement=True),
    Column("committed_at", Instant, nullable=False),
    _text("cause"),
)

# What things are, and what sources call them

scope = _table(
    "scope",
    Column("row", Serial, primary_key=True, autoincrement=True),
    _text("id"),
    _text("kind"),
    _text("name"),
    _text("parent", null=True),
    Column("tier", Integer),
    Column("currency", String(3)),
    Column("valid_from", Date),
    Column("valid_to", Date),
    UniqueConstraint("id", "valid_from"),
)

scope_dependency = _table(
    "scope_dependency",
    Column("row", Serial, primary_key=True, autoincrement=True),
    _text("scope"),
    _text("on_scope"),
    Column("hard", Boolean, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
)

scope_alias = _table(
    "scope_alias",
    Column("row", Serial, primary_key=True, autoincrement=True),
    _text("source"),
    _text("kind"),
    _text("key"),
    _text("scope"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    _text("declared_by"),
    Index(None, "source", "kind", "key"),
)

# What sources said

raw_record = _table(
    "raw_record",
    _text("source", key=True),
    _text("kind", key=True),
    _text("source_id", key=True),
    Column("version", Integer, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("times_seen", Integer, nullable=False),
    Column("gone_at", Instant),
    Column("payload", Json, nullable=False),
)

rejected_record = _table(
    "rejected_record",
    _text("source", key=True),
    _text("kind", key=True),
    _text("place", key=True),
    _text("reason"),
    Column("payload", Json, nullable=False),
    Column("first_seen", Instant, nullable=False),
    Column("last_seen", Instant, nullable=False),
    Column("times_seen", Integer, nullable=False),
)

file_manifest = _table(
    "file_manifest",
    _text("source", key=True),
    _text("path", key=True),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    _count("rows"),
    _count("rejected"),
    _text("note"),
    Column("read_at", Instant, nullable=False),
)

cursor = _table(
    "cursor",
    _text("source", key=True),
    _text("stream", key=True),
    Column("value", Json, nullable=False),
    Column("moved_at", Instant, nullable=False),
)

open_item = _table(
    "open_item",
    _text("source", key=True),
    _text("stream", key=True),
    _text("item", key=True),
    Column("opened_at", Instant, nullable=False),
)

covered = _table(
    "covered",
    _text("source", key=True),
    _text("fact", key=True),
    _text("key_kind", key=True),
    _text("key", key=True),
    Column("start", Instant, primary_key=True),
    Column("end", Instant, nullable=False),
)

sync_run = _table(
    "sync_run",
    Column("id", Serial, primary_key=True, autoincrement=True),
    _text("source"),
    Column("started", Instant, nullable=False),
    Column("finished", Instant),
    _text("outcome"),
    Column("fetched", Integer, nullable=False),
    Column("stored", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    _text("message"),
    Index(None, "source", "started"),
)

lease = _table(
    "lease",
    _text("name", key=True),
    _text("holder"),
    Column("acquired_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

schedule_run = _table(
    "schedule_run",
    _text("job", key=True),
    _text("local_time", key=True),
    Column("due_at", Instant, nullable=False),
    Column("started", Instant),
    Column("finished", Instant),
    Column("exit_code", Integer),
    _text("holder", null=True),
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
    return _table(f"fact_{fact.kind}", *columns, _text("scope", null=True), *indexes)


FACT_TABLES: dict[str, Table] = {fact.kind: _fact_table(fact) for fact in FACTS}

incident_scope = _table(
    "incident_scope",
    _text("source", key=True),
    _text("source_id", key=True),
    Column("place", Integer, primary_key=True),
    _text("scope"),
    _text("impact"),
    Column("start", Instant, nullable=False),
    Column("end", Instant),
    Index(None, "scope", "start"),
)

reconciliation = _table(
    "reconciliation",
    _text("source", key=True),
    _text("fact", key=True),
    _text("key_kind", key=True),
    _text("key", key=True),
    _text("measure", key=True),
    Column("start", Date, primary_key=True),
    Column("end", Date, nullable=False),
    _text("at_source"),
    _text("stored"),
    Column("checked_at", Instant, nullable=False),
)

touched_day = _table(
    "touched_day",
    _text("fact", key=True),
    _text("scope", key=True),
    Column("day", Date, primary_key=True),
)

link = _table(
    "link",
    _text("kind", key=True),
    _text("from_source", key=True),
    _text("from_id", key=True),
    _text("to_source", key=True),
    _text("to_id", key=True),
    _text("scope"),
    _text("method"),
    Column("confidence", Float, nullable=False),
    Index(None, "kind", "scope"),
    Index(None, "kind", "to_source", "to_id"),
)

# Numbers

daily_metric = _table(
    "daily_metric",
    _text("metric", key=True),
    _text("scope", key=True),
    _text("variant", key=True),
    Column("version", Integer, primary_key=True),
    Column("day", Date, primary_key=True),
    _count("numerator"),
    _count("denominator"),
    _count("sum_squares"),
    _count("sample"),
    _count("known"),
    _count("expected"),
    sqlite_with_rowid=False,
)

period_metric = _table(
    "period_metric",
    _text("metric", key=True),
    _text("scope", key=True),
    _text("variant", key=True),
    Column("version", Integer, primary_key=True),
    Column("start", Date, primary_key=True),
    Column("end", Date, primary_key=True),
    _text("statistic", key=True),
    Column("value", Millionths, nullable=False),
    Column("low", Millionths),
    Column("high", Millionths),
    Column("n", Integer, nullable=False),
)

restatement = _table(
    "restatement",
    Column("id", Serial, primary_key=True, autoincrement=True),
    _text("metric"),
    Column("version", Integer, nullable=False),
    _text("variant"),
    _text("scope"),
    Column("day", Date, nullable=False),
    Column("old_numerator", BigInteger),
    Column("old_denominator", BigInteger),
    Column("new_numerator", BigInteger),
    Column("new_denominator", BigInteger),
    Column("data_version", BigInteger, nullable=False),
    Column("at", Instant, nullable=False),
    _text("cause"),
    Index(None, "metric", "scope", "day"),
)

# Policy and its history

target = _table(
    "target",
    Column("id", Serial, primary_key=True, autoincrement=True),
    _text("benchmark"),
    _text("metric"),
    _text("scope", null=True),
    _text("kind"),
    _text("low", null=True),
    _text("high", null=True),
    _text("statistic"),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    _text("owner"),
    _text("approved_by", null=True),
    _text("publisher"),
    _text("vintage"),
    UniqueConstraint("benchmark", "scope", "valid_from"),
)

benchmark_file = _table(
    "benchmark_file",
    _text("name", key=True),
    Column("sha256", String(64), nullable=False),
    Column("loaded_at", Instant, nullable=False),
)

change_log = _table(
    "change_log",
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    _text("actor"),
    _text("action"),
    _text("object"),
    Column("old", Json),
    Column("new", Json),
    _text("why"),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
