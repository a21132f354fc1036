"""Text messages in and out, who wants any, and who read which."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

STATES = (
    "'received', 'queued', 'sending', 'unclear', 'sent', 'delivered', 'undelivered', 'failed',"
    " 'dropped'"
)
MOMENTS = ("due_at", "lease_until", "tried_at", "sent_at", "ended_at", "dealt_at")


def upgrade() -> None:
    """Apply."""
    _create_texts()
    _create_consent()
    _create_readings()
    op.add_column("line", _word("text_number", server_default=""))


def _create_texts() -> None:
    op.create_table(
        "text_message",
        *(_word(name) for name in ("id", "line_id", "direction", "our_number")),
        *(_word(name) for name in ("number_index", "number_masked")),
        *(_word(name, server_default="") for name in ("number_sealed", "body_sealed")),
        *(_word(name) for name in ("why", "language")),
        *(_word(name, nullable=True) for name in ("callback_id", "call_id", "answers_id")),
        *(_word(name) for name in ("state", "encoding")),
        sa.Column("segments", sa.Integer(), nullable=False),
        *(_word(name, nullable=True) for name in ("carrier_sid", "asked_key", "by_id")),
        _moment("created_at", nullable=False),
        *(_moment(name) for name in MOMENTS),
        *(_count(name) for name in ("fence", "tries")),
        _word("last_error", server_default=""),
        sa.Column("for_person", sa.Boolean(), nullable=False, server_default="false"),
        _word("dealt_by_id", nullable=True),
        *_one_of("direction", "'in', 'out'"),
        *_one_of("encoding", "'gsm', 'ucs2'"),
        *_one_of("state", STATES),
        *_references(line_id="line", callback_id="callback", call_id="call"),
        *_references(answers_id="text_message", by_id="staff", dealt_by_id="staff"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier_sid"),
        sa.UniqueConstraint("asked_key"),
    )
    due = sa.text("state in ('queued', 'sending', 'unclear')")
    op.create_index("text_message_due", "text_message", ["due_at"], postgresql_where=due)
    op.create_index("text_message_of_number", "text_message", ["number_index", "created_at"])
    op.create_index("text_message_of_line", "text_message", ["line_id", "created_at"])
    kept = sa.text("body_sealed <> ''")
    op.create_index("text_message_kept", "text_message", ["created_at"], postgresql_where=kept)


def _create_consent() -> None:
    op.create_table(
        "text_consent",
        _word("number_index"),
        _moment("given_at"),
        _word("given_how", server_default=""),
        _word("given_by_id", nullable=True),
        _moment("withdrawn_at"),
        _word("withdrawn_how", server_default=""),
        _word("withdrawn_by_id", nullable=True),
        *_one_of("given_how", "'', 'wrote', 'said', 'resumed'"),
        *_one_of("withdrawn_how", "'', 'wrote', 'said', 'carrier'"),
        *_references(given_by_id="staff", withdrawn_by_id="staff"),
        sa.PrimaryKeyConstraint("number_index"),
    )


def _create_readings() -> None:
    op.create_table(
        "text_reading",
        *(_word(name) for name in ("id", "text_id", "staff_id")),
        _moment("at", nullable=False),
        *_references(text_id="text_message", staff_id="staff"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_text_reading_text_id", "text_reading", ["text_id"])


def _word(name: str, *, nullable: bool = False, server_default: str | None = None) -> Any:
    kind = sqltypes.AutoString()
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)


def _moment(name: str, *, nullable: bool = True) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _count(name: str) -> Any:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _one_of(column: str, words: str) -> list[Any]:
    return [sa.CheckConstraint(f"{column} in ({words})", name=f"{column}_is_known")]


def _references(**tables: str) -> list[Any]:
    return [sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table in tables.items()]


def downgrade() -> None:
    """Take back. What was written in and out is then gone."""
    op.drop_column("line", "text_number")
    for table in ("text_reading", "text_consent", "text_message"):
        op.drop_table(table)
