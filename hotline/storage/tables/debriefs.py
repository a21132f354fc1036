"""Talks that counselors are owed after what they heard, or asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    id_column,
    json_column,
    one_of,
    sealed_column,
    text_column,
)


class Debrief(SQLModel, table=True):
    """A talk that a counselor is owed: after a heavy call, or because they asked for a word.

    `call_id`: the heavy call. `taker_id`: the supervisor or colleague who talks with them.
    `history`: who did what when, also who read the note. `note_sealed`: for the two alone.
    """

    __table_args__ = (
        one_of("why", "heavy_call", "asked"),
        one_of("state", "open", "taken", "closed"),
        one_of("closed_as", "", "talked", "not_wanted", "withdrawn", "mistake"),
        Index("debrief_of_call", "staff_id", "call_id", unique=True),
        Index(
            "one_word_asked_at_once",
            "staff_id",
            unique=True,
            postgresql_where=text("why = 'asked' and state <> 'closed'"),
        ),
        Index("debrief_open", "due_at", postgresql_where=text("state <> 'closed'")),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    call_id: str | None = Field(default=None, foreign_key="call.id")
    why: str
    state: str = "open"
    created_at: datetime
    due_at: datetime
    taker_id: str | None = Field(default=None, foreign_key="staff.id")
    closed_at: datetime | None = None
    closed_as: str = text_column()
    note_sealed: str = sealed_column("debrief.note.{id}")
    history: list[dict[str, Any]] = json_column(list)
