"""Sounds on their way are found without those that are kept, which are nearly all."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "recording_on_its_way",
        "recording",
        ["due_at"],
        postgresql_where=sa.text("copy_state in ('wanted', 'fetched')"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("recording_on_its_way", "recording")
