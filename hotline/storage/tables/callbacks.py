"""Calls that we owe, why we owe them, and what was tried."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    one_of,
    sealed_column,
    text_column,
)

OPEN = "state in ('open', 'in_hand')"


class Callback(SQLModel, table=True):
    """A call that we owe to somebody. `hotline.callbacks.model` holds its lifecycle.

    `call_id`: the call that made it owed first, whose `from_sealed` holds the number; null where
    somebody wrote to us, and then `number_sealed` does. `place_at`: since when they stand in line.
    `due_at`: when it counts as late. `try_at`: when the system rings them by itself; null: only
    people do. `owner_id`: who has taken it; null: the supervisors of the line answer for it.
    `attempts`: how many began; as the fence of each, nobody begins one that another has begun.
    """

    __table_args__ = (
        one_of("why", "asked", "hung_up", "dropped", "message", "text", "dissatisfied"),
        one_of("urgency", "crisis", "routine"),
        one_of("state", "open", "in_hand", "done", "withdrawn", "closed"),
        Index(
            "one_open_callback_a_number",
            "line_id",
            "from_index",
            unique=True,
            postgresql_where=text(f"{OPEN} and from_index <> ''"),
        ),
        Index("callback_open", "line_id", "due_at", postgresql_where=text(OPEN)),
        Index("callback_of_number", "from_index"),
        Index("callback_promised", "promised_at"),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id")
    call_id: str | None = Field(default=None, foreign_key="call.id")
    from_index: str = ""
    from_masked: str = ""
    number_sealed: str = sealed_column(
        "callback.number_sealed.{id}", older="callback.number.{from_index}"
    )
    language: str = "cmn"
    topic: str | None = None
    urgency: str = "routine"
    why: str
    promised_at: datetime
    place_at: datetime
    due_at: datetime
    try_at: datetime | None = None
    owner_id: str | None = Field(default=None, foreign_key="staff.id")
    attempts: int = count_column()
    state: str = "open"
    closed_as: str = text_column()
    closed_at: datetime | None = None
    closed_by_id: str | None = Field(default=None, foreign_key="staff.id")
    note_sealed: str = sealed_column("callback.note.{id}")


class CallbackCause(SQLModel, table=True):
    """A call that is accounted for by a callback: several of one number may share one."""

    __tablename__ = "callback_cause"

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    callback_id: str = Field(foreign_key="callback.id", index=True)
    why: str
    at: datetime


class CallbackAttempt(SQLModel, table=True):
    """One try to reach them. `call_id`: the call we made. `by_id`: who did; null: the system.

    `staff_id`: whose phone was to be rung first; null: nobody's. `ended_as`: empty while it runs.
    """

    __tablename__ = "callback_attempt"
    __table_args__ = (
        Index("callback_attempt_runs", "call_id", postgresql_where=text("ended_as = ''")),
    )

    id: str = id_column()
    callback_id: str = Field(foreign_key="callback.id", index=True)
    number: int
    call_id: str = Field(foreign_key="call.id", unique=True)
    by_id: str | None = Field(default=None, foreign_key="staff.id")
    staff_id: str | None = Field(default=None, foreign_key="staff.id")
    at: datetime
    ended_at: datetime | None = None
    ended_as: str = text_column()
