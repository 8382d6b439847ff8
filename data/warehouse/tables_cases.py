"""The tables of business cases, what is unsaved of them and what was realised of them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer

from data.warehouse.columns import table, text
from data.warehouse.types import Instant, Json, Money

business_case = table(
    "business_case",
    text("id", key=True),
    Column("version", Integer, primary_key=True),
    text("status"),
    text("name"),
    text("scope", null=True),
    Column("revision", Integer, nullable=False),
    Column("document", Json, nullable=False),
    text("based_on", null=True),
    text("edited_by"),
    Column("edited_at", Instant, nullable=False),
    text("submitted_by", null=True),
    Column("submitted_at", Instant),
    text("approved_by", null=True),
    Column("approved_at", Instant),
    Index(None, "status"),
)

case_draft = table(
    "case_draft",
    text("person", key=True),
    text("id", key=True),
    Column("version", Integer, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("base", Json, nullable=False),
    Column("document", Json, nullable=False),
)

case_review = table(
    "case_review",
    text("case_id", key=True),
    Column("version", Integer, primary_key=True),
    text("line", key=True),
    Column("month", Integer, primary_key=True),
    Column("due", Date, nullable=False),
    text("measure"),
    text("scope"),
    text("period"),
    Column("baseline", Money, nullable=False),
    Column("planned", Money, nullable=False),
    Column("value", Money),
    text("reason"),
    Column("planned_amount", Money, nullable=False),
    Column("realised_amount", Money),
    text("currency"),
    text("attribution"),
    text("said"),
    text("sources"),
    Column("data_version", BigInteger, nullable=False),
    text("reviewed_by"),
    Column("reviewed_at", Instant, nullable=False),
)
