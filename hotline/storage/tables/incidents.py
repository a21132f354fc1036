"""Parts of the service that were away."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of


class Incident(SQLModel, table=True):
    """A gap of one part (`hotline.incidents`). An incident from `noticed_at` on; null: not yet."""

    __table_args__ = (
        one_of(
            "part",
            "database",
            "switchboard",
            "redis",
            "carrier",
            "account",
            "auditor",
            "escalations",
            "deliveries",
            "dispatcher",
            "callers",
            "spool",
            "disk",
            "clocks",
            "audit",
            "drill",
            "visits",
        ),
        Index("incident_open", "part", unique=True, postgresql_where=text("ended_at is null")),
    )

    id: str = id_column()
    part: str
    began_at: datetime = Field(index=True)
    noticed_at: datetime | None = None
    ended_at: datetime | None = None
