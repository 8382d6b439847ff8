"""The tables of budget scenarios."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, UniqueConstraint

from data.finance.budget_edits import MONTH_FIELDS
from data.warehouse.columns import table, text
from data.warehouse.types import Instant, Json, Money, Serial


def _months() -> list[Column[Any]]:
    return [Column(name, Money, nullable=False) for name in MONTH_FIELDS]


budget_scenario = table(
    "budget_scenario",
    text("id", key=True),
    text("series"),
    Column("version", Integer, nullable=False),
    text("name"),
    text("kind"),
    Column("fiscal_year", Integer, nullable=False),
    Column("fiscal_start", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    text("scope"),
    Column("rates", Json, nullable=False),
    Column("pool_limit", Money),
    text("parent", null=True),
    text("reason"),
    text("status"),
    Column("revision", Integer, nullable=False),
    Column("saves", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    text("created_by"),
    Column("submitted_at", Instant),
    text("submitted_by", null=True),
    Column("approved_at", Instant),
    text("approved_by", null=True),
    Column("approved_hash", String(64)),
    Column("locked_at", Instant),
    text("locked_by", null=True),
    text("returned_because", null=True),
    UniqueConstraint("series", "version"),
)

budget_line = table(
    "budget_line",
    text("scenario", key=True),
    text("id", key=True),
    Column("place", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    *(text(name) for name in ("name", "category", "cost_class", "purpose", "treatment", "side")),
    *(text(name) for name in ("owner", "service", "vendor", "driver", "note")),
    Column("currency", String(3), nullable=False),
    Column("unit_price", Money),
    Column("inflation", Money, nullable=False),
    Column("annual", Money),
    Column("mandatory", Boolean, nullable=False),
    *_months(),
)

budget_driver = table(
    "budget_driver",
    text("scenario", key=True),
    text("id", key=True),
    Column("place", Float, nullable=False),
    Column("revision", Integer, nullable=False),
    *(text(name) for name in ("name", "unit", "metric")),
    Column("per", Money, nullable=False),
    *_months(),
)

budget_comment = table(
    "budget_comment",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("scenario"),
    text("line"),
    Column("at", Instant, nullable=False),
    text("actor"),
    text("text"),
    Index(None, "scenario", "line"),
)

budget_edit = table(
    "budget_edit",
    text("person", key=True),
    text("scenario", key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    text("what"),
    Column("cells", Json, nullable=False),
    Column("seen", Json, nullable=False),
)

budget_save = table(
    "budget_save",
    text("id", key=True),
    text("scenario"),
    text("actor"),
    Column("at", Instant, nullable=False),
)

budget_experiment = table(
    "budget_experiment",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("scenario"),
    text("name"),
    Column("amount", Money, nullable=False),
    text("status"),
    Column("asked_at", Instant, nullable=False),
    text("asked_by"),
    Column("decided_at", Instant),
    text("decided_by", null=True),
    text("why"),
    Index(None, "scenario"),
)
