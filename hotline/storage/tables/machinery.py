"""What the processes keep of themselves: answered requests, leadership, heartbeats."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class AnsweredRequest(SQLModel, table=True):
    """A webhook, or a POST with an Idempotency-Key, that was answered (`hotline.storage.repeats`).

    `asked_hash`: of what was asked under a key that its sender chose; empty for webhooks, whose
    key is made of the whole request.
    """

    __tablename__ = "answered_request"

    key: str = Field(primary_key=True)
    asked_hash: str = ""
    status: int
    answer: str
    received_at: datetime = Field(index=True)


class Leadership(SQLModel, table=True):
    """Who leads, and until when unless it is renewed: by the database's own clock.

    `epoch` grows with each new leader; a decision of an older one is refused.
    """

    name: str = Field(primary_key=True)
    epoch: int = 0
    since: datetime | None = None
    expires_at: datetime | None = None


class Beat(SQLModel, table=True):
    """The last finished tick of a process: progress, not mere life."""

    name: str = Field(primary_key=True)
    at: datetime


class CarrierCheck(SQLModel, table=True):
    """The last comparison of our calls with the carrier's list (`callcontrol.carrier_account`).

    `silent_since`: the carrier has not answered since then; null: it has. Of the calls that came in
    from `window_from` on it has `theirs`, and we had `ours` of these; `mended` of the others were
    put right by the check, `unmended` could not be. `ahead_s`: their clock minus ours.
    """

    __tablename__ = "carrier_check"

    name: str = Field(primary_key=True)
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    silent_since: datetime | None = None
    window_from: datetime | None = None
    theirs: int = 0
    ours: int = 0
    mended: int = 0
    unmended: int = 0
    ahead_s: float = Field(default=0.0, sa_column_kwargs={"server_default": "0"})
