"""A line has a kind, holidays and a partner who takes over; a call knows that one did."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. No line closes on a holiday, or has a partner, before its file says so."""
    empty = sa.text("'{}'::jsonb")
    for name in ("calendar", "overflow"):
        op.add_column("line", sa.Column(name, JSONB(), nullable=False, server_default=empty))
    for table, name, default in (("line", "kind", "other"), ("call", "overflowed_from", "")):
        op.add_column(
            table,
            sa.Column(name, sqltypes.AutoString(), nullable=False, server_default=default),
        )


def downgrade() -> None:
    """Take back. Whoever another line has taken over stays there."""
    op.drop_column("call", "overflowed_from")
    for name in ("kind", "overflow", "calendar"):
        op.drop_column("line", name)
