"""Why the owner of an alert was not told."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    text = sqltypes.AutoString()
    op.add_column("floor_alert", sa.Column("unreached", text, nullable=False, server_default=""))


def downgrade() -> None:
    """Take back."""
    op.drop_column("floor_alert", "unreached")
