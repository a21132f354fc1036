"""Chains as files, what an escalation keeps of its own, and who else is a station."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default=default)


def upgrade() -> None:
    """Apply. What runs goes on as it began: without a policy each contact is a step."""
    op.add_column("station", _text("kind", "protection"))
    op.add_column("escalation", _text("kind"))
    op.add_column(
        "escalation",
        sa.Column("policy", JSONB(), nullable=False, server_default=sa.text("'{}'::jsonb")),
    )
    op.create_table(
        "escalation_chain",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        _text("kind"),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("version", sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False, server_default="true"),
        sa.CheckConstraint("level in ('high', 'imminent')", name="level_is_known"),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("escalation_chain")
    op.drop_column("escalation", "policy")
    op.drop_column("escalation", "kind")
    op.drop_column("station", "kind")
