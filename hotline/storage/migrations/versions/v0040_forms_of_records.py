"""A line names the form of its records; forms are kept for ever, and records name theirs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

RECORDS = ("record", "record_version")


def upgrade() -> None:
    """Apply. What was written before was written on no form, and is as finished as it was."""
    op.create_table(
        "form_version",
        sa.Column("version", sqltypes.AutoString(), primary_key=True),
        sa.Column("document", JSONB(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
    )
    _text("line", "form_version")
    for table in RECORDS:
        empty = sa.text("'{}'::jsonb")
        _text(table, "form_version")
        op.add_column(table, sa.Column("answers", JSONB(), nullable=False, server_default=empty))
        _text(table, "answers_sealed")
        no = sa.text("false")
        op.add_column(
            table, sa.Column("unfinished", sa.Boolean(), nullable=False, server_default=no)
        )


def _text(table: str, name: str) -> None:
    column: sa.Column[str] = sa.Column(
        name, sqltypes.AutoString(), nullable=False, server_default=""
    )
    op.add_column(table, column)


def downgrade() -> None:
    """Take back. The answers go; contact type, topics and narrative stay."""
    for table in RECORDS:
        for name in ("unfinished", "answers_sealed", "answers", "form_version"):
            op.drop_column(table, name)
    op.drop_column("line", "form_version")
    op.drop_table("form_version")
