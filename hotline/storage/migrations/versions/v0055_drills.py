"""Drills of the whole path of an escalation, and of every contact's phone."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

STILL_RUNS = sa.text("ended_at is null")


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "escalation",
        sa.Column("drill", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.alter_column("escalation", "call_id", nullable=True)
    op.create_check_constraint(
        "only_a_drill_has_no_call", "escalation", "drill = (call_id is null)"
    )
    op.create_table(
        "drill_run",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("through", sqltypes.AutoString(), nullable=False),
        sa.Column("escalation_id", sqltypes.AutoString(), nullable=False, server_default=""),
        _moment("began_at", nullable=False),
        _moment("sent_at"),
        _moment("answered_at"),
        _moment("acknowledged_at"),
        _moment("ended_at"),
        sa.Column("outcome", sqltypes.AutoString(), nullable=False, server_default=""),
        sa.CheckConstraint("through in ('carrier', 'web')", name="through_is_known"),
        sa.CheckConstraint("outcome in ('', 'passed', 'failed')", name="outcome_is_known"),
    )
    op.create_index("drill_run_began", "drill_run", ["began_at"])
    op.create_index(
        "one_drill_at_once", "drill_run", ["through"], unique=True, postgresql_where=STILL_RUNS
    )
    op.create_table(
        "contact_drill",
        sa.Column("id", sqltypes.AutoString(), sa.ForeignKey("delivery.id"), primary_key=True),
        sa.Column(
            "contact_id",
            sqltypes.AutoString(),
            sa.ForeignKey("station_contact.id"),
            nullable=False,
        ),
        _moment("asked_at", nullable=False),
        _moment("ended_at"),
        sa.Column("outcome", sqltypes.AutoString(), nullable=False, server_default=""),
        sa.CheckConstraint(
            "outcome in ('', 'reached', 'no_key', 'no_answer', 'no_such_number', 'not_rung')",
            name="outcome_is_known",
        ),
    )
    op.create_index("contact_drill_of", "contact_drill", ["contact_id", "asked_at"])
    op.create_index(
        "contact_drill_under_way",
        "contact_drill",
        ["asked_at"],
        postgresql_where=sa.text("outcome = ''"),
    )


def _moment(name: str, *, nullable: bool = True) -> sa.Column[sa.DateTime]:
    return sa.Column(name, sqltypes.UTCDateTime(), nullable=nullable)


def downgrade() -> None:
    """Take back, with what a drill left under way."""
    op.drop_table("contact_drill")
    op.drop_table("drill_run")
    op.drop_constraint("only_a_drill_has_no_call", "escalation", type_="check")
    ours = "(select id from escalation where drill)"
    op.execute(f"delete from escalation_event where escalation_id in {ours}")  # noqa: S608 – our own words
    op.execute(f"delete from attempt where escalation_id in {ours}")  # noqa: S608 – the same
    op.execute("delete from escalation where drill")
    op.alter_column("escalation", "call_id", nullable=False)
    op.drop_column("escalation", "drill")
