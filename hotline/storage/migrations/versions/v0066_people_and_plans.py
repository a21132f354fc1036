"""People and plans of cases: who may know a reporter, and no change over another one's."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    released = sa.Column("released_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("case_person", released)
    for table in ("case_person", "case_step"):
        version = sa.Column("version", sa.Integer(), nullable=False, server_default="0")
        op.add_column(table, version)


def downgrade() -> None:
    """Take back."""
    op.drop_column("case_step", "version")
    op.drop_column("case_person", "version")
    op.drop_column("case_person", "released_at")
