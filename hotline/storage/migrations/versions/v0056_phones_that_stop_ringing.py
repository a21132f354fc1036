"""A phone that rings for what is answered elsewhere stops; what was handed away is found."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("delivery", sa.Column("stop_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "delivery_to_stop",
        "delivery",
        ["stop_at"],
        postgresql_where=sa.text("stop_at is not null"),
    )
    op.create_index(
        "escalation_event_handed_to",
        "escalation_event",
        [sa.text("(facts ->> 'from')"), "at"],
        postgresql_where=sa.text("kind = 'escalation.handed_to'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("escalation_event_handed_to", "escalation_event")
    op.drop_index("delivery_to_stop", "delivery")
    op.drop_column("delivery", "stop_at")
