"""What needs two people, and who is signed in"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json, Millionths, Serial

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "sign_out",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_sign_out")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("content", Json(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index(op.f("ix_proposal_state"), "proposal", ["state"], unique=False)
    op.create_table(
        "correction",
        sa.Column("proposal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("numerator", Millionths(), nullable=True),
        sa.Column("denominator", Millionths(), nullable=True),
        sa.Column("value", Millionths(), nullable=True),
        sa.Column("counted_numerator", Millionths(), nullable=True),
        sa.Column("counted_denominator", Millionths(), nullable=True),
        sa.Column("counted_value", Millionths(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.Column("approved_at", Instant(), nullable=False),
        sa.Column("lifted_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("proposal", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_metric_scope"), "correction", ["metric", "scope"], unique=False)
    op.create_table(
        "released_pack",
        sa.Column("proposal", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("data_version", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("log_count", sa.BigInteger(), nullable=False),
        sa.Column("log_head", sa.String(length=64), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("released_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("proposal", name=op.f("pk_released_pack")),
    )


def downgrade() -> None:
    op.drop_table("released_pack")
    op.drop_index(op.f("ix_correction_metric_scope"), table_name="correction")
    op.drop_table("correction")
    op.drop_index(op.f("ix_proposal_state"), table_name="proposal")
    op.drop_table("proposal")
    op.drop_table("sign_out")
