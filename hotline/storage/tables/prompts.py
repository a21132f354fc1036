"""What somebody recorded for callers to hear instead of a machine's voice."""

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, yes_column


class PromptRecording(SQLModel, table=True):
    """One take of one prompt, or of a part of it. Takes are never deleted: any can be taken back.

    `key` and `language`: what was read aloud; `script`: the words as they stood then. A take counts
    only while these are still the words. `sound` is a WAV file of 8,000 samples a second, one
    channel, 16 bits; `sha256` is its own, by which the carrier fetches it. One take at most of a
    key and language is `active`.
    """

    __tablename__ = "prompt_recording"
    __table_args__ = (
        Index(
            "prompt_recording_active",
            "language",
            "key",
            unique=True,
            postgresql_where=text("active"),
        ),
        Index("prompt_recording_takes", "language", "key", "created_at"),
        Index("prompt_recording_sound", "sha256"),
    )

    id: str = id_column()
    language: str
    key: str
    script: str
    sha256: str
    sound: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    seconds: float
    staff_id: str = Field(foreign_key="staff.id")
    created_at: datetime
    active: bool = yes_column()
