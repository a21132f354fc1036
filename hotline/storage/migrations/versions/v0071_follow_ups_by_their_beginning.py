"""Reports ask which sequences of follow-up calls began in a time, on some lines."""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("follow_up_began", "follow_up", ["line_id", "began_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("follow_up_began", "follow_up")
