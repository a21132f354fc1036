"""Requests to read a record, with what was said to them, and what was read in an emergency."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

STATES = "'asked', 'granted', 'refused', 'withdrawn', 'taken', 'upheld', 'objected', 'ended'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "record_reading",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("reason_sealed", sqltypes.AutoString(), server_default="", nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_sealed", sqltypes.AutoString(), server_default="", nullable=False),
        sa.CheckConstraint("kind in ('asked', 'emergency')", name="kind_is_known"),
        sa.CheckConstraint(f"state in ({STATES})", name="state_is_known"),
    )
    _create_indexes()


def _create_indexes() -> None:
    table = "record_reading"
    op.create_index("record_reading_call", table, ["call_id", "staff_id"])
    op.create_index("record_reading_reader", table, ["staff_id", "asked_at"])
    waits = sa.text("state in ('asked', 'taken')")
    op.create_index("record_reading_waits", table, ["asked_at"], postgresql_where=waits)
    op.create_index(
        "one_request_to_read_at_a_time",
        table,
        ["call_id", "staff_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("record_reading")
