"""Every caller who waits has a next deadline, and a line says whom it rings when nobody comes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADDED = (
    ("line", "alarm", JSONB(), "'{}'::jsonb"),
    ("line", "supervisor_phone", sqltypes.AutoString(), "''"),
    ("staff", "rings_off_duty", sa.Boolean(), "false"),
    ("call", "alarm_step", sa.Integer(), "0"),
)


def upgrade() -> None:
    """Apply. Who waits meanwhile has no deadline yet: the next look gives them one."""
    for table, name, kind, default in ADDED:
        column = sa.Column(name, kind, nullable=False, server_default=sa.text(default))
        op.add_column(table, column)
    for name in ("alarm_since", "alarm_due_at"):
        op.add_column("call", sa.Column(name, sqltypes.UTCDateTime(), nullable=True))
    waiting = sa.text("state = 'waiting'")
    op.create_index("call_alarm", "call", ["alarm_due_at"], postgresql_where=waiting)


def downgrade() -> None:
    """Take back."""
    op.drop_column("staff", "rings_off_duty")
    op.drop_column("line", "supervisor_phone")
    op.drop_column("line", "alarm")
    op.drop_index("call_alarm", "call")
    for name in ("alarm_due_at", "alarm_step", "alarm_since"):
        op.drop_column("call", name)
