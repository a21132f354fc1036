"""Up to where somebody has read what a station did about their flag."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "station_news_read",
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column(
            "escalation_id",
            sqltypes.AutoString(),
            sa.ForeignKey("escalation.id"),
            primary_key=True,
        ),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_station_news_read_escalation_id", "station_news_read", ["escalation_id"])
    op.create_index("crisis_flag_raised_by", "crisis_flag", ["raised_by", "created_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_index("crisis_flag_raised_by", "crisis_flag")
    op.drop_table("station_news_read")
