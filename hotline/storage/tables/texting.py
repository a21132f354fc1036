"""Text messages, in and out; who wants any; and who read which."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)


class TextMessage(SQLModel, table=True):
    """One text. `hotline.texting.model` holds its lifecycle.

    `our_number`: at which it came in, or which it is sent from. The other number and the words are
    sealed; both are empty once it was erased. `why`: of one that came in, what it means; of ours,
    the template, or what it was asked for by. `callback_id`, `call_id`: what it is about.
    `answers_id`: the text of ours that it answers. `due_at`: when to look at it again.
    `asked_key`: what is asked for twice under one key is made once. `by_id`: who asked; null: the
    system. `for_person`: somebody must look at it; until `dealt_at`.
    """

    __tablename__ = "text_message"
    __table_args__ = (
        one_of("direction", "in", "out"),
        one_of("encoding", "gsm", "ucs2"),
        one_of(
            "state",
            "received",
            "queued",
            "sending",
            "unclear",
            "sent",
            "delivered",
            "undelivered",
            "failed",
            "dropped",
        ),
        Index(
            "text_message_due",
            "due_at",
            postgresql_where=text("state in ('queued', 'sending', 'unclear')"),
        ),
        Index("text_message_of_number", "number_index", "created_at"),
        Index("text_message_of_line", "line_id", "created_at"),
        Index("text_message_kept", "created_at", postgresql_where=text("body_sealed <> ''")),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id")
    direction: str
    our_number: str
    number_index: str = ""
    number_masked: str = ""
    number_sealed: str = sealed_column("text_message.number.{id}")
    body_sealed: str = sealed_column("text_message.body.{id}")
    why: str
    language: str = "cmn"
    callback_id: str | None = Field(default=None, foreign_key="callback.id")
    call_id: str | None = Field(default=None, foreign_key="call.id")
    answers_id: str | None = Field(default=None, foreign_key="text_message.id")
    state: str
    encoding: str
    segments: int
    carrier_sid: str | None = Field(default=None, unique=True)
    asked_key: str | None = Field(default=None, unique=True)
    by_id: str | None = Field(default=None, foreign_key="staff.id")
    created_at: datetime
    due_at: datetime | None = None
    lease_until: datetime | None = None
    tried_at: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None
    fence: int = count_column()
    tries: int = count_column()
    last_error: str = text_column()
    for_person: bool = no_column()
    dealt_at: datetime | None = None
    dealt_by_id: str | None = Field(default=None, foreign_key="staff.id")


class TextConsent(SQLModel, table=True):
    """Whether somebody wants texts from us: given, and not taken back since.

    Of a number on every line: whoever does not want any does not know our lines apart.
    """

    __tablename__ = "text_consent"
    __table_args__ = (
        one_of("given_how", "", "wrote", "said", "resumed"),
        one_of("withdrawn_how", "", "wrote", "said", "carrier"),
    )

    number_index: str = Field(primary_key=True)
    given_at: datetime | None = None
    given_how: str = text_column()
    given_by_id: str | None = Field(default=None, foreign_key="staff.id")
    withdrawn_at: datetime | None = None
    withdrawn_how: str = text_column()
    withdrawn_by_id: str | None = Field(default=None, foreign_key="staff.id")


class TextReading(SQLModel, table=True):
    """Somebody opened the words of a text."""

    __tablename__ = "text_reading"

    id: str = id_column()
    text_id: str = Field(foreign_key="text_message.id", index=True)
    staff_id: str = Field(foreign_key="staff.id")
    at: datetime
