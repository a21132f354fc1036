"""What is known of callers: keys, whose number it is, blocks, plans, consent."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

NUMBER_KINDS = "number_kind in ('direct', 'forwarded', 'withheld', 'malformed', 'trunk')"

CODES = "code in ('obscene', 'insulting', 'threatening', 'prank')"
COLUMNS = ("number_kind", "sent_sealed", "attention", "place_code", "place_source",
           "recording_refused_at")  # fmt: skip
MOMENT = sqltypes.UTCDateTime()


def upgrade() -> None:
    """Apply."""
    _add_text("participant", "keys")
    _add_text("call", "sent_sealed")
    _add_text("call", "attention")
    _add_text("call", "place_code")
    _add_text("call", "place_source")
    _add_text("call", "number_kind", "direct")
    op.create_check_constraint("number_kind_is_known", "call", NUMBER_KINDS)

    op.add_column("call", sa.Column("recording_refused_at", MOMENT, nullable=True))
    _create_blocks()
    _create_plans()
    _create_notices_owed()


def downgrade() -> None:
    """Take back."""
    op.drop_table("notice_owed")
    op.drop_table("caller_plan")
    op.drop_table("caller_block")
    for name in COLUMNS:
        op.drop_column("call", name)
    op.drop_column("participant", "keys")


def _create_blocks() -> None:
    text, moment = sqltypes.AutoString, MOMENT
    op.create_table(
        "caller_block",
        sa.Column("id", text(), primary_key=True),
        sa.Column("number_index", text(), nullable=False),
        sa.Column("masked", text(), nullable=False),
        sa.Column("line_id", text(), sa.ForeignKey("line.id"), nullable=False),
        sa.Column("call_id", text(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("code", text(), nullable=False),
        sa.Column("by_id", text(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("lifted_at", moment, nullable=True),
        sa.Column("lifted_by", text(), sa.ForeignKey("staff.id"), nullable=True),
        sa.CheckConstraint(CODES, name="code_is_known"),
    )
    op.create_index(
        "caller_block_alive",
        "caller_block",
        ["number_index", "line_id"],
        unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )


def _create_plans() -> None:
    text, moment = sqltypes.AutoString, MOMENT
    op.create_table(
        "caller_plan",
        sa.Column("id", text(), primary_key=True),
        sa.Column("number_index", text(), nullable=False),
        sa.Column("masked", text(), nullable=False),
        sa.Column("line_id", text(), sa.ForeignKey("line.id"), nullable=False),
        sa.Column("call_id", text(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("counselor_id", text(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("times", text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("goals_sealed", text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("approved_by", text(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("approved_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", text(), sa.ForeignKey("staff.id"), nullable=True),
    )
    op.create_index(
        "one_plan_a_caller",
        "caller_plan",
        ["number_index", "line_id"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def _create_notices_owed() -> None:
    text, moment = sqltypes.AutoString, MOMENT
    op.create_table(
        "notice_owed",
        sa.Column("call_id", text(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("line_id", text(), sa.ForeignKey("line.id"), nullable=False),
        sa.Column("owner_id", text(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("since", moment, nullable=False),
        sa.Column("closed_at", moment, nullable=True),
        sa.Column("closed_by", text(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("closed_as", text(), nullable=True),
        sa.CheckConstraint("closed_as in ('told', 'could_not')", name="closed_as_is_known"),
    )
    op.create_index(
        "notice_owed_open",
        "notice_owed",
        ["line_id"],
        postgresql_where=sa.text("closed_at is null"),
    )


def _add_text(table: str, name: str, default: str = "") -> None:
    text = sqltypes.AutoString()
    op.add_column(table, sa.Column(name, text, nullable=False, server_default=default))
