"""Records that are gone at their source are found by an index"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    gone = sa.text("gone_at IS NOT NULL")
    op.create_index("ix_raw_record_gone", "raw_record", ["source", "kind"], sqlite_where=gone, postgresql_where=gone)


def downgrade() -> None:
    op.drop_index("ix_raw_record_gone", "raw_record")
