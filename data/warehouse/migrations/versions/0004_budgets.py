"""Budget scenarios"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json, Money, Serial

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SAID = "an approved budget never changes"
_CONTENT = (
    *("id", "series", "version", "name", "kind", "fiscal_year", "fiscal_start", "currency", "scope", "rates"),
    *("pool_limit", "parent", "reason", "created_at", "created_by"),
)
_KEPT = (*_CONTENT, "submitted_at", "submitted_by", "approved_at", "approved_by", "approved_hash")
_ROWS = ("budget_line", "budget_driver")


def _differ(names: Sequence[str], word: str) -> str:
    return " OR ".join(f"NEW.{name} {word} OLD.{name}" for name in names)


def _on_sqlite() -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    made = []
    for table in _ROWS:
        for act, rows in (("INSERT", ("NEW",)), ("UPDATE", ("OLD", "NEW")), ("DELETE", ("OLD",))):
            ids = ", ".join(f"{row}.scenario" for row in rows)
            frozen = f"EXISTS (SELECT 1 FROM budget_scenario WHERE id IN ({ids}) AND status <> 'draft')"  # noqa: S608
            made.append(f"CREATE TRIGGER {table}_refuses_{act} BEFORE {act} ON {table} WHEN {frozen} {refuse}")
    final = "OLD.status IN ('approved', 'locked', 'superseded')"
    when = f"(OLD.status <> 'draft' AND ({_differ(_CONTENT, 'IS NOT')})) OR "
    when += f"({final} AND (NEW.status IN ('draft', 'submitted') OR {_differ(_KEPT, 'IS NOT')}))"
    made.append(f"CREATE TRIGGER budget_scenario_refuses_update BEFORE UPDATE ON budget_scenario WHEN {when} {refuse}")
    gone = "OLD.status <> 'draft'"
    made.append(f"CREATE TRIGGER budget_scenario_refuses_delete BEFORE DELETE ON budget_scenario WHEN {gone} {refuse}")
    return made


def _on_postgresql() -> list[str]:
    refuse = f"RAISE EXCEPTION '{_SAID}';"
    head = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    rows = "".join(
        f"IF TG_OP <> '{other}' AND EXISTS (SELECT 1 FROM budget_scenario WHERE id = {row}.scenario "  # noqa: S608
        f"AND status <> 'draft') THEN {refuse} END IF; "
        for row, other in (("OLD", "INSERT"), ("NEW", "DELETE"))
    )
    rows += "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    scenario = (
        f"IF TG_OP = 'DELETE' THEN IF OLD.status <> 'draft' THEN {refuse} END IF; RETURN OLD; END IF; "
        f"IF OLD.status <> 'draft' AND ({_differ(_CONTENT, 'IS DISTINCT FROM')}) THEN {refuse} END IF; "
        "IF OLD.status IN ('approved', 'locked', 'superseded') AND (NEW.status IN ('draft', 'submitted') "
        f"OR {_differ(_KEPT, 'IS DISTINCT FROM')}) THEN {refuse} END IF; RETURN NEW;"
    )
    functions = {"_change_of_budget_row": rows, "_change_of_budget": scenario, "_emptying_of_budgets": refuse}
    made = [f"CREATE FUNCTION refuse{name}() {head} {body} END $$" for name, body in functions.items()]
    each = "BEFORE {acts} ON {table} FOR EACH {what} EXECUTE FUNCTION refuse{name}()"
    for table in (*_ROWS, "budget_scenario"):
        acts, name = "UPDATE OR DELETE", "_change_of_budget"
        if table in _ROWS:
            acts, name = f"INSERT OR {acts}", f"{name}_row"
        row = each.format(acts=acts, table=table, what="ROW", name=name)
        whole = each.format(acts="TRUNCATE", table=table, what="STATEMENT", name="_emptying_of_budgets")
        made += [f"CREATE TRIGGER {table}_never_changes {row}", f"CREATE TRIGGER {table}_is_not_emptied {whole}"]
    return made


def upgrade() -> None:
    op.create_table(
        "budget_comment",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_comment")),
    )
    op.create_index(op.f("ix_budget_comment_scenario_line"), "budget_comment", ["scenario", "line"], unique=False)
    op.create_table(
        "budget_driver",
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Float(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("per", Money(), nullable=False),
        sa.Column("m01", Money(), nullable=False),
        sa.Column("m02", Money(), nullable=False),
        sa.Column("m03", Money(), nullable=False),
        sa.Column("m04", Money(), nullable=False),
        sa.Column("m05", Money(), nullable=False),
        sa.Column("m06", Money(), nullable=False),
        sa.Column("m07", Money(), nullable=False),
        sa.Column("m08", Money(), nullable=False),
        sa.Column("m09", Money(), nullable=False),
        sa.Column("m10", Money(), nullable=False),
        sa.Column("m11", Money(), nullable=False),
        sa.Column("m12", Money(), nullable=False),
        sa.PrimaryKeyConstraint("scenario", "id", name=op.f("pk_budget_driver")),
    )
    op.create_table(
        "budget_edit",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("cells", Json(), nullable=False),
        sa.Column("seen", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person", "scenario", "seq", name=op.f("pk_budget_edit")),
    )
    op.create_table(
        "budget_experiment",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_experiment")),
    )
    op.create_index(op.f("ix_budget_experiment_scenario"), "budget_experiment", ["scenario"], unique=False)
    op.create_table(
        "budget_line",
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("place", sa.Float(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("cost_class", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("treatment", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unit_price", Money(), nullable=True),
        sa.Column("inflation", Money(), nullable=False),
        sa.Column("annual", Money(), nullable=True),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("m01", Money(), nullable=False),
        sa.Column("m02", Money(), nullable=False),
        sa.Column("m03", Money(), nullable=False),
        sa.Column("m04", Money(), nullable=False),
        sa.Column("m05", Money(), nullable=False),
        sa.Column("m06", Money(), nullable=False),
        sa.Column("m07", Money(), nullable=False),
        sa.Column("m08", Money(), nullable=False),
        sa.Column("m09", Money(), nullable=False),
        sa.Column("m10", Money(), nullable=False),
        sa.Column("m11", Money(), nullable=False),
        sa.Column("m12", Money(), nullable=False),
        sa.PrimaryKeyConstraint("scenario", "id", name=op.f("pk_budget_line")),
    )
    op.create_table(
        "budget_save",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_save")),
    )
    op.create_table(
        "budget_scenario",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("fiscal_start", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("rates", Json(), nullable=False),
        sa.Column("pool_limit", Money(), nullable=True),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_hash", sa.String(length=64), nullable=True),
        sa.Column("locked_at", Instant(), nullable=True),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("returned_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_scenario")),
        sa.UniqueConstraint("series", "version", name=op.f("uq_budget_scenario_series_version")),
    )

    for refusal in _on_sqlite() if op.get_bind().dialect.name == "sqlite" else _on_postgresql():
        op.execute(refusal)


def downgrade() -> None:
    op.drop_table("budget_scenario")
    op.drop_table("budget_save")
    op.drop_table("budget_line")
    op.drop_index(op.f("ix_budget_experiment_scenario"), table_name="budget_experiment")
    op.drop_table("budget_experiment")
    op.drop_table("budget_edit")
    op.drop_table("budget_driver")
    op.drop_index(op.f("ix_budget_comment_scenario_line"), table_name="budget_comment")
    op.drop_table("budget_comment")
    if op.get_bind().dialect.name == "postgresql":
        for name in ("refuse_change_of_budget_row", "refuse_change_of_budget", "refuse_emptying_of_budgets"):
            op.execute(f"DROP FUNCTION {name}()")
