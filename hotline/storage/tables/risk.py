"""How great the risk of a caller was found, by whom and with what. Nothing here is ever changed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, one_of, sealed_column, text_column

LEVELS = ("imminent", "high", "moderate", "low", "none", "not_assessed")


class RiskAssessment(SQLModel, table=True):
    """One step of a call's level: the newest holds. Answers and reasons are sealed.

    `level` holds after it; `computed` is what instruments and flags found so far, "" for nothing:
    only a supervisor goes below. `found` and `score` are of the instrument filled in here.
    `staff_id`: who chose, filled in or asked; `approved_by`: the supervisor who lowered.
    """

    __tablename__ = "risk_assessment"
    __table_args__ = (
        one_of("kind", "chosen", "assessed", "flagged", "lowered", "taken_back"),
        one_of("level", *LEVELS),
        one_of("computed", "", *LEVELS),
    )

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    version: int = Field(primary_key=True)
    kind: str
    staff_id: str | None = Field(default=None, foreign_key="staff.id")
    at: datetime
    level: str
    computed: str = text_column()
    instrument: str = text_column()
    instrument_version: int | None = None
    answers_sealed: str = sealed_column("risk_assessment.answers.{call_id}.{version}")
    score: int | None = None
    found: str = text_column()
    reason_sealed: str = sealed_column("risk_assessment.reason.{call_id}.{version}")
    approved_by: str | None = Field(default=None, foreign_key="staff.id")


class RiskLowering(SQLModel, table=True):
    """Somebody asks a supervisor to lower a level. One at a time for each call.

    `overtaken`: asked anew, or the risk rose meanwhile.
    """

    __tablename__ = "risk_lowering"
    __table_args__ = (
        one_of("state", "asked", "granted", "refused", "overtaken"),
        one_of("level", *LEVELS),
        Index(
            "risk_lowering_open", "call_id", unique=True, postgresql_where=text("state = 'asked'")
        ),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id")
    level: str
    reason_sealed: str = sealed_column("risk_lowering.reason.{id}", older="risk_lowering.{id}")
    asked_by: str = Field(foreign_key="staff.id")
    asked_at: datetime
    state: str = "asked"
    answered_by: str | None = Field(default=None, foreign_key="staff.id")
    answered_at: datetime | None = None
    answer_sealed: str = sealed_column("risk_lowering.answer.{id}", older="risk_lowering.{id}")


class RiskRating(SQLModel, table=True):
    """What a caller said of themselves, from 0 to 100. The newest of a moment and scale holds."""

    __tablename__ = "risk_rating"
    __table_args__ = (
        one_of("moment", "start", "end"),
        one_of("scale", "distress", "hope", "intent"),
        CheckConstraint("value between 0 and 100", name="value_is_of_a_hundred"),
        Index("risk_rating_call", "call_id", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    call_id: str = Field(foreign_key="call.id")
    moment: str
    scale: str
    value: int
    staff_id: str = Field(foreign_key="staff.id")
    at: datetime
