"""What callers said to the recorder is kept as recordings of talks are, and told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "recording",
        sa.Column("is_message", sa.Boolean(), nullable=False, server_default="false"),
    )


def downgrade() -> None:
    """Take back. Messages are then recordings that only supervisors may hear."""
    op.drop_column("recording", "is_message")
