"""When somebody was asked whether they will come to a shift."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    moment = sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("roster_shift", moment)


def downgrade() -> None:
    """Take back."""
    op.drop_column("roster_shift", "reminded_at")
