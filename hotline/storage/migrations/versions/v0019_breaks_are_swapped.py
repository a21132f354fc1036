"""Whose break was put off for whose, and who did that."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def _person(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False)


def _moment(name: str) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=False)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "break_swap",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        *(_person(name) for name in ("giver_id", "taker_id", "by_id")),
        *(_moment(name) for name in ("at", "giver_due_at", "taker_due_at")),
    )
    op.create_index("ix_break_swap_at", "break_swap", ["at"])


def downgrade() -> None:
    """Take back. Breaks stay due when they are; who swapped them is gone."""
    op.drop_table("break_swap")
