"""What the law asks the house to report, who suspected it, and who may know the reporter."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    _create_reports()
    op.create_table(
        "report_suspicion",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _of("report_id", "statutory_report", nullable=False),
        _of("call_id", "call"),
        _word("code"),
        _word("source"),
        _word("by"),
        _moment("at", nullable=False),
        sa.CheckConstraint(
            "source in ('record', 'button', 'flag', 'rule')", name="source_is_known"
        ),
    )
    op.create_index(
        "report_suspicion_once", "report_suspicion", ["report_id", "code", "by"], unique=True
    )
    op.create_index("report_suspicion_of_call", "report_suspicion", ["call_id", "code"])
    op.create_table(
        "case_reporter",
        sa.Column(
            "case_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), primary_key=True
        ),
        sa.Column("is_caller", sa.Boolean(), nullable=False, server_default="false"),
        _word("said_by"),
        _moment("said_at", nullable=False),
        _moment("released_at"),
        _text("released_by"),
        _text("reason_sealed"),
    )


def _create_reports() -> None:
    op.create_table(
        "statutory_report",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("number", sqltypes.AutoString(), nullable=False, unique=True),
        _word("kind"),
        _of("line_id", "line", nullable=False),
        _of("call_id", "call"),
        _of("case_id", "care_case"),
        sa.Column("codes", JSONB(), nullable=False),
        _word("state"),
        *(_moment(name, nullable=False) for name in ("opened_at", "warn_at", "breach_at")),
        _word("opened_by"),
        *(_moment(name) for name in ("next_due_at", "warned_at", "breached_at", "heard_at")),
        *(_count(name) for name in ("rung", "round_from", "reminded")),
        *(_moment(name) for name in ("reported_at", "feedback_due_at", "feedback_at")),
        *(_moment(name) for name in ("answer_read_at", "ended_at")),
        *(_text(name) for name in ("agency", "how", "reported_by", "ended_by")),
        *(_text(f"{name}_sealed") for name in ("person", "receipt", "to_tell")),
        *(_text(f"{name}_sealed") for name in ("feedback", "reason")),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind in ('mandatory', 'emergency')", name="kind_is_known"),
        sa.CheckConstraint(
            "state in ('open', 'reported', 'answered', 'not_reportable')", name="state_is_known"
        ),
        sa.CheckConstraint(
            "(state = 'open' or (state = 'reported' and kind = 'mandatory'))"
            " = (next_due_at is not null)",
            name="due_while_somebody_owes",
        ),
        sa.CheckConstraint(
            "kind = 'emergency' or (case_id is not null and call_id is not null)",
            name="mandatory_has_a_case",
        ),
    )
    for column in ("line_id", "call_id", "case_id"):
        op.create_index(f"ix_statutory_report_{column}", "statutory_report", [column])
    still_due = sa.text("next_due_at is not null")
    op.create_index(
        "statutory_due", "statutory_report", ["next_due_at"], postgresql_where=still_due
    )
    unread = sa.text("state = 'answered' and answer_read_at is null")
    op.create_index(
        "statutory_unread", "statutory_report", ["reported_by"], postgresql_where=unread
    )
    op.create_index(
        "one_open_report_a_case",
        "statutory_report",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open' and kind = 'mandatory'"),
    )


def _of(name: str, table: str, *, nullable: bool = True) -> sa.Column[str]:
    key = sa.ForeignKey(f"{table}.id")
    return sa.Column(name, sqltypes.AutoString(), key, nullable=nullable)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    for table in ("case_reporter", "report_suspicion", "statutory_report"):
        op.drop_table(table)
