"""Calls after a call of high risk: the sequence, what was said about it, and each try."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

LIVE = "state in ('proposed', 'running', 'in_hand', 'talked', 'question')"
STATES = "'proposed', 'running', 'in_hand', 'talked', 'question', 'stopped', 'finished'"
OUTCOMES = (
    "'', 'reached', 'nobody', 'busy', 'refused', 'wrong_person', 'not_safe', 'no_such_number',"
    " 'not_rung'"
)


def upgrade() -> None:
    """Apply. For calls of before no sequence begins: what was marked then stays on the desk."""
    _create_follow_ups()
    _create_words()
    _create_attempts()


def _create_follow_ups() -> None:
    op.create_table(
        "follow_up",
        *_words("id", "line_id", "call_id", "from_index", "from_masked", "language", "level"),
        _word("state"),
        sa.Column("days", sa.dialects.postgresql.JSONB(), nullable=False),
        *(_count(name) for name in ("step", "begun")),
        *(_moment(name) for name in ("began_at", "due_at", "late_at")),
        _moment("late_told_at", nullable=True),
        _moment("try_at"),
        *(_count(name) for name in ("tries", "attempts")),
        _word("consent", server_default=""),
        sa.Column("from_hour", sa.Integer(), nullable=False),
        sa.Column("until_hour", sa.Integer(), nullable=False),
        _word("owner_id", nullable=True),
        _moment("handed_at", nullable=True),
        _word("handed_to_id", nullable=True),
        _word("handed_note_sealed", server_default=""),
        _word("stopped_as", server_default=""),
        _moment("stopped_at", nullable=True),
        _word("stopped_by_id", nullable=True),
        _word("stop_note_sealed", server_default=""),
        _one_of("level", "'imminent', 'high', 'moderate'"),
        _one_of("state", STATES),
        _one_of("consent", "'', 'agreed', 'refused', 'withdrawn', 'decided'"),
        *_references(line_id="line", call_id="call", owner_id="staff", handed_to_id="staff",
                     stopped_by_id="staff"),
        sa.PrimaryKeyConstraint("id"),
    )  # fmt: skip
    number, live = sa.text(f"{LIVE} and from_index <> ''"), sa.text(LIVE)
    name, columns = "one_live_follow_up_a_number", ["line_id", "from_index"]
    op.create_index(name, "follow_up", columns, unique=True, postgresql_where=number)
    name, columns = "one_live_follow_up_a_call", ["call_id"]
    op.create_index(name, "follow_up", columns, unique=True, postgresql_where=live)
    op.create_index("follow_up_live", "follow_up", ["line_id", "due_at"], postgresql_where=live)


def _create_words() -> None:
    op.create_table(
        "follow_up_word",
        sa.Column("id", sa.Integer(), nullable=False),
        *_words("follow_up_id", "kind"),
        _moment("at"),
        _word("by_id"),
        _word("words_sealed", server_default=""),
        _one_of("kind", "'agreed', 'refused', 'withdrawn', 'decided', 'begun', 'answer'"),
        *_references(follow_up_id="follow_up", by_id="staff"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("follow_up_word_of", "follow_up_word", ["follow_up_id", "id"])


def _create_attempts() -> None:
    op.create_table(
        "follow_up_attempt",
        *_words("id", "follow_up_id"),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "begun", "step")),
        *_words("call_id", "by_id"),
        _moment("at"),
        _moment("ended_at", nullable=True),
        _word("outcome", server_default=""),
        _word("told_by_id", nullable=True),
        _moment("told_at", nullable=True),
        *(_word(name, server_default="") for name in ("found", "safety_plan")),
        sa.Column("linked", sa.Boolean(), nullable=False, server_default="false"),
        _word("note_sealed", server_default=""),
        _one_of("outcome", OUTCOMES),
        _one_of("safety_plan", "'', 'kept', 'made', 'none'"),
        *_references(follow_up_id="follow_up", call_id="call", by_id="staff", told_by_id="staff"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("call_id"),
    )
    columns = ["follow_up_id", "number"]
    op.create_index("follow_up_attempt_of", "follow_up_attempt", columns)


def _word(name: str, *, nullable: bool = False, server_default: str | None = None) -> Any:
    kind = sqltypes.AutoString()
    return sa.Column(name, kind, nullable=nullable, server_default=server_default)


def _words(*names: str) -> list[Any]:
    return [_word(name) for name in names]


def _count(name: str) -> Any:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _moment(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _one_of(column: str, words: str) -> Any:
    return sa.CheckConstraint(f"{column} in ({words})", name=f"{column}_is_known")


def _references(**tables: str) -> list[Any]:
    return [sa.ForeignKeyConstraint([name], [f"{table}.id"]) for name, table in tables.items()]


def downgrade() -> None:
    """Take back."""
    for table in ("follow_up_attempt", "follow_up_word", "follow_up"):
        op.drop_table(table)
