"""Callers are told their place in line, and reach a counselor whom they know."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    for name, kind in (("told_at", MOMENT), ("told_until", MOMENT)):
        op.add_column("call", sa.Column(name, kind, nullable=True))
    for name in ("told_place", "calm_piece"):
        op.add_column("call", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column(
        "call", sa.Column("agreed_to_wait", sa.Boolean(), nullable=False, server_default="false")
    )
    op.create_table(
        "waiting_place",
        sa.Column("call_id", sqltypes.AutoString(), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("seen_at", MOMENT, nullable=False),
    )
    op.create_table(
        "known_caller",
        sa.Column("from_index", sqltypes.AutoString(), primary_key=True),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
    )
    op.create_index("ix_known_caller_staff_id", "known_caller", ["staff_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("known_caller")
    op.drop_table("waiting_place")
    for name in ("agreed_to_wait", "calm_piece", "told_place", "told_until", "told_at"):
        op.drop_column("call", name)
