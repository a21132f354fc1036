"""Who asked to read a record, why, and what a supervisor said to it."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of, sealed_column


class RecordReading(SQLModel, table=True):
    """A request to read the record of a call, or an emergency in which nobody was asked first.

    `hotline.records.readings` holds its lifecycle. Reasons and answers are sealed. `until`: how
    long the record is open to `staff_id`; `review_due_at`: until when a second person has to look
    at an emergency. `answered_by`: who answered or reviewed it.
    """

    __tablename__ = "record_reading"
    __table_args__ = (
        one_of("kind", "asked", "emergency"),
        one_of(
            "state",
            "asked",
            "granted",
            "refused",
            "withdrawn",
            "taken",
            "upheld",
            "objected",
            "ended",
        ),
        Index("record_reading_call", "call_id", "staff_id"),
        Index("record_reading_reader", "staff_id", "asked_at"),
        Index(
            "record_reading_waits", "asked_at", postgresql_where=text("state in ('asked', 'taken')")
        ),
        Index(
            "one_request_to_read_at_a_time",
            "call_id",
            "staff_id",
            unique=True,
            postgresql_where=text("state = 'asked'"),
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    staff_id: str = Field(foreign_key="staff.id")
    kind: str
    state: str
    reason_sealed: str = sealed_column("record_reading.reason.{id}")
    asked_at: datetime
    until: datetime | None = None
    review_due_at: datetime | None = None
    answered_by: str | None = Field(default=None, foreign_key="staff.id")
    answered_at: datetime | None = None
    answer_sealed: str = sealed_column("record_reading.answer.{id}")
