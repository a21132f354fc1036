"""What was told of closed months, and who is told by mail that a report can be read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    text = sqltypes.AutoString()
    op.create_table(
        "report_mail",
        sa.Column("id", text, primary_key=True),
        sa.Column("staff_id", text, sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("kind", text, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("language", text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_of", text, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fault", text, nullable=False, server_default=""),
        sa.CheckConstraint("kind in ('day', 'week', 'month', 'year')", name="kind_is_known"),
        sa.UniqueConstraint("staff_id", "kind", name="one_mail_of_a_kind"),
    )
    op.create_table(
        "told_month",
        sa.Column("line_id", text, sa.ForeignKey("line.id"), primary_key=True),
        sa.Column("month", sa.Date(), primary_key=True),
        sa.Column("counted_as", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numbers", JSONB(), nullable=False),
        sa.Column("wait_s", sa.Float(), nullable=True),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("told_month")
    op.drop_table("report_mail")
