"""Prompts that somebody spoke, beside those that a machine's voice reads."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE, TEXTS = "prompt_recording", ("language", "key", "script", "sha256")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        TABLE,
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        *(sa.Column(name, sqltypes.AutoString(), nullable=False) for name in TEXTS),
        sa.Column("sound", sa.LargeBinary(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="true"),
    )
    of_key = ["language", "key"]
    op.create_index(
        f"{TABLE}_active", TABLE, of_key, unique=True, postgresql_where=sa.text("active")
    )
    op.create_index(f"{TABLE}_takes", TABLE, [*of_key, "created_at"])
    op.create_index(f"{TABLE}_sound", TABLE, ["sha256"])


def downgrade() -> None:
    """Take back. What was recorded is lost; a voice speaks again."""
    op.drop_table(TABLE)
