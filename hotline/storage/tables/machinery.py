"""What keeps the house itself honest: repeats, leadership, heartbeats."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class Inbox(SQLModel, table=True):
    """A webhook that was answered. The same request again gets the same answer."""

    dedupe_key: str = Field(primary_key=True)
    received_at: datetime = Field(index=True)
    answer: str


class IdempotentAnswer(SQLModel, table=True):
    """The answer to a POST that carried an Idempotency-Key."""

    __tablename__ = "idempotent_answer"

    key: str = Field(primary_key=True)
    body_hash: str
    status: int
    answer: str
    created_at: datetime = Field(index=True)


class Leadership(SQLModel, table=True):
    """Who leads. `epoch` grows with each new leader; a decision of an older one is refused."""

    name: str = Field(primary_key=True)
    epoch: int = 0
    since: datetime | None = None


class Beat(SQLModel, table=True):
    """The last finished tick of a process: progress, not mere life."""

    name: str = Field(primary_key=True)
    at: datetime
