"""A suspicion is of the call in which it came up; nobody reads when a report was heard of last."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

ONCE = "report_suspicion_once"
# Of the same person's, in one report: the index of before takes one.
OF_SEVERAL_CALLS = """
delete from report_suspicion as again using report_suspicion as first
where again.report_id = first.report_id and again.code = first.code
    and again."by" = first."by" and again.id > first.id
"""


def upgrade() -> None:
    """Apply."""
    op.drop_index(ONCE, "report_suspicion")
    once = ["report_id", "code", "by", "call_id"]
    op.create_index(ONCE, "report_suspicion", once, unique=True)
    op.drop_column("statutory_report", "heard_at")


def downgrade() -> None:
    """Take back."""
    heard = sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("statutory_report", heard)
    op.drop_index(ONCE, "report_suspicion")
    op.execute(OF_SEVERAL_CALLS)
    op.create_index(ONCE, "report_suspicion", ["report_id", "code", "by"], unique=True)
