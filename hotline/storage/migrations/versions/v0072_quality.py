"""Reviews of calls, supervision, certificates, and what callers say of calls."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

WHY = "why in ('asked', 'hung_up', 'dropped', 'message', 'text'{more})"
OTHERWISE = "update callback set why = 'asked' where why = 'dissatisfied'"
CAUSES_OTHERWISE = "update callback_cause set why = 'asked' where why = 'dissatisfied'"
STATES = "state in ('drawn', 'assigned', 'reviewed', 'given', 'read', 'answered')"
KINDS = "kind in ('crisis', 'counselling', 'supervision', 'child_protection')"


def upgrade() -> None:
    """Apply."""
    op.add_column("staff", _no("certificate_lapsed"))
    _callbacks(", 'dissatisfied'")
    _create_lots()
    _create_reviews()
    _create_care()
    _create_satisfaction()


def _callbacks(more: str) -> None:
    op.drop_constraint("why_is_known", "callback", type_="check")
    op.create_check_constraint("why_is_known", "callback", WHY.format(more=more))


def _create_lots() -> None:
    op.create_table(
        "quality_salt",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _word("salt"),
        _moment("made_at"),
        sa.CheckConstraint("id = 1", name="one_salt"),
    )
    op.create_table(
        "quality_month",
        _id(),
        _key("line_id", "line.id"),
        *(_word(name) for name in ("month", "seed")),
        _moment("published_at"),
        _moment("drawn_at", nullable=True),
        *(_count(name) for name in ("population", "drawn")),
        _text("digest"),
    )
    op.create_index("quality_month_once", "quality_month", ["line_id", "month"], unique=True)
    undrawn = sa.text("drawn_at is null")
    op.create_index("quality_month_undrawn", "quality_month", ["month"], postgresql_where=undrawn)
    op.create_table(
        "quality_form",
        sa.Column("version", sqltypes.AutoString(), primary_key=True),
        sa.Column("document", JSONB(), nullable=False),
        _moment("first_used_at"),
        _no("in_force"),
    )
    _only_one("one_review_form_in_force", "quality_form", ["in_force"], "in_force")


def _create_reviews() -> None:
    op.create_table(
        "quality_calibration",
        _id(),
        *(_key(name, of) for name, of in (("call_id", "call.id"), ("line_id", "line.id"))),
        _key("by_id", "staff.id"),
        _moment("begun_at"),
        _moment("closed_at", nullable=True),
    )
    op.create_index("one_calibration_a_call", "quality_calibration", ["call_id"], unique=True)
    op.create_index("ix_quality_calibration_line_id", "quality_calibration", ["line_id"])
    op.create_table(
        "call_review",
        _id(),
        *(_key(name, of) for name, of in (("call_id", "call.id"), ("line_id", "line.id"))),
        _word("month"),
        _key("counselor_id", "staff.id"),
        *(_no(name) for name in ("by_lot", "imminent")),
        _key("calibration_id", "quality_calibration.id", nullable=True),
        _word("state"),
        _key("reviewer_id", "staff.id", nullable=True),
        _text("form_version"),
        sa.Column("scores", JSONB(), nullable=False),
        sa.Column("total", sa.Float(), nullable=True),
        *(_text(name) for name in ("words_sealed", "answer_sealed")),
        *(_moment(name) for name in ("drawn_at", "due_at")),
        *(
            _moment(name, nullable=True)
            for name in ("reviewed_at", "given_at", "read_at", "answered_at")
        ),
        sa.Column("history", JSONB(), nullable=False),
        sa.CheckConstraint(STATES, name="state_is_known"),
    )
    op.create_index("ix_call_review_call_id", "call_review", ["call_id"])
    _only_one("one_review_a_call", "call_review", ["call_id"], "calibration_id is null")
    each, where = ["calibration_id", "reviewer_id"], "calibration_id is not null"
    _only_one("one_review_a_reviewer", "call_review", each, where)
    op.create_index("call_review_of_line", "call_review", ["line_id", "drawn_at"])
    op.create_index("call_review_of_counselor", "call_review", ["counselor_id", "given_at"])


def _create_care() -> None:
    op.create_table(
        "supervision_session",
        _id(),
        *(_key(name, "staff.id") for name in ("staff_id", "by_id")),
        _word("way"),
        _moment("held_at"),
        sa.Column("minutes", sa.Integer(), nullable=False),
        _key("noted_by_id", "staff.id"),
        _moment("noted_at"),
        sa.CheckConstraint("way in ('alone', 'group')", name="way_is_known"),
    )
    op.create_index("supervision_session_of", "supervision_session", ["staff_id", "held_at"])
    op.create_table(
        "staff_course",
        _id(),
        _key("staff_id", "staff.id"),
        _word("title"),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        _key("noted_by_id", "staff.id"),
        _moment("noted_at"),
    )
    op.create_index("ix_staff_course_staff_id", "staff_course", ["staff_id"])
    op.create_table(
        "staff_certificate",
        _id(),
        _key("staff_id", "staff.id"),
        _word("kind"),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _key("noted_by_id", "staff.id"),
        _moment("noted_at"),
        _moment("taken_back_at", nullable=True),
        _key("taken_back_by_id", "staff.id", nullable=True),
        sa.CheckConstraint(KINDS, name="kind_is_known"),
    )
    op.create_index("staff_certificate_of", "staff_certificate", ["staff_id", "kind"])


def _create_satisfaction() -> None:
    op.create_table(
        "call_satisfaction",
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), primary_key=True),
        _key("line_id", "line.id"),
        *(_word(name) for name in ("said", "said_by")),
        _moment("said_at"),
        _key("text_id", "text_message.id", nullable=True),
        _key("noted_by_id", "staff.id", nullable=True),
        _key("callback_id", "callback.id", nullable=True),
        sa.CheckConstraint("said in ('yes', 'partly', 'no')", name="said_is_known"),
        sa.CheckConstraint("said_by in ('text', 'key', 'spoken')", name="said_by_is_known"),
    )
    op.create_index("call_satisfaction_said", "call_satisfaction", ["line_id", "said_at"])


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, postgresql_where=sa.text(where))


def _id() -> sa.Column[str]:
    return sa.Column("id", sqltypes.AutoString(), primary_key=True)


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(target), nullable=nullable)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default="false")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


TABLES = (
    "call_satisfaction",
    "staff_certificate",
    "staff_course",
    "supervision_session",
    "call_review",
    "quality_calibration",
    "quality_form",
    "quality_month",
    "quality_salt",
)


def downgrade() -> None:
    """Take back. What was owed to the dissatisfied is owed as to whoever asked."""
    for table in TABLES:
        op.drop_table(table)
    op.execute(OTHERWISE)
    op.execute(CAUSES_OTHERWISE)
    _callbacks("")
    op.drop_column("staff", "certificate_lapsed")
