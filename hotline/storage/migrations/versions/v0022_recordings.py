"""Talks are recorded by the line's rule, and only of callers who have heard so."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

WORDS = {
    "wanted": ("on", "paused", "off"),
    "state": ("none", "asked", "on", "paused", "over"),
    "copy_state": ("none", "wanted", "fetched", "deleted", "erased", "missing"),
}
MOMENTS = ("started_at", "ended_at", "fetched_at", "gone_at", "keep_until", "erased_at")


def _one_of(name: str) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{word}'" for word in WORDS[name])
    return sa.CheckConstraint(f"{name} in ({allowed})", name=f"{name}_is_known")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def upgrade() -> None:
    """Apply. No line records anything before its file says so."""
    empty = sa.text("'{}'::jsonb")
    op.add_column("line", sa.Column("recording", JSONB(), nullable=False, server_default=empty))
    op.add_column("call", _moment("notice_heard_at"))
    op.add_column(
        "call",
        sa.Column("recording_paused", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.create_table(
        "recording",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        _text("leg_sid"),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True, unique=True),
        *(_text(name) for name in (*WORDS, "path", "key_id", "sha256")),
        *(_moment(name, nullable=False) for name in ("due_at", "created_at")),
        *(_moment(name) for name in ("lease_until", *MOMENTS)),
        *(_count(name) for name in ("fence", "tries")),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        *(_one_of(name) for name in WORDS),
    )
    op.create_index("recording_call", "recording", ["call_id", "created_at"])
    alive = sa.text("copy_state = 'none'")
    op.create_index("recording_alive", "recording", ["due_at"], postgresql_where=alive)
    due = sa.text("copy_state in ('wanted', 'fetched', 'deleted')")
    op.create_index("recording_due", "recording", ["due_at"], postgresql_where=due)


def downgrade() -> None:
    """Take back. What was fetched stays in its files, which nobody can find any more."""
    op.drop_table("recording")
    for name in ("recording_paused", "notice_heard_at"):
        op.drop_column("call", name)
    op.drop_column("line", "recording")
