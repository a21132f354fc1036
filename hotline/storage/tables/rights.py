"""What people ask of what is kept about them, what must not be deleted, and what was."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    id_column,
    json_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)

SUBJECTS = ("call", "case")


class RightsRequest(SQLModel, table=True):
    """A child, adult or guardian asks: see, copy, correct, delete. `hotline.rights.model`.

    `subject_kind`, `subject_id`: what it is about. `asker_sealed`: who asks, and how they can be
    answered; `proved`: how they showed who they are. `suspected`: a guardian who is suspected of
    the harm, to whom nothing goes by one supervisor's word. `refusal`: why not, or not all of it.
    `answer_sealed`: in the words in which they are answered.
    """

    __tablename__ = "rights_request"
    __table_args__ = (
        one_of("kind", "view", "copy", "correct", "delete"),
        one_of("asker", "minor", "adult", "guardian", "other"),
        one_of("proved", "not_yet", "called_back", "document", "in_person"),
        one_of("subject_kind", *SUBJECTS),
        one_of("state", "open", "proposed", "granted", "partly", "refused", "withdrawn"),
        one_of(
            "refusal",
            "",
            "kept_by_law",
            "still_needed",
            "held",
            "not_proved",
            "suspected",
            "rights_of_others",
            "nothing_kept",
        ),
        Index(
            "rights_request_open",
            "due_at",
            postgresql_where=text("state in ('open', 'proposed')"),
        ),
        CheckConstraint(
            "state not in ('refused', 'partly') or refusal <> ''", name="refused_for_a_reason"
        ),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id", index=True)
    kind: str
    asker: str
    proved: str = text_column("not_yet")
    suspected: bool = no_column()
    subject_kind: str
    subject_id: str = Field(index=True)
    asker_sealed: str = sealed_column("rights_request.asker.{id}")
    words_sealed: str = sealed_column("rights_request.words.{id}")
    received_at: datetime
    received_by: str = Field(foreign_key="staff.id")
    due_at: datetime
    state: str = "open"
    refusal: str = text_column()
    answer_sealed: str = sealed_column("rights_request.answer.{id}")
    answered_by: str | None = Field(default=None, foreign_key="staff.id")
    answered_at: datetime | None = None
    confirmed_by: str | None = Field(default=None, foreign_key="staff.id")


class LegalHold(SQLModel, table=True):
    """Nothing of this call or case is erased: a court, the police or a complaint needs it.

    `review_on`: when somebody asks whether it still does. It ends by a person alone.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        one_of("subject_kind", *SUBJECTS),
        Index("legal_hold_live", "subject_id", postgresql_where=text("lifted_at is null")),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id", index=True)
    subject_kind: str
    subject_id: str
    reason_sealed: str = sealed_column("legal_hold.reason.{id}")
    by: str = Field(foreign_key="staff.id")
    at: datetime
    review_on: date
    lifted_by: str | None = Field(default=None, foreign_key="staff.id")
    lifted_at: datetime | None = None
    lifted_sealed: str = sealed_column("legal_hold.lifted.{id}")


class Erasure(SQLModel, table=True):
    """The proof that something was erased: what, when, by which rule; never what it said.

    `why`: its time was over, or somebody asked. `what`: cells by column. `sounds`: recordings that
    were told to go. `digest`: SHA-256 over the names of all rows and columns that were emptied.
    """

    __table_args__ = (
        one_of("subject_kind", *SUBJECTS),
        one_of("why", "retention", "request"),
        Index("erasure_of", "subject_id"),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id", index=True)
    subject_kind: str
    subject_id: str
    why: str
    request_id: str | None = Field(default=None, foreign_key="rights_request.id")
    actor: str
    at: datetime
    kept_days: int
    what: dict[str, Any] = json_column(dict)
    sounds: int = count_column()
    digest: str
