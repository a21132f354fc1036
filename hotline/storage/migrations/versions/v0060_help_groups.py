"""Help groups: members of a case from outside, their links, codes and sessions, what they write."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

KINDS = (
    "kind in ('school_counselor', 'class_teacher', 'school_social_worker', 'child_director',"
    " 'social_worker', 'womens_federation', 'youth_league', 'doctor')"
)


def upgrade() -> None:
    """Apply."""
    _create_members()
    _create_ways_in()
    op.create_table(
        "group_task",
        _key("id"),
        _member(),
        _text("words_sealed"),
        sa.Column("due_on", sa.Date(), nullable=True),
        _word("by"),
        _moment("at", nullable=False),
        _moment("done_at"),
    )
    op.create_index("ix_group_task_member_id", "group_task", ["member_id"])
    op.create_table(
        "group_note",
        _key("id"),
        _member(),
        _word("kind"),
        _text("words_sealed"),
        _word("key"),
        _moment("at", nullable=False),
        sa.CheckConstraint("kind in ('note', 'cannot', 'danger')", name="kind_is_known"),
        sa.UniqueConstraint("member_id", "key"),
    )
    op.create_index("ix_group_note_member_id", "group_note", ["member_id"])


def _create_members() -> None:
    sealed = ("called", "asked", "known", "place", "health")
    empty = sa.text("'[]'::jsonb")
    op.create_table(
        "group_member",
        _key("id"),
        sa.Column("case_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), nullable=False),
        *(_word(name) for name in ("kind", "body", "language")),
        *(_text(name) for name in ("name_sealed", "phone_sealed", "phone_index", "phone_masked")),
        *(_text(name) for name in ("mail_sealed", "mail_index")),
        sa.Column("fields", JSONB(), nullable=False, server_default=empty),
        *(_text(f"{name}_sealed") for name in sealed),
        sa.Column("visit_on", sa.Date(), nullable=True),
        sa.Column(
            "provision_id", sqltypes.AutoString(), sa.ForeignKey("provision.id"), nullable=False
        ),
        _word("by"),
        _moment("at", nullable=False),
        _moment("ends_at", nullable=False),
        *(_moment(name) for name in ("joined_at", "seen_at", "ended_at")),
        *(_text(name) for name in ("ended_by", "ended_why", "link_delivery_id")),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        _moment("locked_at"),
        sa.CheckConstraint(KINDS, name="kind_is_known"),
        sa.CheckConstraint("ended_why in ('', 'by_hand', 'left')", name="ended_why_is_known"),
    )
    op.create_index("ix_group_member_case_id", "group_member", ["case_id"])
    op.create_index("ix_group_member_link_delivery_id", "group_member", ["link_delivery_id"])
    op.create_index("ix_group_member_provision_id", "group_member", ["provision_id"])


def _create_ways_in() -> None:
    op.create_table("group_link", _key("hash"), _member(), _moment("at", nullable=False))
    op.create_index("ix_group_link_member_id", "group_link", ["member_id"])
    op.create_table(
        "group_code",
        _key("id"),
        _member(),
        _text("delivery_id"),
        _text("hash"),
        _moment("asked_at", nullable=False),
        _moment("expires_at"),
        _moment("used_at"),
    )
    op.create_index("ix_group_code_member_id", "group_code", ["member_id"])
    op.create_index("ix_group_code_delivery_id", "group_code", ["delivery_id"])
    op.create_table(
        "group_session",
        _key("token_hash"),
        _member(),
        _moment("at", nullable=False),
        _moment("expires_at", nullable=False),
    )
    op.create_index("ix_group_session_member_id", "group_session", ["member_id"])


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), primary_key=True)


def _member() -> sa.Column[str]:
    of = sa.ForeignKey("group_member.id")
    return sa.Column("member_id", sqltypes.AutoString(), of, nullable=False)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    for name in ("note", "task", "session", "code", "link", "member"):
        op.drop_table(f"group_{name}")
