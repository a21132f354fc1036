"""What supervisors do on the floor: acts, diverted queues, words to counselors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS = "('message', 'presence', 'skills', 'caller', 'line', 'undone')"


def _text(name: str, *refers: sa.ForeignKey, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), *refers, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def _json(name: str) -> sa.Column[sa.JSON]:
    return sa.Column(name, JSONB(), nullable=False)


def upgrade() -> None:
    """Apply. Nobody was moved and no line is diverted."""
    op.add_column("call", _moment("ahead_at", nullable=True))
    op.add_column("call", _text("meant_for_id", nullable=True))
    op.create_foreign_key("call_meant_for_id_fkey", "call", "staff", ["meant_for_id"], ["id"])
    op.add_column("staff", sa.Column("skills_kept", JSONB(), nullable=True))
    op.add_column("staff", _moment("skills_until", nullable=True))
    _create_acts()
    _create_diversions()
    _create_notices()


def _create_acts() -> None:
    op.create_table(
        "supervisor_act",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _text("group_id"),
        _text("by_id", sa.ForeignKey("staff.id")),
        _moment("at"),
        *(_text(name) for name in ("kind", "subject_kind", "subject_id")),
        *(_json(name) for name in ("lines", "before", "after")),
        _text("reason"),
        _moment("undone_at", nullable=True),
        _text("undone_by", sa.ForeignKey("staff.id"), nullable=True),
    )
    op.create_index("supervisor_act_at", "supervisor_act", ["at"])
    op.create_index("supervisor_act_group", "supervisor_act", ["group_id"])


def _create_diversions() -> None:
    op.create_table(
        "line_diversion",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _text("line_id", sa.ForeignKey("line.id")),
        _text("to_line_id", sa.ForeignKey("line.id"), nullable=True),
        _text("act_id", sa.ForeignKey("supervisor_act.id")),
        _moment("at"),
        _moment("ended_at", nullable=True),
    )
    op.create_index(
        "one_diversion_a_line",
        "line_diversion",
        ["line_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _create_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _text("staff_id", sa.ForeignKey("staff.id")),
        _text("act_id", sa.ForeignKey("supervisor_act.id")),
        _text("by_id", sa.ForeignKey("staff.id")),
        _moment("at"),
        _text("kind"),
        _text("text"),
        _json("facts"),
        _moment("read_at", nullable=True),
        sa.CheckConstraint(f"kind in {KINDS}", name="kind_is_known"),
    )
    unread = sa.text("read_at is null")
    op.create_index("notice_unread", "notice", ["staff_id"], postgresql_where=unread)
    op.create_index("notice_act", "notice", ["act_id"])


def downgrade() -> None:
    """Take back. Who did what is gone; skills for a shift become those before it."""
    op.drop_table("notice")
    op.drop_table("line_diversion")
    op.drop_table("supervisor_act")
    op.execute("update staff set skills = skills_kept where skills_kept is not null")
    op.drop_column("staff", "skills_until")
    op.drop_column("staff", "skills_kept")
    op.drop_column("call", "meant_for_id")
    op.drop_column("call", "ahead_at")
