"""Alerts of the floor, and the rules by which they are raised."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None

MOMENTS = ("owner_since", "acknowledged_at", "passed_at", "cleared_at")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alert_rules",
        sa.Column("version", sqltypes.AutoString(), primary_key=True),
        sa.Column("document", JSONB(), nullable=False),
        _moment("first_used_at", nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False, server_default="false"),
    )
    _only_one("one_set_of_rules_in_force", "alert_rules", ["in_force"], "in_force")
    op.create_table(
        "floor_alert",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _word("rule"),
        sa.Column("line_id", sqltypes.AutoString(), sa.ForeignKey("line.id"), nullable=False),
        *(_word(name) for name in ("measure", "level")),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("threshold", "value")),
        _moment("since", nullable=False),
        *(_moment(name) for name in ("raised_at", "calm_since")),
        *(_person(name) for name in ("owner_id", "acknowledged_by")),
        *(_moment(name) for name in MOMENTS),
        sa.Column("note", sqltypes.AutoString(), nullable=False, server_default=""),
        _person("note_by"),
        sa.CheckConstraint("level in ('alarm', 'warning')", name="level_is_known"),
    )
    each = ["rule", "line_id"]
    _only_one("one_open_alert_of_rule_and_line", "floor_alert", each, "cleared_at is null")
    op.create_index("floor_alert_of_line", "floor_alert", ["line_id", "raised_at"])


def _only_one(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, unique=True, postgresql_where=sa.text(where))


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _person(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=True)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back. What was raised is raised again."""
    op.drop_table("floor_alert")
    op.drop_table("alert_rules")
