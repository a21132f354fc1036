"""How a talk was, asked by a key; who is not satisfied and cannot be called; reviews withdrawn."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None

STATES = "state in ('drawn', 'assigned', 'reviewed', 'given', 'read', 'answered'{more})"
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
    _review_ends_as(", 'withdrawn'")


def downgrade() -> None:
    """Take back. What was withdrawn is as if it were still to be assigned."""
    op.execute("update call_review set state = 'drawn' where state = 'withdrawn'")
    _review_ends_as("")
    op.drop_column("call_satisfaction", "uncallable")
    op.drop_column("line", "asks_how_it_was")


def _review_ends_as(more: str) -> None:
    op.drop_constraint("state_is_known", "call_review", type_="check")
    op.create_check_constraint("state_is_known", "call_review", STATES.format(more=more))
