"""Which save made a version of a record, and what was entered beside it afterwards."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply. Of the versions that are there, nobody knows more than when they were saved."""
    op.create_table(
        "record_save",
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("key", sqltypes.AutoString(), nullable=False, server_default=""),
        _moment("written_at"),
    )
    with_key = sa.text("key <> ''")
    op.create_index(
        "record_save_key", "record_save", ["call_id", "key"], unique=True, postgresql_where=with_key
    )
    op.create_table(
        "record_addition",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("author_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("typed_by", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("way", sqltypes.AutoString(), nullable=False),
        _moment("happened_at"),
        _moment("typed_at"),
        sa.Column("words_sealed", sqltypes.AutoString(), server_default="", nullable=False),
        sa.CheckConstraint("way in ('own', 'dictated', 'paper')", name="way_is_known"),
    )
    op.create_index("record_addition_call", "record_addition", ["call_id", "typed_at"])


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def downgrade() -> None:
    """Take back."""
    op.drop_table("record_addition")
    op.drop_table("record_save")
