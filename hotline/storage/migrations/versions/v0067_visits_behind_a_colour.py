"""When a visit is due before which a colour waits to be confirmed: a proposal forgets no plan."""

import sqlalchemy as sa
from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    due = sa.Column("visit_due_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("visit_plan", due)


def downgrade() -> None:
    """Take back."""
    op.drop_column("visit_plan", "visit_due_at")
