"""The tables of what needs two people, and who is signed in."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, String

from data.warehouse.columns import count, table, text
from data.warehouse.types import Instant, Json, Millionths, Serial

sign_out = table("sign_out", text("session", key=True), text("person"), Column("at", Instant, nullable=False))

proposal = table(
    "proposal",
    Column("id", Serial, primary_key=True, autoincrement=True),
    text("kind"),
    text("object"),
    text("scope", null=True),
    Column("content", Json, nullable=False),
    text("seen"),
    text("why"),
    text("proposed_by"),
    Column("proposed_at", Instant, nullable=False),
    text("state"),
    text("decided_by", null=True),
    Column("decided_at", Instant),
    text("said", null=True),
    Index(None, "state"),
)

correction = table(
    "correction",
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    text("metric"),
    Column("version", BigInteger, nullable=False),
    text("scope"),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("numerator", Millionths),
    Column("denominator", Millionths),
    Column("value", Millionths),
    Column("counted_numerator", Millionths),
    Column("counted_denominator", Millionths),
    Column("counted_value", Millionths),
    text("why"),
    text("proposed_by"),
    text("approved_by"),
    Column("approved_at", Instant, nullable=False),
    Column("lifted_at", Instant),
    Index(None, "metric", "scope"),
)

released_pack = table(
    "released_pack",
    Column("proposal", BigInteger, primary_key=True, autoincrement=False),
    text("period"),
    text("scope"),
    Column("data_version", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    count("log_count"),
    Column("log_head", String(64), nullable=False),
    text("prepared_by"),
    text("released_by"),
    Column("released_at", Instant, nullable=False),
)
