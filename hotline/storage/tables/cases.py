"""A case: what continues beyond one call or one alarm, about one person at risk."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    count_column,
    facts_with_sealed,
    id_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
)


class Case(SQLModel, table=True):
    """One person at risk, and who answers for them. `hotline.cases.model` holds its lifecycle.

    `number`: seven digits to say on the telephone. `station_id`: who holds it; null: nobody yet.
    `division`: where the person is, six digits or nine of a town; empty: not known. `opened_as`:
    by which rule, or by hand. `owner_id`: who of the staff looks after it. `result`: what it came
    to. `merged_into_id`: it is the same person as that case, and read together with it; nothing was
    moved, so that it can be taken back. `erased_at`: names and words were deleted.
    """

    __tablename__ = "care_case"  # `case` is a word of SQL
    __table_args__ = (
        one_of("state", "open", "closed"),
        one_of("opened_as", "imminent", "high", "mandatory_report", "by_hand"),
        CheckConstraint("(state = 'closed') = (closed_at is not null)", name="closed_has_a_time"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("care_case_open", "station_id", postgresql_where=text("state = 'open'")),
    )

    id: str = id_column()
    number: str = Field(unique=True)
    line_id: str = Field(foreign_key="line.id", index=True)
    station_id: str | None = Field(default=None, foreign_key="station.id", index=True)
    division: str = text_column()
    state: str = "open"
    opened_as: str
    opened_by: str
    opened_at: datetime
    owner_id: str | None = Field(default=None, foreign_key="staff.id", index=True)
    closed_at: datetime | None = None
    result: str = text_column()
    merged_into_id: str | None = Field(default=None, foreign_key="care_case.id", index=True)
    erased_at: datetime | None = None


class CaseLink(SQLModel, table=True):
    """A call or an escalation that belongs to a case. Each to one case at most, at a time.

    `ended_at`: it was taken out, or went to another case when that one was split off.
    """

    __tablename__ = "case_link"
    __table_args__ = (
        one_of("kind", "call", "escalation"),
        Index(
            "one_case_for_each",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    kind: str
    subject_id: str
    by: str
    at: datetime
    ended_by: str = text_column()
    ended_at: datetime | None = None


class CasePerson(SQLModel, table=True):
    """Somebody in a case. `relation`: to the person at risk, in a word of a closed list.

    `phone_index`: by which the number is found again. `suspected_abuser`: nobody rings or writes
    to them. `released_at`: of a reporter, since when whoever works the case may know them.
    `version`: how often it was changed, so that nobody writes over what they have not seen.
    """

    __tablename__ = "case_person"
    __table_args__ = (
        one_of("role", "at_risk", "guardian", "relative", "reporter", "helper", "other"),
        one_of("minor", "yes", "no", "unknown"),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    role: str
    relation: str = text_column()
    minor: str = text_column("unknown")
    name_sealed: str = sealed_column("case_person.name.{id}")
    phone_sealed: str = sealed_column("case_person.phone.{id}")
    phone_index: str = text_column()
    phone_masked: str = text_column()
    address_sealed: str = sealed_column("case_person.address.{id}")
    note_sealed: str = sealed_column("case_person.note.{id}")
    suspected_abuser: bool = no_column()
    released_at: datetime | None = None
    version: int = count_column()
    by: str
    at: datetime
    left_at: datetime | None = None


class CaseStep(SQLModel, table=True):
    """One step of the plan: what is to be done, by when, and whether it was."""

    __tablename__ = "case_step"

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id", index=True)
    words_sealed: str = sealed_column("case_step.words.{id}")
    due_on: date | None = None
    by: str
    at: datetime
    done_at: datetime | None = None
    done_by: str = text_column()
    dropped_at: datetime | None = None
    version: int = count_column()


class CaseEntry(SQLModel, table=True):
    """The timeline of a case: who did what, when. `facts`: ids and codes, and one sealed `note`."""

    __tablename__ = "case_event"
    __table_args__ = (Index("case_event_of", "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: str = Field(foreign_key="care_case.id")
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any] = facts_with_sealed("note", "case_event.note.{case_id}.{kind}.{at}")
