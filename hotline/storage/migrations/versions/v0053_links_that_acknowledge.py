"""One-time links by which a station acknowledges: only their hashes."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ack_token",
        sa.Column("hash", sqltypes.AutoString(), primary_key=True),
        sa.Column("attempt_id", sqltypes.AutoString(), sa.ForeignKey("attempt.id"), nullable=False),
        sa.Column("expires_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("used_at", sqltypes.UTCDateTime(), nullable=True),
    )
    op.create_index("ix_ack_token_attempt_id", "ack_token", ["attempt_id"])


def downgrade() -> None:
    """Take back. Links that are out acknowledge nothing any more."""
    op.drop_table("ack_token")
