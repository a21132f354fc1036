"""Somebody is called back: calls of ours, what they return, and numbers that must not be rung."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OUTCOMES_BEFORE = "outcome in ('talked', 'message_left', 'callback_owed', 'hung_up', 'turned_away')"
OUTCOMES = f"{OUTCOMES_BEFORE[:-1]}, 'not_reached')"
KINDS_BEFORE, KINDS = "kind in ('call', 'consult')", "kind in ('call', 'consult', 'call_back')"

# An older house would count our own calls as callers, and would not know the offers for them.
LEAVE = """
    delete from call_event using call where call_id = call.id and direction = 'out';
    delete from participant using call where call_id = call.id and direction = 'out';
    delete from offer using call where call_id = call.id and direction = 'out';
    update call set outcome = 'hung_up' where outcome = 'not_reached';
    update presence set call_id = null from call where call_id = call.id and direction = 'out';
"""


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "call",
        sa.Column("direction", sqltypes.AutoString(), nullable=False, server_default="in"),
    )
    op.create_check_constraint("direction_is_known", "call", "direction in ('in', 'out')")
    op.add_column("call", sa.Column("returns_id", sqltypes.AutoString(), nullable=True))
    op.create_foreign_key("call_returns_id_fkey", "call", "call", ["returns_id"], ["id"])
    op.add_column(
        "call", sa.Column("no_callback", sa.Boolean(), nullable=False, server_default="false")
    )
    _replace_check("call", "outcome_is_known", OUTCOMES)
    _replace_check("offer", "kind_is_known", KINDS)


def downgrade() -> None:
    """Take back. Our own calls stay as calls, without what rang for them."""
    op.execute(LEAVE)
    _replace_check("offer", "kind_is_known", KINDS_BEFORE)
    _replace_check("call", "outcome_is_known", OUTCOMES_BEFORE)
    for name in ("no_callback", "returns_id", "direction"):
        op.drop_column("call", name)


def _replace_check(table: str, name: str, rule: str) -> None:
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, rule)
