"""Browsers on their way to an identity provider; sessions get new tokens."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqltypes.AutoString, sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "provider_sign_in",
        sa.Column("state_hash", TEXT(), primary_key=True),
        sa.Column("staff_id", TEXT(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("session", TEXT(), nullable=False, server_default=""),
        sa.Column("fresh", sa.Boolean(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
    )
    for column in ("staff_id", "expires_at"):
        op.create_index(f"ix_provider_sign_in_{column}", "provider_sign_in", [column])
    op.add_column("staff_session", sa.Column("previous_hash", TEXT(), nullable=True))
    op.add_column("staff_session", sa.Column("renewed_at", MOMENT, nullable=True))
    op.create_index("ix_staff_session_previous_hash", "staff_session", ["previous_hash"])


def downgrade() -> None:
    """Take back. Whoever is on their way to the provider begins again."""
    op.drop_index("ix_staff_session_previous_hash", "staff_session")
    op.drop_column("staff_session", "renewed_at")
    op.drop_column("staff_session", "previous_hash")
    op.drop_table("provider_sign_in")
