"""What the law asks the house to report: who has to be told by when, and what they answered."""

from datetime import date, datetime

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


class StatutoryReport(SQLModel, table=True):
    """One report that is owed. `hotline.statutory.model` holds its lifecycle.

    `kind`: of a possible minor victim (`mandatory`), or of an emergency event to the manager.
    `codes`: which of the nine situations, or which kind of event. `next_due_at`: never null while
    something is due from somebody. `warn_at`, `breach_at`: as configured when it began. `rung`: how
    many phones rang, `round_from`: of them before this round. `agency`, `how`, `person_sealed`,
    `receipt_sealed`: to whom it was reported and what they gave. `to_tell_sealed`: what the caller
    asked to be told of the answer, and how.
    `feedback_due_at`: of the police; `accepted_on`: from when that counts, once it is known.
    `answer_read_at`: when whoever reported had read the answer.
    """

    __tablename__ = "statutory_report"
    __table_args__ = (
        one_of("kind", "mandatory", "emergency"),
        one_of("state", "open", "reported", "answered", "not_reportable"),
        CheckConstraint(
            "(state = 'open' or (state = 'reported' and kind = 'mandatory'))"
            " = (next_due_at is not null)",
            name="due_while_somebody_owes",
        ),
        CheckConstraint(
            "kind = 'emergency' or (case_id is not null and call_id is not null)",
            name="mandatory_has_a_case",
        ),
        Index("statutory_due", "next_due_at", postgresql_where=text("next_due_at is not null")),
        Index(
            "statutory_unread",
            "reported_by",
            postgresql_where=text("state = 'answered' and answer_read_at is null"),
        ),
        Index(
            "one_open_report_a_case",
            "case_id",
            unique=True,
            postgresql_where=text("state = 'open' and kind = 'mandatory'"),
        ),
    )

    id: str = id_column()
    number: str = Field(unique=True)
    kind: str
    line_id: str = Field(foreign_key="line.id", index=True)
    call_id: str | None = Field(default=None, foreign_key="call.id", index=True)
    case_id: str | None = Field(default=None, foreign_key="care_case.id", index=True)
    codes: list[str] = json_column(list)
    state: str = "open"
    opened_at: datetime
    opened_by: str
    warn_at: datetime
    breach_at: datetime
    next_due_at: datetime | None = None
    warned_at: datetime | None = None
    breached_at: datetime | None = None
    rung: int = count_column()
    round_from: int = count_column()
    agency: str = text_column()
    how: str = text_column()
    reported_at: datetime | None = None
    reported_by: str = text_column()
    person_sealed: str = sealed_column("statutory_report.person.{id}")
    receipt_sealed: str = sealed_column("statutory_report.receipt.{id}")
    to_tell_sealed: str = sealed_column("statutory_report.to_tell.{id}")
    accepted_on: date | None = None
    feedback_due_at: datetime | None = None
    reminded: int = count_column()
    feedback_sealed: str = sealed_column("statutory_report.feedback.{id}")
    feedback_at: datetime | None = None
    answer_read_at: datetime | None = None
    reason_sealed: str = sealed_column("statutory_report.reason.{id}")
    ended_at: datetime | None = None
    ended_by: str = text_column()


class ReportSuspicion(SQLModel, table=True):
    """Who suspected which situation, in which call, from where; a report has one or several."""

    __tablename__ = "report_suspicion"
    __table_args__ = (
        one_of("source", "record", "button", "flag", "rule"),
        Index("report_suspicion_once", "report_id", "code", "by", "call_id", unique=True),
        Index("report_suspicion_of_call", "call_id", "code"),
    )

    id: str = id_column()
    report_id: str = Field(foreign_key="statutory_report.id")
    call_id: str | None = Field(default=None, foreign_key="call.id")
    code: str
    source: str
    by: str
    at: datetime


class CaseReporter(SQLModel, table=True):
    """Whether the caller of a case only told of it, and whether receivers may know who they are.

    `is_caller`: the caller is the one who reports, and not the child. Hidden until `released_at`.
    """

    __tablename__ = "case_reporter"

    case_id: str = Field(primary_key=True, foreign_key="care_case.id")
    is_caller: bool = no_column()
    said_by: str
    said_at: datetime
    released_at: datetime | None = None
    released_by: str = text_column()
    reason_sealed: str = sealed_column("case_reporter.reason.{case_id}")
