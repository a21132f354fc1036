"""Interpreters of a line, and legs that are theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Every leg so far is a counselor's, and so are those a former version still dials."""
    none = sa.text("'{}'::jsonb")
    op.add_column(
        "line",
        sa.Column("interpreters", postgresql.JSONB(), nullable=False, server_default=none),
    )
    op.add_column(
        "leg", sa.Column("role", sqltypes.AutoString(), nullable=False, server_default="counselor")
    )
    op.add_column("leg", sa.Column("dialled_at", sqltypes.UTCDateTime(), nullable=True))
    theirs = sa.text("role = 'interpreter'")  # looked at every second
    op.create_index("leg_of_interpreter", "leg", ["status"], postgresql_where=theirs)


def downgrade() -> None:
    """Take back. Legs of interpreters are ended by the carrier when their conference ends."""
    op.drop_index("leg_of_interpreter", "leg")
    op.drop_column("leg", "dialled_at")
    op.drop_column("leg", "role")
    op.drop_column("line", "interpreters")
