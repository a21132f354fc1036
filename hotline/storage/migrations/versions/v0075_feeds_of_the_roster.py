"""Secret addresses by which a calendar follows somebody's shifts."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "roster_feed",
        sa.Column("hash", sqltypes.AutoString(), primary_key=True, nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
    )
    one = sa.text("ended_at is null")
    op.create_index("one_feed_each", "roster_feed", ["staff_id"], unique=True, postgresql_where=one)


def downgrade() -> None:
    """Take back."""
    op.drop_table("roster_feed")
