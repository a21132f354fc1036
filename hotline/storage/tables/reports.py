"""What was told of closed months, and who is told by mail that a report can be read."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column, one_of, text_column


class ReportMail(SQLModel, table=True):
    """Somebody wants to hear of each new report of a kind. Not one figure goes by mail.

    `told_of`: the newest period that was asked to be sent, by its name. `sent_at`: when a mail
    server last took one. `fault`: why the last one was not sent; empty: it was, or none was due.
    """

    __tablename__ = "report_mail"
    __table_args__ = (
        one_of("kind", "day", "week", "month", "year"),
        UniqueConstraint("staff_id", "kind", name="one_mail_of_a_kind"),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    kind: str
    address: str
    language: str
    created_at: datetime
    told_of: str
    sent_at: datetime | None = None
    fault: str = text_column()


class ToldMonth(SQLModel, table=True):
    """The numbers that are handed on of a line in a month, as they were told first: none from one
    to four, nor one that tells it; null is kept back. `counted_as`: by which way of counting.
    """

    __tablename__ = "told_month"

    line_id: str = Field(primary_key=True, foreign_key="line.id")
    month: date = Field(primary_key=True)
    counted_as: int = Field(primary_key=True)
    at: datetime
    numbers: list[Any] = json_column(list)
    wait_s: float | None = None
