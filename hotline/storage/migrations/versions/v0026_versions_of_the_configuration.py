"""Every set of files that was put in force is kept: history, differences, undo."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "configuration_version"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        TABLE,
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sqltypes.AutoString(), nullable=True),
        sa.Column("origin", sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqltypes.AutoString(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("origin in ('folder', 'page', 'undo')", name="origin_is_known"),
        sa.ForeignKeyConstraint(["by_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("number"),
    )


def downgrade() -> None:
    """Take back. What is in force stays in force; how it came about is forgotten."""
    op.drop_table(TABLE)
