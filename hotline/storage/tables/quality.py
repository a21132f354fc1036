"""Reviews of calls, care of staff, and what callers say of calls."""

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
from hotline.storage.tables.documents import KeptVersion


class QualitySalt(SQLModel, table=True):
    """What makes our lots other than those of any other installation. No secret; one row."""

    __tablename__ = "quality_salt"
    __table_args__ = (CheckConstraint("id = 1", name="one_salt"),)

    id: int = Field(default=1, primary_key=True)
    salt: str
    made_at: datetime


class QualityMonth(SQLModel, table=True):
    """The lot of one line and month: `hotline.quality.sample` says how it is drawn.

    `month`: as 2026-11, here. `seed` is kept, and shown, from `published_at` on. Once it was drawn,
    `population` and `digest` tell from which calls, and `drawn` how many by lot.
    """

    __tablename__ = "quality_month"
    __table_args__ = (
        Index("quality_month_once", "line_id", "month", unique=True),
        Index("quality_month_undrawn", "month", postgresql_where=text("drawn_at is null")),
    )

    id: str = id_column()
    line_id: str = Field(foreign_key="line.id")
    month: str
    seed: str
    published_at: datetime
    drawn_at: datetime | None = None
    population: int = count_column()
    drawn: int = count_column()
    digest: str = text_column()


class ReviewFormVersion(KeptVersion, table=True):
    """A form that a review may name, kept for ever. `version`: the hash of what it says."""

    __tablename__ = "quality_form"
    __table_args__ = (
        Index(
            "one_review_form_in_force", "in_force", unique=True, postgresql_where=text("in_force")
        ),
    )


class Calibration(SQLModel, table=True):
    """One call that several reviewers review blind to each other. Open until `closed_at`."""

    __tablename__ = "quality_calibration"
    __table_args__ = (Index("one_calibration_a_call", "call_id", unique=True),)

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    line_id: str = Field(foreign_key="line.id", index=True)
    by_id: str = Field(foreign_key="staff.id")
    begun_at: datetime
    closed_at: datetime | None = None


class CallReview(SQLModel, table=True):
    """One review of one call. `hotline.quality.model` holds its lifecycle.

    `counselor_id`: whose work it is about. `by_lot`, `imminent`: why it was drawn, perhaps both;
    neither for one of a calibration. `scores`: points by criterion of the form, null for what the
    call did not show; `total` of a hundred. The reviewer's words and the counselor's are sealed.
    """

    __tablename__ = "call_review"
    __table_args__ = (
        one_of("state", "drawn", "assigned", "reviewed", "given", "read", "answered", "withdrawn"),
        Index(
            "one_review_a_call",
            "call_id",
            unique=True,
            postgresql_where=text("calibration_id is null"),
        ),
        Index(
            "one_review_a_reviewer",
            "calibration_id",
            "reviewer_id",
            unique=True,
            postgresql_where=text("calibration_id is not null"),
        ),
        Index("call_review_of_line", "line_id", "drawn_at"),
        Index("call_review_of_counselor", "counselor_id", "given_at"),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id", index=True)
    line_id: str = Field(foreign_key="line.id")
    month: str
    counselor_id: str = Field(foreign_key="staff.id")
    by_lot: bool = no_column()
    imminent: bool = no_column()
    calibration_id: str | None = Field(default=None, foreign_key="quality_calibration.id")
    state: str = "drawn"
    reviewer_id: str | None = Field(default=None, foreign_key="staff.id")
    form_version: str = text_column()
    scores: dict[str, int | None] = json_column(dict)
    total: float | None = None
    words_sealed: str = sealed_column("call_review.words.{id}")
    answer_sealed: str = sealed_column("call_review.answer.{id}")
    drawn_at: datetime
    due_at: datetime
    reviewed_at: datetime | None = None
    given_at: datetime | None = None
    read_at: datetime | None = None
    answered_at: datetime | None = None
    history: list[dict[str, Any]] = json_column(list)


class SupervisionSession(SQLModel, table=True):
    """A session that was held: with whom, by whom, when. Nothing of what was said."""

    __tablename__ = "supervision_session"
    __table_args__ = (
        one_of("way", "alone", "group"),
        Index("supervision_session_of", "staff_id", "held_at"),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    by_id: str = Field(foreign_key="staff.id")
    way: str
    held_at: datetime
    minutes: int
    noted_by_id: str = Field(foreign_key="staff.id")
    noted_at: datetime


class StaffCourse(SQLModel, table=True):
    """A course that somebody has done."""

    __tablename__ = "staff_course"

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id", index=True)
    title: str
    hours: int
    done_on: date
    noted_by_id: str = Field(foreign_key="staff.id")
    noted_at: datetime


class StaffCertificate(SQLModel, table=True):
    """A certificate somebody holds, or held. `valid_until`: its last day; null: without an end.

    `taken_back_at`: it counts no more, as if it had never been written down.
    """

    __tablename__ = "staff_certificate"
    __table_args__ = (
        one_of("kind", "crisis", "counselling", "supervision", "child_protection"),
        Index("staff_certificate_of", "staff_id", "kind"),
    )

    id: str = id_column()
    staff_id: str = Field(foreign_key="staff.id")
    kind: str
    issued_on: date
    valid_until: date | None = None
    noted_by_id: str = Field(foreign_key="staff.id")
    noted_at: datetime
    taken_back_at: datetime | None = None
    taken_back_by_id: str | None = Field(default=None, foreign_key="staff.id")


class CallSatisfaction(SQLModel, table=True):
    """What a caller says of a call. `text_id`: the text in which they said it.

    `callback_id`: what is owed since they are not satisfied. `uncallable`: why nothing is; or "".
    """

    __tablename__ = "call_satisfaction"
    __table_args__ = (
        one_of("said", "yes", "partly", "no"),
        one_of("said_by", "text", "key", "spoken"),
        one_of("uncallable", "", "withheld", "blocked"),
        Index("call_satisfaction_said", "line_id", "said_at"),
    )

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    line_id: str = Field(foreign_key="line.id")
    said: str
    said_by: str
    said_at: datetime
    text_id: str | None = Field(default=None, foreign_key="text_message.id")
    noted_by_id: str | None = Field(default=None, foreign_key="staff.id")
    callback_id: str | None = Field(default=None, foreign_key="callback.id")
    uncallable: str = text_column()
