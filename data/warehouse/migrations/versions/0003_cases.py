"""Business cases and what was realised of them"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json, Money

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "business_case",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.Column("based_on", sa.Text(), nullable=True),
        sa.Column("edited_by", sa.Text(), nullable=False),
        sa.Column("edited_at", Instant(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("submitted_at", Instant(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_business_case")),
    )
    op.create_index(op.f("ix_business_case_status"), "business_case", ["status"], unique=False)
    op.create_table(
        "case_review",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("baseline", Money(), nullable=False),
        sa.Column("planned", Money(), nullable=False),
        sa.Column("value", Money(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("planned_amount", Money(), nullable=False),
        sa.Column("realised_amount", Money(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("reviewed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "version", "line", "month", name=op.f("pk_case_review")),
    )


def downgrade() -> None:
    op.drop_table("case_review")
    op.drop_index(op.f("ix_business_case_status"), table_name="business_case")
    op.drop_table("business_case")
