"""A flag names its escalation."""

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


def upgrade() -> None:
    """Apply."""
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
    op.add_column("escalation", sa.Column("flag_id", sqltypes.AutoString(), nullable=True))
    op.execute(STARTED_BACK)
    op.alter_column("escalation", "flag_id", nullable=False)
    op.create_unique_constraint("escalation_flag_id_key", "escalation", ["flag_id"])
    op.create_foreign_key(
        "escalation_flag_id_fkey", "escalation", "crisis_flag", ["flag_id"], ["id"]
    )
    op.drop_column("crisis_flag", "escalation_id")
