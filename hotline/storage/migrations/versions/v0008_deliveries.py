"""Deliveries have a table of their own. A flag names its escalation.

The version before does not know the new table: stop its processes first (`deploy/CHANGES.md`).
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# A flag that was added to a running escalation stood in that one's timeline only.
STARTED = """
    update crisis_flag set escalation_id = escalation.id
    from escalation where escalation.flag_id = crisis_flag.id
"""
ADDED = """
    update crisis_flag set escalation_id = entry.escalation_id
    from escalation_event entry join escalation on escalation.id = entry.escalation_id
    where crisis_flag.escalation_id is null and entry.kind = 'escalation.flag_added'
        and escalation.call_id = crisis_flag.call_id and entry.facts ->> 'flag_id' = crisis_flag.id
"""
STARTED_BACK = """
    update escalation set flag_id = (
        select id from crisis_flag where escalation_id = escalation.id
        order by created_at, id limit 1)
"""

DELIVERIES = """
    insert into delivery (id, channel, purpose, address, sender, dedupe_key, urgent, state, due_at,
        lease_until, fence, tries, carrier_sid, last_error, created_at, ended_at)
    select attempt.id, attempt.channel, 'escalation', contact.phone, line.number_shown,
        attempt.dedupe_key, escalation.level = 'imminent', attempt.state, attempt.due_at,
        attempt.lease_until, attempt.fence, attempt.tries, attempt.carrier_sid,
        attempt.last_error, attempt.created_at, attempt.ended_at
    from attempt
        join station_contact contact on contact.id = attempt.contact_id
        join escalation on escalation.id = attempt.escalation_id
        join call on call.id = escalation.call_id
        join line on line.id = call.line_id
"""
ATTEMPTS_BACK = """
    update attempt set channel = delivery.channel, dedupe_key = delivery.dedupe_key,
        state = delivery.state, due_at = delivery.due_at, lease_until = delivery.lease_until,
        fence = delivery.fence, tries = delivery.tries, carrier_sid = delivery.carrier_sid,
        last_error = delivery.last_error, created_at = delivery.created_at,
        ended_at = delivery.ended_at
    from delivery where delivery.id = attempt.id
"""
OPTIONAL = ("lease_until", "carrier_sid", "ended_at")
DUE = "state in ('pending', 'leased', 'submitting', 'unknown')"
STATES = """
    'pending', 'submitting', 'unknown', 'submitted', 'answered', 'acknowledged', 'failed',
    'superseded', 'dead'
"""


def upgrade() -> None:
    """Apply."""
    _create_deliveries()
    _move_attempts()
    _name_escalations()


def _create_deliveries() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("channel", sqltypes.AutoString(), nullable=False),
        sa.Column("purpose", sqltypes.AutoString(), nullable=False),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("sender", sqltypes.AutoString(), nullable=False),
        sa.Column("dedupe_key", sqltypes.AutoString(), nullable=False, unique=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True, unique=True),
        sa.Column("last_error", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.CheckConstraint("channel in ('phone')", "channel_is_known"),
        sa.CheckConstraint(f"state in ({STATES})", "state_is_known"),
    )
    due = sa.text("state in ('pending', 'submitting', 'unknown')")
    op.create_index("delivery_due", "delivery", ["due_at"], postgresql_where=due)
    unheard = sa.text("carrier_sid is null and tries > 0")
    op.create_index("delivery_without_sid", "delivery", ["address"], postgresql_where=unheard)


def _move_attempts() -> None:
    op.execute(DELIVERIES)
    op.drop_index("attempt_due", "attempt")
    for column in _moved_columns():
        op.drop_column("attempt", column.name)
    op.create_foreign_key("attempt_id_fkey", "attempt", "delivery", ["id"], ["id"])


def _moved_columns() -> list[sa.Column[Any]]:
    words = ("channel", "dedupe_key", "state", "carrier_sid", "last_error")
    moments = ("due_at", "lease_until", "created_at", "ended_at")
    return [
        *(sa.Column(name, sqltypes.AutoString(), nullable=True) for name in words),
        *(sa.Column(name, sqltypes.UTCDateTime(), nullable=True) for name in moments),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in ("fence", "tries")),
    ]


def _move_attempts_back() -> None:
    op.drop_constraint("attempt_id_fkey", "attempt")
    for column in _moved_columns():
        op.add_column("attempt", column)
    op.execute(ATTEMPTS_BACK)
    for column in _moved_columns():
        op.alter_column("attempt", column.name, nullable=column.name in OPTIONAL)
    op.create_unique_constraint("attempt_dedupe_key_key", "attempt", ["dedupe_key"])
    op.create_unique_constraint("attempt_carrier_sid_key", "attempt", ["carrier_sid"])
    op.create_index("attempt_due", "attempt", ["due_at"], postgresql_where=sa.text(DUE))


def _name_escalations() -> None:
    op.add_column("crisis_flag", sa.Column("escalation_id", sqltypes.AutoString(), nullable=True))
    op.execute(STARTED)
    op.execute(ADDED)
    op.alter_column("crisis_flag", "escalation_id", nullable=False)
    op.create_foreign_key(
        "crisis_flag_escalation_id_fkey", "crisis_flag", "escalation", ["escalation_id"], ["id"]
    )
    op.create_index("ix_crisis_flag_escalation_id", "crisis_flag", ["escalation_id"])
    op.drop_column("escalation", "flag_id")


def downgrade() -> None:
    """Take back."""
    _name_flags()
    _move_attempts_back()
    op.drop_table("delivery")


def _name_flags() -> None:
    op.add_column("escalation", sa.Column("flag_id", sqltypes.AutoString(), nullable=True))
    op.execute(STARTED_BACK)
    op.alter_column("escalation", "flag_id", nullable=False)
    op.create_unique_constraint("escalation_flag_id_key", "escalation", ["flag_id"])
    op.create_foreign_key(
        "escalation_flag_id_fkey", "escalation", "crisis_flag", ["flag_id"], ["id"]
    )
    op.drop_column("crisis_flag", "escalation_id")
