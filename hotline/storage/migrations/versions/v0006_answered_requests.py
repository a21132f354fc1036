"""Answered webhooks and answered commands stand in one table."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOVE_INBOX = """
    insert into answered_request (key, asked_hash, status, answer, received_at)
    select dedupe_key, '', 200, answer, received_at from inbox on conflict do nothing
"""
MOVE_BACK = """
    insert into inbox (dedupe_key, received_at, answer)
    select key, received_at, answer from answered_request where asked_hash = ''
"""


def upgrade() -> None:
    """Apply. Repeats of what was answered before must be known afterwards as well."""
    op.rename_table("idempotent_answer", "answered_request")
    op.alter_column("answered_request", "body_hash", new_column_name="asked_hash")
    op.alter_column("answered_request", "created_at", new_column_name="received_at")
    _rename("idempotent_answer_pkey", "answered_request_pkey")
    _rename("ix_idempotent_answer_created_at", "ix_answered_request_received_at")
    op.execute(MOVE_INBOX)
    op.drop_table("inbox")


def downgrade() -> None:
    """Take back."""
    op.create_table(
        "inbox",
        sa.Column("dedupe_key", sqltypes.AutoString(), primary_key=True),
        sa.Column("received_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", sqltypes.AutoString(), nullable=False),
    )
    op.create_index("ix_inbox_received_at", "inbox", ["received_at"])
    op.execute(MOVE_BACK)
    op.execute("delete from answered_request where asked_hash = ''")
    _rename("ix_answered_request_received_at", "ix_idempotent_answer_created_at")
    _rename("answered_request_pkey", "idempotent_answer_pkey")
    op.alter_column("answered_request", "received_at", new_column_name="created_at")
    op.alter_column("answered_request", "asked_hash", new_column_name="body_hash")
    op.rename_table("answered_request", "idempotent_answer")


def _rename(was: str, now: str) -> None:
    op.execute(f"alter index {was} rename to {now}")
