"""Levels of risk with who found them, requests to lower one, and what callers say of themselves."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

LEVELS = "'imminent', 'high', 'moderate', 'low', 'none', 'not_assessed'"
# Where a record or a flag said something before there were assessments, that is where they begin.
WHAT_WAS_KNOWN = """
insert into risk_assessment (call_id, version, kind, at, level, computed)
select call_id, 1, 'flagged', max(created_at), level, level
from (
    select call_id, created_at,
           max(level) over (partition by call_id) as level  -- 'imminent' sorts after 'high'
    from crisis_flag
) as flag
group by call_id, level
union all
select call_id, 1, 'chosen', saved_at, risk, ''
from record
where risk in ('imminent', 'high', 'moderate', 'low', 'none')
  and call_id not in (select call_id from crisis_flag)
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "risk_assessment",
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        _staff("staff_id", nullable=True),
        _moment("at"),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        _text("computed"),
        _text("instrument"),
        sa.Column("instrument_version", sa.Integer(), nullable=True),
        _text("answers_sealed"),
        sa.Column("score", sa.Integer(), nullable=True),
        _text("found"),
        _text("reason_sealed"),
        _staff("approved_by", nullable=True),
        sa.CheckConstraint(
            "kind in ('chosen', 'assessed', 'flagged', 'lowered', 'taken_back')",
            name="kind_is_known",
        ),
        sa.CheckConstraint(f"level in ({LEVELS})", name="level_is_known"),
        sa.CheckConstraint(f"computed in ('', {LEVELS})", name="computed_is_known"),
    )
    _create_lowerings()
    _create_ratings()
    op.execute(WHAT_WAS_KNOWN)


def _create_lowerings() -> None:
    op.create_table(
        "risk_lowering",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        sa.Column("reason_sealed", sqltypes.AutoString(), nullable=False),
        _staff("asked_by", nullable=False),
        _moment("asked_at"),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        _staff("answered_by", nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        _text("answer_sealed"),
        sa.CheckConstraint(
            "state in ('asked', 'granted', 'refused', 'overtaken')", name="state_is_known"
        ),
        sa.CheckConstraint(f"level in ({LEVELS})", name="level_is_known"),
    )
    open_only = sa.text("state = 'asked'")
    op.create_index(
        "risk_lowering_open", "risk_lowering", ["call_id"], unique=True, postgresql_where=open_only
    )


def _create_ratings() -> None:
    op.create_table(
        "risk_rating",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("moment", sqltypes.AutoString(), nullable=False),
        sa.Column("scale", sqltypes.AutoString(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        _staff("staff_id", nullable=False),
        _moment("at"),
        sa.CheckConstraint("moment in ('start', 'end')", name="moment_is_known"),
        sa.CheckConstraint("scale in ('distress', 'hope', 'intent')", name="scale_is_known"),
        sa.CheckConstraint("value between 0 and 100", name="value_is_of_a_hundred"),
    )
    op.create_index("risk_rating_call", "risk_rating", ["call_id", "id"])


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _staff(name: str, *, nullable: bool) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=nullable)


def downgrade() -> None:
    """Take back. The level that the record and the flags say is still there."""
    op.drop_table("risk_rating")
    op.drop_table("risk_lowering")
    op.drop_table("risk_assessment")
