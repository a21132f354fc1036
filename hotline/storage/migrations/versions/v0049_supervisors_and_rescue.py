"""Supervisors' phones for a flag, rescues to be confirmed, flags of one number that are linked."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _key(name: str, whom: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(whom), primary_key=True)


def upgrade() -> None:
    """Apply. What was raised before rings no supervisor and asks for no rescue."""
    op.create_table(
        "supervisor_alarm",
        _key("escalation_id", "escalation.id"),
        *map(_moment, ("due_at", "deadline_at")),
        *map(_number, ("rung", "round_from")),
        _moment("seen_at"),
    )
    op.create_index(
        "supervisor_alarm_due",
        "supervisor_alarm",
        ["due_at"],
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_table(
        "rescue",
        _key("escalation_id", "escalation.id"),
        _moment("due_at"),
        _number("reminded"),
        _text("agency"),
        *map(_moment, ("contacted_at", "confirmed_at", "left_at")),
        sa.CheckConstraint(
            "confirmed_at is not null or left_at is not null or due_at is not null",
            name="open_has_a_next_reminder",
        ),
    )
    op.create_table(
        "escalation_link",
        _key("escalation_id", "escalation.id"),
        _key("call_id", "call.id"),
        _moment("at", nullable=False),
    )
    op.create_index("ix_escalation_link_call_id", "escalation_link", ["call_id"])


def downgrade() -> None:
    """Take back."""
    for table in ("escalation_link", "rescue", "supervisor_alarm"):
        op.drop_table(table)
