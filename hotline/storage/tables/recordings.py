"""Recordings of talks: at the carrier as long as they run, sealed in a file of ours after that."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import count_column, id_column, no_column, one_of


class NoticeOwed(SQLModel, table=True):
    """Somebody who was recorded in an emergency, and is to be told of it afterwards."""

    __tablename__ = "notice_owed"
    __table_args__ = (
        one_of("closed_as", "told", "could_not"),
        Index("notice_owed_open", "line_id", postgresql_where=text("closed_at is null")),
    )

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    line_id: str = Field(foreign_key="line.id")
    owner_id: str | None = Field(default=None, foreign_key="staff.id")
    since: datetime
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, foreign_key="staff.id")
    closed_as: str | None = None


class CallRecording(SQLModel, table=True):
    """One recording of a caller's leg. `hotline.recordings.model` holds its two lifecycles.

    `wanted` is what is to be, `state` what was seen: `asked` while the carrier was asked and has
    not said yes. `copy_state` is how far the sound has come: to us, away from the carrier, and in
    the end erased. `leg_sid` and `carrier_sid` are the carrier's ids of leg and recording; `fence`
    grows with each claim, and a claim lasts until `lease_until`. `path` is below the folder of all
    recordings; `size`, in bytes, and `sha256` are of the sound before it was sealed with the key
    `key_id`. `gone_at`: when the carrier said that it has it no more. `is_message`: a caller spoke
    it to the recorder, instead of a talk.
    """

    __tablename__ = "recording"
    __table_args__ = (
        one_of("wanted", "on", "paused", "off"),
        one_of("state", "none", "asked", "on", "paused", "over"),
        one_of("copy_state", "none", "wanted", "fetched", "deleted", "erased", "missing"),
        Index("recording_call", "call_id", "created_at"),
        Index("recording_alive", "due_at", postgresql_where=text("copy_state = 'none'")),
        Index(
            "recording_due",
            "due_at",
            postgresql_where=text("copy_state in ('wanted', 'fetched', 'deleted')"),
        ),
        Index(
            "recording_on_its_way",
            "due_at",
            postgresql_where=text("copy_state in ('wanted', 'fetched')"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    leg_sid: str
    carrier_sid: str | None = Field(default=None, unique=True)
    wanted: str = "on"
    state: str = "none"
    copy_state: str = "none"
    due_at: datetime
    lease_until: datetime | None = None
    fence: int = count_column()
    tries: int = count_column()
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int | None = None
    path: str = ""
    size: int = 0
    key_id: str = ""
    sha256: str = ""
    fetched_at: datetime | None = None
    gone_at: datetime | None = None
    is_message: bool = no_column()
    keep_until: datetime | None = None
    erased_at: datetime | None = None
