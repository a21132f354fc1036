"""Calls, their legs and offers, what happened in them, and the record written after."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column


class Call(SQLModel, table=True):
    """One contact by telephone. `hotline.calls.model` holds its lifecycle.

    `queued_at` is when the caller first entered the queue and never moves: a caller who comes
    back to the queue keeps the place. `turn` counts the documents given to the caller's leg, so
    that a repeated webhook is recognised. `from_sealed` is the number as the carrier sent it,
    encrypted; `from_masked` is what pages show. `heard_at` is the last sign of life of the
    caller's leg: one that is silent for long is looked up at the carrier.
    """

    __table_args__ = (
        Index("call_alive", "state", postgresql_where=text("state <> 'ended'")),
        Index("call_arrived", "arrived_at"),
    )

    id: str = id_column()
    carrier_sid: str = Field(unique=True)
    line_id: str = Field(foreign_key="line.id")
    from_sealed: str = ""
    from_masked: str = ""
    from_index: str = Field(default="", index=True)
    state: str
    language: str = "cmn"
    topic: str | None = None
    age_group: str | None = None
    wished_gender: str | None = None
    urgency: str = "routine"
    step: str = ""
    misses: int = 0
    turn: int = 0
    waits: int = 0
    arrived_at: datetime
    heard_at: datetime
    queued_at: datetime | None = None
    accepted_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    outcome_step: str = ""
    counselor_id: str | None = Field(default=None, foreign_key="staff.id")
    held: bool = False
    callback_wanted: bool = False


class Leg(SQLModel, table=True):
    """One carrier connection that we dialled for a call. Its id is in its webhooks' paths.

    `role`: counselor or interpreter. `dialled_at`: when an interpreter's was begun to dial.
    """

    __table_args__ = (
        Index("leg_of_interpreter", "status", postgresql_where=text("role = 'interpreter'")),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id", index=True)
    offer_id: str | None = Field(default=None, foreign_key="offer.id", index=True)
    staff_id: str | None = Field(default=None, foreign_key="staff.id")
    carrier_sid: str | None = Field(default=None, unique=True)
    role: str = "counselor"
    address: str
    status: str = "dialing"
    dialled_at: datetime | None = None
    hang_up: bool = False
    created_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None


class Offer(SQLModel, table=True):
    """The switchboard's proposal of one call to one counselor. `facts` say why."""

    __table_args__ = (
        Index("offer_pending_call", "call_id", postgresql_where=text("state = 'pending'")),
        Index(
            "one_pending_offer_a_counselor",
            "staff_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    staff_id: str = Field(foreign_key="staff.id")
    state: str = "pending"
    reason: str = ""
    stage: str = ""
    epoch: int = 0
    offered_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    facts: dict[str, Any] = json_column(dict)


class CallEntry(SQLModel, table=True):
    """What happened in a call, in order: people read it, decisions are replayed from it."""

    __tablename__ = "call_event"

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id", index=True)
    at: datetime
    kind: str
    staff_id: str | None = None
    facts: dict[str, Any] = json_column(dict)


class Record(SQLModel, table=True):
    """What the counselor writes after a call. The narrative is encrypted."""

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    staff_id: str = Field(foreign_key="staff.id")
    contact_type: str
    topics: list[str] = json_column(list)
    risk: str
    disposition: str
    follow_up: bool = False
    narrative_sealed: str = ""
    saved_at: datetime
