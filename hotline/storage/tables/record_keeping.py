"""Beside the record: which save of a page made a version, and what was entered afterwards."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of, sealed_column, text_column


class RecordSave(SQLModel, table=True):
    """How a version of a record came to be. `key`: the same for every try of one save, or empty.

    `written_at`: when its last word was written, which may be long before it was saved.
    """

    __tablename__ = "record_save"
    __table_args__ = (
        Index("record_save_key", "call_id", "key", unique=True, postgresql_where=text("key <> ''")),
    )

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    version: int = Field(primary_key=True)
    key: str = text_column()
    written_at: datetime


class RecordAddition(SQLModel, table=True):
    """Words entered after the fact beside a record; the record itself stays as it was written.

    `author_id`: whose words they are, `typed_by`: who entered them, `way`: how they came to them.
    `happened_at`: when what they tell of happened.
    """

    __tablename__ = "record_addition"
    __table_args__ = (
        one_of("way", "own", "dictated", "paper", "asked"),
        Index("record_addition_call", "call_id", "typed_at"),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    author_id: str = Field(foreign_key="staff.id")
    typed_by: str = Field(foreign_key="staff.id")
    way: str
    happened_at: datetime
    typed_at: datetime
    words_sealed: str = sealed_column("record_addition.words.{id}")
