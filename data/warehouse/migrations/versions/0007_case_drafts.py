"""What people moved in business cases and have not saved"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from data.warehouse.types import Instant, Json

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "case_draft",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("base", Json(), nullable=False),
        sa.Column("document", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person", "id", "version", name=op.f("pk_case_draft")),
    )


def downgrade() -> None:
    op.drop_table("case_draft")
