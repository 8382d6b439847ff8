"""Facts of every input: incidents and what they touched, feedback, use, revenue, staff, controls, log deliveries"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json, Millionths, Money

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "fact_control_run",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("obligation", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("completed", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("cancelled", sa.Text(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_control_run")),
    )
    op.create_index(op.f("ix_fact_control_run_scope_due"), "fact_control_run", ["scope", "due"], unique=False)
    op.create_table(
        "fact_headcount",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("full_time", Millionths(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_headcount")),
    )
    op.create_index(op.f("ix_fact_headcount_scope_day"), "fact_headcount", ["scope", "day"], unique=False)
    op.create_table(
        "fact_incident",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("detected", Instant(), nullable=True),
        sa.Column("acknowledged", Instant(), nullable=True),
        sa.Column("mitigated", Instant(), nullable=True),
        sa.Column("resolved", Instant(), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("maintenance", sa.Boolean(), nullable=False),
        sa.Column("deployment", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=True),
        sa.Column("touches", Json(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_incident")),
    )
    op.create_index(op.f("ix_fact_incident_scope_started"), "fact_incident", ["scope", "started"], unique=False)
    op.create_table(
        "fact_log_delivery",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("within", sa.Integer(), nullable=False),
        sa.Column("threshold", Millionths(), nullable=False),
        sa.Column("latency", Millionths(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_log_delivery")),
    )
    op.create_index(op.f("ix_fact_log_delivery_scope_day"), "fact_log_delivery", ["scope", "day"], unique=False)
    op.create_table(
        "fact_measurement",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("numerator", Millionths(), nullable=False),
        sa.Column("denominator", Millionths(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_measurement")),
    )
    op.create_index(op.f("ix_fact_measurement_scope_day"), "fact_measurement", ["scope", "day"], unique=False)
    op.create_table(
        "fact_response",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("score", Millionths(), nullable=False),
        sa.Column("scale_low", Millionths(), nullable=False),
        sa.Column("scale_high", Millionths(), nullable=False),
        sa.Column("high_is_good", sa.Boolean(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("respondent", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_response")),
    )
    op.create_index(op.f("ix_fact_response_respondent"), "fact_response", ["respondent"], unique=False)
    op.create_index(op.f("ix_fact_response_scope_at"), "fact_response", ["scope", "at"], unique=False)
    op.create_table(
        "fact_revenue",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_revenue")),
    )
    op.create_index(op.f("ix_fact_revenue_scope_day"), "fact_revenue", ["scope", "day"], unique=False)
    op.create_table(
        "fact_survey_count",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("survey", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("responded", sa.Integer(), nullable=False),
        sa.Column("completed", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_survey_count")),
    )
    op.create_index(op.f("ix_fact_survey_count_scope_day"), "fact_survey_count", ["scope", "day"], unique=False)
    op.create_table(
        "fact_usage",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("eligible", sa.Integer(), nullable=False),
        sa.Column("active", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("churned", sa.Integer(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_usage")),
    )
    op.create_index(op.f("ix_fact_usage_scope_day"), "fact_usage", ["scope", "day"], unique=False)
    op.create_table(
        "incident_scope",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("impact", sa.Text(), nullable=False),
        sa.Column("start", Instant(), nullable=False),
        sa.Column("end", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", "place", name=op.f("pk_incident_scope")),
    )
    op.create_index(op.f("ix_incident_scope_scope_start"), "incident_scope", ["scope", "start"], unique=False)
    op.create_table(
        "reconciliation",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("at_source", sa.Text(), nullable=False),
        sa.Column("stored", sa.Text(), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint(
            "source", "fact", "key_kind", "key", "measure", "start", name=op.f("pk_reconciliation")
        ),
    )
    op.add_column("fact_change", sa.Column("work_items", Json(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("fact_change", "work_items")
    op.drop_table("reconciliation")
    op.drop_index(op.f("ix_incident_scope_scope_start"), table_name="incident_scope")
    op.drop_table("incident_scope")
    op.drop_index(op.f("ix_fact_usage_scope_day"), table_name="fact_usage")
    op.drop_table("fact_usage")
    op.drop_index(op.f("ix_fact_survey_count_scope_day"), table_name="fact_survey_count")
    op.drop_table("fact_survey_count")
    op.drop_index(op.f("ix_fact_revenue_scope_day"), table_name="fact_revenue")
    op.drop_table("fact_revenue")
    op.drop_index(op.f("ix_fact_response_scope_at"), table_name="fact_response")
    op.drop_index(op.f("ix_fact_response_respondent"), table_name="fact_response")
    op.drop_table("fact_response")
    op.drop_index(op.f("ix_fact_measurement_scope_day"), table_name="fact_measurement")
    op.drop_table("fact_measurement")
    op.drop_index(op.f("ix_fact_log_delivery_scope_day"), table_name="fact_log_delivery")
    op.drop_table("fact_log_delivery")
    op.drop_index(op.f("ix_fact_incident_scope_started"), table_name="fact_incident")
    op.drop_table("fact_incident")
    op.drop_index(op.f("ix_fact_headcount_scope_day"), table_name="fact_headcount")
    op.drop_table("fact_headcount")
    op.drop_index(op.f("ix_fact_control_run_scope_due"), table_name="fact_control_run")
    op.drop_table("fact_control_run")
