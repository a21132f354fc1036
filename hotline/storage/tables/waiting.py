"""Who waits, as the switchboard sees it; and who is to be connected to somebody they know."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class SeenPlace(SQLModel, table=True):
    """The place in line of a call that waits, written by the switchboard every few seconds.

    `place` counts from 1; `minutes`: what may be told of the wait (`routing.estimate.PlaceInLine`);
    null: not known. Old rows tell nothing. No foreign key: it would wait for whoever holds the
    call's row.
    """

    __tablename__ = "waiting_place"

    call_id: str = Field(primary_key=True)
    place: int
    minutes: int | None = None
    seen_at: datetime


class KnownCaller(SQLModel, table=True):
    """A caller agreed to be connected to the same counselor again. The number is not kept.

    `from_index`: the blind index of the number. `call_id`: in which call they were asked.
    """

    __tablename__ = "known_caller"

    from_index: str = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    call_id: str = Field(foreign_key="call.id")
    given_at: datetime
    until: datetime
