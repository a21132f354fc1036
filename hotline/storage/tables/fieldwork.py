"""What officers bring from the field: files, shifts that are handed over, browsers to tell."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import count_column, id_column, one_of, sealed_column


class Attachment(SQLModel, table=True):
    """A picture or a document, sealed in a file of ours.

    `subject_kind`, `subject_id`: what it belongs to (`hotline.fieldwork.subjects`). `path` is below
    the folder of all of them. The file holds the small picture first, `small` bytes, then the whole
    one: `size` bytes together, `sha256` of them before they were sealed with the key `key_id`.
    `removed_at`: shown to nobody from then on. `due_at`: when it is looked at whether it can be
    erased; null: it is.
    """

    __table_args__ = (
        one_of("subject_kind", "escalation", "visit", "case"),
        one_of("kind", "picture", "document"),
        Index("attachment_subject", "subject_kind", "subject_id", "added_at"),
        Index("attachment_due", "due_at", postgresql_where=text("due_at is not null")),
    )

    id: str = id_column()
    subject_kind: str
    subject_id: str
    kind: str
    added_by: str = Field(foreign_key="staff.id")
    added_at: datetime
    path: str
    small: int = count_column()
    size: int
    sha256: str
    key_id: str
    comment_sealed: str = sealed_column("attachment.comment_sealed.{id}")
    removed_at: datetime | None = None
    keep_until: datetime
    due_at: datetime | None
    erased_at: datetime | None = None


class ShiftHandover(SQLModel, table=True):
    """What an officer hands to the next one. Until somebody takes it, it stays with who had it.

    `to_id`: to whom; null: whoever comes. `due_at`: when supervisors are shown that nobody took it;
    null: somebody did, it was taken back, or they were shown.
    """

    __tablename__ = "shift_handover"
    __table_args__ = (
        Index("shift_handover_station", "station_id", "created_at"),
        Index("shift_handover_due", "due_at", postgresql_where=text("due_at is not null")),
        Index(
            "shift_handover_open_of",
            "from_id",
            unique=True,
            postgresql_where=text("taken_at is null and withdrawn_at is null"),
        ),
    )

    id: str = id_column()
    station_id: str = Field(foreign_key="station.id")
    from_id: str = Field(foreign_key="staff.id")
    to_id: str | None = Field(default=None, foreign_key="staff.id")
    note_sealed: str = sealed_column("shift_handover.note_sealed.{id}")
    created_at: datetime
    due_at: datetime | None
    shown_at: datetime | None = None
    taken_at: datetime | None = None
    taken_by: str | None = Field(default=None, foreign_key="staff.id")
    withdrawn_at: datetime | None = None


class ShiftItem(SQLModel, table=True):
    """One escalation of a hand-over. `moved`: whoever took it holds it now; null: not taken yet."""

    __tablename__ = "shift_item"

    handover_id: str = Field(primary_key=True, foreign_key="shift_handover.id")
    escalation_id: str = Field(primary_key=True, foreign_key="escalation.id", index=True)
    moved: bool | None = None


class PushSubscription(SQLModel, table=True):
    """A browser of an officer that is told at once.

    `address_sealed`: where, and the keys of the browser, as JSON. `address_index`: the same address
    is one row. `key_id`: of our key that the browser knows us by. `ended_at`: nobody is told there.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        UniqueConstraint("address_index"),
        Index("push_subscription_live", "staff_id", postgresql_where=text("ended_at is null")),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    address_index: str
    address_sealed: str = sealed_column("push_subscription.address_sealed.{id}")
    key_id: str
    created_at: datetime
    ended_at: datetime | None = None
