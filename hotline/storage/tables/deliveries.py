"""Every attempt to reach an address, whoever asked for it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of


class Delivery(SQLModel, table=True):
    """One attempt to reach one address. Written before the carrier hears of it.

    `purpose`: who asked, and is told what becomes of it. `sender`: the number shown.
    `dedupe_key`: what is asked for twice is made once. `urgent`: goes before the others.
    `sent_at`: when it was taken, or said to have arrived. `stop_at`: when the carrier is to be told
    that its phone need not ring any more; null: it need not.
    """

    __table_args__ = (
        one_of("channel", "phone", "text", "mail", "webhook", "push"),
        one_of(
            "state",
            "pending",
            "submitting",
            "unknown",
            "submitted",
            "answered",
            "delivered",
            "acknowledged",
            "failed",
            "superseded",
            "dead",
        ),
        Index(
            "delivery_due",
            "due_at",
            postgresql_where=text("state in ('pending', 'submitting', 'unknown')"),
        ),
        Index(
            "delivery_without_sid",
            "address",
            postgresql_where=text("carrier_sid is null and tries > 0"),
        ),
        Index("delivery_to_stop", "stop_at", postgresql_where=text("stop_at is not null")),
    )

    id: str = id_column()
    channel: str
    purpose: str
    address: str
    sender: str
    dedupe_key: str = Field(unique=True)
    urgent: bool = False
    state: str = "pending"
    due_at: datetime
    lease_until: datetime | None = None
    fence: int = 0
    tries: int = 0
    carrier_sid: str | None = Field(default=None, unique=True)
    last_error: str = ""
    created_at: datetime
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    stop_at: datetime | None = None
