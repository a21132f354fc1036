"""Which keys anything is sealed with: a process refuses to start without one that is needed."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class SealingKey(SQLModel, table=True):
    """A key that seals or has sealed, by its id. `released_at`: nothing needs it any more."""

    __tablename__ = "sealing_key"

    key_id: str = Field(primary_key=True)
    since: datetime
    released_at: datetime | None = None
