"""Colours and visits of cases."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

PARTS = (
    "database",
    "switchboard",
    "redis",
    "carrier",
    "account",
    "auditor",
    "escalations",
    "deliveries",
    "dispatcher",
    "callers",
    "spool",
    "disk",
    "clocks",
    "audit",
    "drill",
)


def upgrade() -> None:
    """Apply."""
    _know_parts(*PARTS, "visits")
    op.create_table(
        "colour_set",
        sa.Column("version", sqltypes.AutoString(), primary_key=True),
        sa.Column("document", JSONB(), nullable=False),
        _moment("first_used_at", nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False, server_default="false"),
    )
    in_force = sa.text("in_force")
    op.create_index(
        "one_set_in_force", "colour_set", ["in_force"], unique=True, postgresql_where=in_force
    )
    _create_colours()
    _create_plans()
    _create_visits()
    _create_tellings()


def _create_colours() -> None:
    op.create_table(
        "case_colour",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _case(),
        sa.Column("act", sqltypes.AutoString(), nullable=False),
        sa.Column("colour", sqltypes.AutoString(), nullable=False),
        sa.Column(
            "set_version",
            sqltypes.AutoString(),
            sa.ForeignKey("colour_set.version"),
            nullable=False,
        ),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        _text("reason_sealed"),
        sa.Column(
            "escalation_id",
            sqltypes.AutoString(),
            sa.ForeignKey("escalation.id"),
            nullable=True,
            unique=True,
        ),
        sa.CheckConstraint("act in ('proposed', 'confirmed')", name="act_is_known"),
    )
    op.create_index("case_colour_of", "case_colour", ["case_id", "at"])


def _create_plans() -> None:
    op.create_table(
        "visit_plan",
        sa.Column(
            "case_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), primary_key=True
        ),
        _text("colour"),
        sa.Column(
            "set_version", sqltypes.AutoString(), sa.ForeignKey("colour_set.version"), nullable=True
        ),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("due_for", sqltypes.AutoString(), nullable=False),
        _moment("due_at", nullable=False),
        sa.Column("family_until", sa.Date(), nullable=True),
        _moment("tell_at", nullable=False),
        _moment("told_at"),
        _count("told_steps"),
        _count("told_rounds"),
        _count("version"),
        sa.CheckConstraint(
            "due_for in ('confirmation', 'visit', 'retry')", name="due_for_is_known"
        ),
        sa.CheckConstraint("every_days > 0", name="some_days_apart"),
        sa.CheckConstraint("colour = '' or set_version is not null", name="a_colour_has_its_set"),
    )
    op.create_index("visit_plan_to_tell", "visit_plan", ["tell_at"])
    op.create_index("visit_plan_due", "visit_plan", ["due_at"])


def _create_visits() -> None:
    op.create_table(
        "case_visit",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _case(),
        sa.Column("client_key", sqltypes.AutoString(), nullable=False),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _text("along_sealed"),
        _moment("visited_at", nullable=False),
        _moment("sent_at", nullable=False),
        sa.Column("place", sqltypes.AutoString(), nullable=False),
        _text("division"),
        sa.Column("seen", sqltypes.AutoString(), nullable=False),
        sa.Column("moods", JSONB(), nullable=False),
        sa.Column("needs", JSONB(), nullable=False),
        _text("note_sealed"),
        sa.Column("concern", sa.Boolean(), nullable=False, server_default="false"),
        sa.CheckConstraint("place in ('home', 'school', 'other')", name="place_is_known"),
        sa.CheckConstraint("seen in ('yes', 'heard', 'not_found')", name="seen_is_known"),
    )
    op.create_index("case_visit_of", "case_visit", ["case_id", "visited_at"])
    op.create_index("one_visit_for_each_key", "case_visit", ["by", "client_key"], unique=True)


def _create_tellings() -> None:
    op.create_table(
        "visit_telling",
        sa.Column("id", sqltypes.AutoString(), sa.ForeignKey("delivery.id"), primary_key=True),
        _case(),
        sa.Column("station_id", sqltypes.AutoString(), sa.ForeignKey("station.id"), nullable=False),
        sa.Column(
            "contact_id",
            sqltypes.AutoString(),
            sa.ForeignKey("station_contact.id"),
            nullable=False,
        ),
        sa.Column("why", sqltypes.AutoString(), nullable=False),
        _moment("due_at", nullable=False),
        _moment("at", nullable=False),
        _moment("failed_at"),
    )
    op.create_index("visit_telling_of", "visit_telling", ["case_id", "due_at"])


def _case() -> sa.Column[str]:
    return sa.Column(
        "case_id", sqltypes.AutoString(), sa.ForeignKey("care_case.id"), nullable=False
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _know_parts(*parts: str) -> None:
    """What the auditor finds of visits is an incident of theirs."""
    known = ", ".join(f"'{part}'" for part in parts)
    op.drop_constraint("part_is_known", "incident", type_="check")
    op.create_check_constraint("part_is_known", "incident", f"part in ({known})")


def downgrade() -> None:
    """Take back."""
    op.execute("delete from incident where part = 'visits'")
    _know_parts(*PARTS)
    for table in ("visit_telling", "case_visit", "visit_plan", "case_colour", "colour_set"):
        op.drop_table(table)
