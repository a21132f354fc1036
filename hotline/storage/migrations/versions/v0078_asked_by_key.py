"""How a talk was, asked by a key; who is not satisfied and cannot be called; reviews withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

KNOWN = "uncallable in ('', 'withheld', 'blocked')"


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "line", sa.Column("asks_how_it_was", sa.Boolean(), nullable=False, server_default="false")
    )
    text = sqltypes.AutoString()
    op.add_column(
        "call_satisfaction", sa.Column("uncallable", text, nullable=False, server_default="")
    )
    op.create_check_constraint("uncallable_is_known", "call_satisfaction", KNOWN)


def downgrade() -> None:
    """Take back."""
    op.drop_column("call_satisfaction", "uncallable")
    op.drop_column("line", "asks_how_it_was")
