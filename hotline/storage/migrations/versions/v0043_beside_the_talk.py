"""Scripts, referral places, and reminders of how long a talk has lasted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def _document(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB, nullable=False)


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "line", sa.Column("talk_length", JSONB, nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_table(
        "script",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("fits", sa.String(), nullable=False, server_default="any"),
        *map(_document, ("lines", "topics", "title", "say", "see")),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="true"),
    )
    op.create_table(
        "referral_place",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        *map(_document, ("name", "kinds", "districts", "hours")),
        sa.Column("holidays", sa.String(), nullable=False, server_default="as_usual"),
        sa.Column("number", sa.String(), nullable=False),
        *map(_document, ("languages", "notes")),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="true"),
    )
    op.create_table(
        "talk_reminder",
        sa.Column("call_id", sa.String(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("minutes", sa.Integer(), primary_key=True),
        sa.Column("staff_id", sa.String(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_talk_reminder_staff_id", "talk_reminder", ["staff_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("talk_reminder")
    op.drop_table("referral_place")
    op.drop_table("script")
    op.drop_column("line", "talk_length")
