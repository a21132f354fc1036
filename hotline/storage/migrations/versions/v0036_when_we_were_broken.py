"""When we were broken: talks with the duty phone, the carrier's clock, and incidents."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OUTCOMES_BEFORE = (
    "outcome in ('talked', 'message_left', 'callback_owed', 'hung_up', 'turned_away',"
    " 'not_reached')"
)
PARTS = "part in ('database', 'switchboard', 'redis', 'carrier', 'account')"
OUTCOMES = f"{OUTCOMES_BEFORE[:-1]}, 'duty_phone')"


def upgrade() -> None:
    """Apply."""
    op.add_column("call", sa.Column("duty_phone_at", sa.DateTime(timezone=True), nullable=True))
    _replace_outcomes(OUTCOMES)
    op.add_column(
        "carrier_check", sa.Column("ahead_s", sa.Float(), nullable=False, server_default="0")
    )
    op.create_table(
        "incident",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("part", sqltypes.AutoString(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(PARTS, name="part_is_known"),
    )
    op.create_index("ix_incident_began_at", "incident", ["began_at"])
    op.create_index(
        "incident_open",
        "incident",
        ["part"],
        unique=True,
        postgresql_where=sa.text("ended_at is null"),
    )


def downgrade() -> None:
    """Take back. A talk with the duty phone counts as it did before: nobody of ours was there."""
    op.drop_table("incident")
    op.drop_column("carrier_check", "ahead_s")
    op.execute("update call set outcome = 'hung_up' where outcome = 'duty_phone'")
    _replace_outcomes(OUTCOMES_BEFORE)
    op.drop_column("call", "duty_phone_at")


def _replace_outcomes(rule: str) -> None:
    op.drop_constraint("outcome_is_known", "call", type_="check")
    op.create_check_constraint("outcome_is_known", "call", rule)
