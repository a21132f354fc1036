"""Plans of lines, shifts, what keeps counselors well, and the engine's events."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _json(name: str, empty: str) -> sa.Column[Any]:
    """A JSONB column, for rows that are there, and for those a former version still writes."""
    default = sa.text(f"'{empty}'::jsonb")
    return sa.Column(name, postgresql.JSONB(), nullable=False, server_default=default)


def _added(table: str, *columns: sa.Column[Any]) -> None:
    for column in columns:
        op.add_column(table, column)


def upgrade() -> None:
    """Apply. Who works at this moment is taken to have begun now."""
    word: sa.Column[Any] = sa.Column(
        "plan_version", sqltypes.AutoString(), nullable=False, server_default=""
    )
    _added("line", _json("hours", "[]"), _json("plan", "{}"), word, _json("shadow_plan", "{}"))
    _added("staff", _json("shifts", "[]"))
    _added(
        "presence",
        sa.Column("working_since", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("crisis_in_a_row", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("crisis_ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("cut_short_call_id", sqltypes.AutoString(), nullable=True),
    )
    op.execute("update presence set working_since = now() where state not in ('offline', 'paused')")
    _routing_events()
    _plans()


def _routing_events() -> None:
    op.create_table(
        "routing_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("at_s", sa.Float(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("subject", sqltypes.AutoString(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("decisions", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    began = sa.text("kind = 'engine.began'")
    op.create_index("routing_event_began", "routing_event", ["id"], postgresql_where=began)
    op.create_index("routing_event_subject", "routing_event", ["subject", "id"])
    op.create_index("routing_event_time", "routing_event", ["at_s"])


def _plans() -> None:
    op.create_table(
        "plan_version",
        sa.Column("version", sqltypes.AutoString(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("first_used_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version"),
    )
    op.create_table(
        "plan_difference",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("line_id", sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("version", sqltypes.AutoString(), nullable=False),
        sa.Column("shadow_version", sqltypes.AutoString(), nullable=False),
        sa.Column("live", postgresql.JSONB(), nullable=False),
        sa.Column("shadow", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"]),
        sa.ForeignKeyConstraint(["line_id"], ["line.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("plan_difference_line", "plan_difference", ["line_id", "at"])


def downgrade() -> None:
    """Take back. What the engine was told is gone with its table."""
    for table in ("plan_difference", "plan_version", "routing_event"):
        op.drop_table(table)
    for name in ("working_since", "crisis_in_a_row", "crisis_ended_at", "cut_short_call_id"):
        op.drop_column("presence", name)
    op.drop_column("staff", "shifts")
    for name in ("hours", "plan", "plan_version", "shadow_plan"):
        op.drop_column("line", name)
