"""What belongs to an escalation bears its name: "case" is for what continues beyond a call.

The version before does not know the new names: stop its processes first (`deploy/CHANGES.md`).
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RENAMED_REASON = """
    update call_event set facts = jsonb_set(facts, '{why}', to_jsonb(cast(:now as text)))
    where kind = 'call.raised_to_crisis' and facts ->> 'why' = :was
"""


def upgrade() -> None:
    """Apply."""
    op.alter_column("escalation", "case_number", new_column_name="number")
    op.alter_column("escalation", "policy", new_column_name="chain")
    op.drop_column("escalation", "closed_by")  # the timeline says who closed it
    _rename_constraint("escalation_case_number_key", "escalation_number_key")
    _rename_reason("open_case", "open_escalation")


def downgrade() -> None:
    """Take back."""
    _rename_reason("open_escalation", "open_case")
    _rename_constraint("escalation_number_key", "escalation_case_number_key")
    op.add_column("escalation", sa.Column("closed_by", sqltypes.AutoString(), nullable=True))
    op.alter_column("escalation", "chain", new_column_name="policy")
    op.alter_column("escalation", "number", new_column_name="case_number")


def _rename_constraint(was: str, now: str) -> None:
    op.execute(sa.text(f"alter table escalation rename constraint {was} to {now}"))


def _rename_reason(was: str, now: str) -> None:
    op.execute(sa.text(RENAMED_REASON).bindparams(was=was, now=now))
