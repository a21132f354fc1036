"""Calls that we owe have rows of their own: why, until when, who answers, what was tried."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OPEN = "state in ('open', 'in_hand')"
TEXT_DEFAULTS = ("number_sealed", "closed_as", "note_sealed")

# What was promised before these rows existed is owed all the same, unless they talked since.
OWED = """
    insert into callback (id, line_id, call_id, from_index, from_masked, language, topic, urgency,
        why, promised_at, place_at, due_at, state)
    select distinct on (call.line_id, call.from_index)
        call.id, call.line_id, call.id, call.from_index, call.from_masked, call.language,
        call.topic, call.urgency, 'asked', call.ended_at, coalesce(call.queued_at, call.ended_at),
        call.ended_at + interval '30 minutes', 'open'
    from call
    where call.outcome = 'callback_owed' and call.ended_at > now() - interval '3 days'
        and call.from_index <> ''
        and not exists (select from call later where later.from_index = call.from_index
            and later.outcome = 'talked' and later.arrived_at > call.arrived_at)
    order by call.line_id, call.from_index, call.ended_at desc
"""
CAUSES = """
    insert into callback_cause (call_id, callback_id, why, at)
    select call_id, id, why, promised_at from callback
"""


def upgrade() -> None:
    """Apply."""
    _create_callbacks()
    _create_causes()
    _create_attempts()
    op.execute(OWED)
    op.execute(CAUSES)


def _create_callbacks() -> None:
    op.create_table(
        "callback",
        *_words("id", "line_id"),
        _word("call_id", nullable=True),
        *_words("from_index", "from_masked"),
        *(_word(name, server_default="") for name in TEXT_DEFAULTS),
        _word("language"),
        _word("topic", nullable=True),
        *_words("urgency", "why"),
        *(_moment(name) for name in ("promised_at", "place_at", "due_at")),
        _moment("try_at", nullable=True),
        _word("owner_id", nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        _word("state"),
        _moment("closed_at", nullable=True),
        _word("closed_by_id", nullable=True),
        *_one_of("why", "'asked', 'hung_up', 'dropped', 'message', 'text'"),
        *_one_of("urgency", "'crisis', 'routine'"),
        *_one_of("state", "'open', 'in_hand', 'done', 'withdrawn', 'closed'"),
        *_references(line_id="line", call_id="call", owner_id="staff", closed_by_id="staff"),
        sa.PrimaryKeyConstraint("id"),
    )
    number = sa.text(f"{OPEN} and from_index <> ''")
    name, columns = "one_open_callback_a_number", ["line_id", "from_index"]
    op.create_index(name, "callback", columns, unique=True, postgresql_where=number)
    where = sa.text(OPEN)
    op.create_index("callback_open", "callback", ["line_id", "due_at"], postgresql_where=where)
    op.create_index("callback_of_number", "callback", ["from_index"])
    op.create_index("callback_promised", "callback", ["promised_at"])


def _create_causes() -> None:
    op.create_table(
        "callback_cause",
        *_words("call_id", "callback_id", "why"),
        _moment("at"),
        *_references(call_id="call", callback_id="callback"),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_index("ix_callback_cause_callback_id", "callback_cause", ["callback_id"])


def _create_attempts() -> None:
    op.create_table(
        "callback_attempt",
        *_words("id", "callback_id"),
        sa.Column("number", sa.Integer(), nullable=False),
        _word("call_id"),
        _word("by_id", nullable=True),
        _word("staff_id", nullable=True),
        _moment("at"),
        _moment("ended_at", nullable=True),
        _word("ended_as", server_default=""),
        *_references(callback_id="callback", call_id="call", by_id="staff", staff_id="staff"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id"),
    )
    op.create_index("ix_callback_attempt_callback_id", "callback_attempt", ["callback_id"])
    runs = sa.text("ended_as = ''")
    op.create_index("callback_attempt_runs", "callback_attempt", ["call_id"], postgresql_where=runs)


def _word(name: str, *, nullable: bool = False, server_default: str | None = None) -> Any:
    kind = sqltypes.AutoString()
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)


def _words(*names: str) -> list[Any]:
    return [_word(name) for name in names]


def _moment(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(column: str, words: str) -> list[Any]:
    return [sa.CheckConstraint(f"{column} in ({words})", name=f"{column}_is_known")]


def _references(**tables: str) -> list[Any]:
    return [sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table in tables.items()]


def downgrade() -> None:
    """Take back. What is owed is then known by the outcome of the call alone."""
    for table in ("callback_attempt", "callback_cause", "callback"):
        op.drop_table(table)
