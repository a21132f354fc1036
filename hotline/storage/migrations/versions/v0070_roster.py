"""The roster: planned shifts, leave, swaps."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0070"
down_revision = "0068"
branch_labels = None
depends_on = None


def _text(name: str, *more: Any, **how: Any) -> sa.Column[Any]:
    return sa.Column(name, sqltypes.AutoString(), *more, **{"nullable": False, **how})


def _words(name: str) -> sa.Column[Any]:
    return _text(name, server_default="")


def _key(name: str, of: str, **how: Any) -> sa.Column[Any]:
    return _text(name, sa.ForeignKey(f"{of}.id"), **how)


def _moment(name: str, **how: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), **{"nullable": False, **how})


def _one_of(name: str, *values: str) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{name} in ({allowed})", name=f"{name}_is_known")


def upgrade() -> None:
    """Apply."""
    _shifts()
    _leave()
    _swaps()


def _shifts() -> None:
    op.create_table(
        "roster_shift",
        _text("id", primary_key=True),
        _key("staff_id", "staff", nullable=True),
        _key("volunteer_id", "staff", nullable=True),
        sa.Column("lines", JSONB(), nullable=False),
        _text("kind"),
        _text("state"),
        _moment("begins_at"),
        _moment("ends_at"),
        _words("series_id"),
        _key("by_id", "staff"),
        _moment("at"),
        _moment("confirmed_at", nullable=True),
        _moment("ended_at", nullable=True),
        _one_of("kind", "duty", "on_call", "second_line"),
        _one_of("state", "open", "volunteered", "planned", "given", "removed"),
        sa.CheckConstraint("ends_at > begins_at", name="a_shift_lasts"),
        sa.CheckConstraint(
            "state not in ('planned', 'given') or staff_id is not null", name="planned_is_somebody"
        ),
    )
    op.create_index("roster_shift_begins", "roster_shift", ["begins_at"])
    op.create_index("roster_shift_of", "roster_shift", ["staff_id", "begins_at"])
    repeats = sa.text("series_id <> ''")
    op.create_index("roster_shift_series", "roster_shift", ["series_id"], postgresql_where=repeats)


def _leave() -> None:
    op.create_table(
        "roster_leave",
        _text("id", primary_key=True),
        _key("staff_id", "staff"),
        _text("kind"),
        _text("state"),
        _moment("begins_at"),
        _moment("ends_at"),
        _moment("at"),
        _key("decided_by", "staff", nullable=True),
        _moment("decided_at", nullable=True),
        _words("answer"),
        _one_of("kind", "holiday", "illness", "training", "other"),
        _one_of("state", "wanted", "approved", "refused", "withdrawn"),
        sa.CheckConstraint("ends_at > begins_at", name="a_leave_lasts"),
    )
    op.create_index("roster_leave_of", "roster_leave", ["staff_id", "begins_at"])
    op.create_index("roster_leave_ends", "roster_leave", ["ends_at"])


def _swaps() -> None:
    op.create_table(
        "roster_swap",
        _text("id", primary_key=True),
        _key("shift_id", "roster_shift"),
        _key("giver_id", "staff"),
        _key("taker_id", "staff", nullable=True),
        _key("in_return_id", "roster_shift", nullable=True),
        _text("state"),
        _moment("at"),
        _words("answer"),
        _one_of("state", "offered", "taken", "approved", "refused", "withdrawn"),
    )
    waits = sa.text("state in ('offered', 'taken')")
    op.create_index(
        "one_offer_a_shift", "roster_swap", ["shift_id"], unique=True, postgresql_where=waits
    )


def downgrade() -> None:
    """Take back."""
    for table in ("roster_swap", "roster_leave", "roster_shift"):
        op.drop_table(table)
