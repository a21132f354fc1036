"""Why the owner of an alert was not told; how bad it was, and whether it was passed on."""

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
    op.add_column("floor_alert", sa.Column("worst", sa.Float(), nullable=True))
    op.add_column(
        "floor_alert",
        sa.Column("was_passed_on", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.execute("update floor_alert set was_passed_on = true where passed_at is not null")


def downgrade() -> None:
    """Take back."""
    for name in ("was_passed_on", "worst", "unreached"):
        op.drop_column("floor_alert", name)
