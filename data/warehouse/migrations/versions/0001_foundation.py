"""The foundation: scopes, raw records, facts, numbers, targets, change log"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json, Millionths, Money, Serial

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REFUSALS = {
    "sqlite": [
        f"CREATE TRIGGER change_log_refuses_{act} BEFORE {act} ON change_log "
        "BEGIN SELECT RAISE(ABORT, 'the change log is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        (
            "CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the change log is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER change_log_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON change_log "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log()"
        ),
    ],
}


def upgrade() -> None:
    op.create_table(
        "benchmark_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("loaded_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_benchmark_file")),
    )
    op.create_table(
        "change_log",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("old", Json(), nullable=True),
        sa.Column("new", Json(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change_log")),
    )
    op.create_table(
        "covered",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("start", Instant(), nullable=False),
        sa.Column("end", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "fact", "key_kind", "key", "start", name=op.f("pk_covered")),
    )
    op.create_table(
        "cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.Column("moved_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "stream", name=op.f("pk_cursor")),
    )
    op.create_table(
        "daily_metric",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.Column("denominator", sa.BigInteger(), nullable=False),
        sa.Column("sum_squares", sa.BigInteger(), nullable=False),
        sa.Column("sample", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("metric", "scope", "variant", "version", "day", name=op.f("pk_daily_metric")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "data_version",
        sa.Column("version", Serial, autoincrement=True, nullable=False),
        sa.Column("committed_at", Instant(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_data_version")),
    )
    op.create_table(
        "fact_change",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("first_commit", Instant(), nullable=True),
        sa.Column("opened", Instant(), nullable=True),
        sa.Column("first_review", Instant(), nullable=True),
        sa.Column("merged", Instant(), nullable=True),
        sa.Column("merge_revision", sa.Text(), nullable=True),
        sa.Column("parents", Json(), nullable=False),
        sa.Column("revisions", Json(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_change")),
    )
    op.create_index(op.f("ix_fact_change_scope_merged"), "fact_change", ["scope", "merged"], unique=False)
    op.create_index(op.f("ix_fact_change_source_key"), "fact_change", ["source", "key"], unique=False)
    op.create_table(
        "fact_deployment",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("rollback", sa.Boolean(), nullable=True),
        sa.Column("rework", sa.Boolean(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_deployment")),
    )
    op.create_index(op.f("ix_fact_deployment_scope_finished"), "fact_deployment", ["scope", "finished"], unique=False)
    op.create_index(op.f("ix_fact_deployment_source_key"), "fact_deployment", ["source", "key"], unique=False)
    op.create_table(
        "fact_fx_rate",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("rate", Money(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_fx_rate")),
    )
    op.create_index(op.f("ix_fact_fx_rate_base_quote_day"), "fact_fx_rate", ["base", "quote", "day"], unique=False)
    op.create_table(
        "fact_probe_day",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("up", Millionths(), nullable=False),
        sa.Column("down", Millionths(), nullable=False),
        sa.Column("unknown", Millionths(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_probe_day")),
    )
    op.create_index(op.f("ix_fact_probe_day_scope_day"), "fact_probe_day", ["scope", "day"], unique=False)
    op.create_table(
        "fact_request_day",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("failed", Millionths(), nullable=False),
        sa.Column("total", Millionths(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("known", Millionths(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_request_day")),
    )
    op.create_index(op.f("ix_fact_request_day_scope_day"), "fact_request_day", ["scope", "day"], unique=False)
    op.create_table(
        "fact_spend",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("billing_period", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sub_account", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("subcategory", sa.Text(), nullable=False),
        sa.Column("charge_category", sa.Text(), nullable=False),
        sa.Column("charge_class", sa.Text(), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("commitment_status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tags", Json(), nullable=False),
        sa.Column("billed", Money(), nullable=False),
        sa.Column("effective", Money(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_spend")),
    )
    op.create_index(op.f("ix_fact_spend_scope_day"), "fact_spend", ["scope", "day"], unique=False)
    op.create_index(
        op.f("ix_fact_spend_source_billing_period"), "fact_spend", ["source", "billing_period"], unique=False
    )
    op.create_table(
        "fact_work_item",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("key_kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("created", Instant(), nullable=False),
        sa.Column("started", Instant(), nullable=True),
        sa.Column("in_production", Instant(), nullable=True),
        sa.Column("closed", Instant(), nullable=True),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_fact_work_item")),
    )
    op.create_index(op.f("ix_fact_work_item_scope_created"), "fact_work_item", ["scope", "created"], unique=False)
    op.create_table(
        "file_manifest",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("read_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "path", name=op.f("pk_file_manifest")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("acquired_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "link",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_source", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column("to_source", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "from_source", "from_id", "to_source", "to_id", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_kind_scope"), "link", ["kind", "scope"], unique=False)
    op.create_index(op.f("ix_link_kind_to_source_to_id"), "link", ["kind", "to_source", "to_id"], unique=False)
    op.create_table(
        "open_item",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("source", "stream", "item", name=op.f("pk_open_item")),
    )
    op.create_table(
        "period_metric",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("statistic", sa.Text(), nullable=False),
        sa.Column("value", Millionths(), nullable=False),
        sa.Column("low", Millionths(), nullable=True),
        sa.Column("high", Millionths(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "metric", "scope", "variant", "version", "start", "end", "statistic", name=op.f("pk_period_metric")
        ),
    )
    op.create_table(
        "raw_record",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.Column("gone_at", Instant(), nullable=True),
        sa.Column("payload", Json(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "source_id", "version", name=op.f("pk_raw_record")),
    )
    op.create_table(
        "rejected_record",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("first_seen", Instant(), nullable=False),
        sa.Column("last_seen", Instant(), nullable=False),
        sa.Column("times_seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "place", name=op.f("pk_rejected_record")),
    )
    op.create_table(
        "restatement",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("variant", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("old_numerator", sa.BigInteger(), nullable=True),
        sa.Column("old_denominator", sa.BigInteger(), nullable=True),
        sa.Column("new_numerator", sa.BigInteger(), nullable=True),
        sa.Column("new_denominator", sa.BigInteger(), nullable=True),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restatement")),
    )
    op.create_index(op.f("ix_restatement_metric_scope_day"), "restatement", ["metric", "scope", "day"], unique=False)
    op.create_table(
        "schedule_run",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("local_time", sa.Text(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("started", Instant(), nullable=True),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("exit_code", sa.Integer(), nullable=True),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("claimed_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("job", "local_time", name=op.f("pk_schedule_run")),
    )
    op.create_table(
        "scope",
        sa.Column("row", Serial, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_scope")),
        sa.UniqueConstraint("id", "valid_from", name=op.f("uq_scope_id_valid_from")),
    )
    op.create_table(
        "scope_alias",
        sa.Column("row", Serial, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_scope_alias")),
    )
    op.create_index(op.f("ix_scope_alias_source_kind_key"), "scope_alias", ["source", "kind", "key"], unique=False)
    op.create_table(
        "scope_dependency",
        sa.Column("row", Serial, autoincrement=True, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("on_scope", sa.Text(), nullable=False),
        sa.Column("hard", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_scope_dependency")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started", Instant(), nullable=False),
        sa.Column("finished", Instant(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("fetched", sa.Integer(), nullable=False),
        sa.Column("stored", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_index(op.f("ix_sync_run_source_started"), "sync_run", ["source", "started"], unique=False)
    op.create_table(
        "target",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("benchmark", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("low", sa.Text(), nullable=True),
        sa.Column("high", sa.Text(), nullable=True),
        sa.Column("statistic", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_target")),
        sa.UniqueConstraint("benchmark", "scope", "valid_from", name=op.f("uq_target_benchmark_scope_valid_from")),
    )
    op.create_table(
        "touched_day",
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("fact", "scope", "day", name=op.f("pk_touched_day")),
    )
    op.create_table(
        "warehouse_info",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_warehouse_info")),
    )

    for refusal in _REFUSALS[op.get_bind().dialect.name]:
        op.execute(refusal)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER change_log_is_append_only ON change_log")
        op.execute("DROP FUNCTION refuse_change_of_log()")
    op.drop_table("warehouse_info")
    op.drop_table("touched_day")
    op.drop_table("target")
    op.drop_index(op.f("ix_sync_run_source_started"), table_name="sync_run")
    op.drop_table("sync_run")
    op.drop_table("scope_dependency")
    op.drop_index(op.f("ix_scope_alias_source_kind_key"), table_name="scope_alias")
    op.drop_table("scope_alias")
    op.drop_table("scope")
    op.drop_table("schedule_run")
    op.drop_index(op.f("ix_restatement_metric_scope_day"), table_name="restatement")
    op.drop_table("restatement")
    op.drop_table("rejected_record")
    op.drop_table("raw_record")
    op.drop_table("period_metric")
    op.drop_table("open_item")
    op.drop_index(op.f("ix_link_kind_to_source_to_id"), table_name="link")
    op.drop_index(op.f("ix_link_kind_scope"), table_name="link")
    op.drop_table("link")
    op.drop_table("lease")
    op.drop_table("file_manifest")
    op.drop_index(op.f("ix_fact_work_item_scope_created"), table_name="fact_work_item")
    op.drop_table("fact_work_item")
    op.drop_index(op.f("ix_fact_spend_source_billing_period"), table_name="fact_spend")
    op.drop_index(op.f("ix_fact_spend_scope_day"), table_name="fact_spend")
    op.drop_table("fact_spend")
    op.drop_index(op.f("ix_fact_request_day_scope_day"), table_name="fact_request_day")
    op.drop_table("fact_request_day")
    op.drop_index(op.f("ix_fact_probe_day_scope_day"), table_name="fact_probe_day")
    op.drop_table("fact_probe_day")
    op.drop_index(op.f("ix_fact_fx_rate_base_quote_day"), table_name="fact_fx_rate")
    op.drop_table("fact_fx_rate")
    op.drop_index(op.f("ix_fact_deployment_source_key"), table_name="fact_deployment")
    op.drop_index(op.f("ix_fact_deployment_scope_finished"), table_name="fact_deployment")
    op.drop_table("fact_deployment")
    op.drop_index(op.f("ix_fact_change_source_key"), table_name="fact_change")
    op.drop_index(op.f("ix_fact_change_scope_merged"), table_name="fact_change")
    op.drop_table("fact_change")
    op.drop_table("data_version")
    op.drop_table("daily_metric")
    op.drop_table("cursor")
    op.drop_table("covered")
    op.drop_table("change_log")
    op.drop_table("benchmark_file")
