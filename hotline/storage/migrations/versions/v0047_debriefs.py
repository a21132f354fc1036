"""Talks that counselors are owed after heavy calls, and words that they ask for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

STILL_OPEN = sa.text("state <> 'closed'")
ASKED_AND_OPEN = sa.text("why = 'asked' and state <> 'closed'")


def upgrade() -> None:
    """Apply. Nobody is owed a talk for what was before."""
    op.create_table(
        "debrief",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _points_to("staff_id", "staff.id", nullable=False),
        _points_to("call_id", "call.id"),
        sa.Column("why", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        _moment("created_at"),
        _moment("due_at"),
        _points_to("taker_id", "staff.id"),
        _moment("closed_at", nullable=True),
        sa.Column("closed_as", sqltypes.AutoString(), nullable=False, server_default=""),
        sa.Column("note_sealed", sqltypes.AutoString(), nullable=False, server_default=""),
        sa.Column("history", JSONB(), nullable=False),
        sa.CheckConstraint("why in ('heavy_call', 'asked')", name="why_is_known"),
        sa.CheckConstraint("state in ('open', 'taken', 'closed')", name="state_is_known"),
        sa.CheckConstraint(
            "closed_as in ('', 'talked', 'not_wanted', 'withdrawn', 'mistake')",
            name="closed_as_is_known",
        ),
    )
    op.create_index("debrief_of_call", "debrief", ["staff_id", "call_id"], unique=True)
    op.create_index(
        "one_word_asked_at_once",
        "debrief",
        ["staff_id"],
        unique=True,
        postgresql_where=ASKED_AND_OPEN,
    )
    op.create_index("debrief_open", "debrief", ["due_at"], postgresql_where=STILL_OPEN)


def _points_to(name: str, whom: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(whom), nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    op.drop_table("debrief")
