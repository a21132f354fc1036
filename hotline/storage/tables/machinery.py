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
