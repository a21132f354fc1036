"""When a station is staffed, who has the duty, and when a contact was last heard of."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Without a roster all contacts are rung by rank, as before."""
    no, empty = sa.text("false"), sa.text("'{}'::jsonb")
    op.add_column("station", sa.Column("intake", sa.Boolean(), nullable=False, server_default=no))
    op.add_column(
        "station",
        sa.Column("hours", JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")),
    )
    op.add_column("station", sa.Column("duty", JSONB(), nullable=False, server_default=empty))
    op.add_column(
        "station_contact",
        sa.Column("account", sqltypes.AutoString(), nullable=False, server_default=""),
    )
    op.add_column(
        "station_contact", sa.Column("last_heard_at", sqltypes.UTCDateTime(), nullable=True)
    )


def downgrade() -> None:
    """Take back."""
    for column in ("last_heard_at", "account"):
        op.drop_column("station_contact", column)
    for column in ("duty", "hours", "intake"):
        op.drop_column("station", column)
