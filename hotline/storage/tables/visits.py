"""Colours and visits of cases: what was proposed and confirmed, what is due, who went."""

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
from hotline.storage.tables.documents import KeptVersion


class ColourSetVersion(KeptVersion, table=True):
    """A set of colours that a case may name, kept for ever. `version`: the hash of what it says."""

    __tablename__ = "colour_set"
    __table_args__ = (
        Index("one_set_in_force", "in_force", unique=True, postgresql_where=text("in_force")),
    )


class CaseColour(SQLModel, table=True):
    """A colour was proposed, or confirmed. No row is ever changed: the last confirmed one counts.

    `set_version`: the set it is a colour of. `escalation_id`: proposed by the rule for imminent
    danger, once for each escalation.
    """

    __tablename__ = "case_colour"
    __table_args__ = (
        one_of("act", "proposed", "confirmed"),
        Index("case_colour_of", "case_id", "at"),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id")
    act: str
    colour: str
    set_version: str = Field(foreign_key="colour_set.version")
    by: str
    at: datetime
    reason_sealed: str = sealed_column("case_colour.reason.{id}")
    escalation_id: str | None = Field(default=None, foreign_key="escalation.id", unique=True)


class VisitPlan(SQLModel, table=True):
    """What a case waits for, and until when: there is always a next time.

    `colour`: the one that was confirmed; empty while none was. `every_days`: between visits; null
    while no colour is confirmed. `family_until`: so long a child that came back to the family is
    followed. `visit_due_at`: of the visit before which a colour waits to be confirmed, as somebody
    may have planned it by hand; null while nothing stands before it. `tell_at`: when somebody is
    told that it is overdue, for the first time or again; `told_steps`, `told_rounds`: whom and how
    often so far, `told_at`: when last. `version`: grows
    with every change, so that two who look at once tell once.
    """

    __tablename__ = "visit_plan"
    __table_args__ = (
        one_of("due_for", "confirmation", "visit", "retry"),
        CheckConstraint("every_days > 0", name="some_days_apart"),
        CheckConstraint("colour = '' or set_version is not null", name="a_colour_has_its_set"),
        Index("visit_plan_to_tell", "tell_at"),
        Index("visit_plan_due", "due_at"),
    )

    case_id: str = Field(foreign_key="care_case.id", primary_key=True)
    colour: str = text_column()
    set_version: str | None = Field(default=None, foreign_key="colour_set.version")
    every_days: int | None = None
    due_for: str
    due_at: datetime
    visit_due_at: datetime | None = None
    family_until: date | None = None
    tell_at: datetime
    told_at: datetime | None = None
    told_steps: int = count_column()
    told_rounds: int = count_column()
    version: int = count_column()


class CaseVisit(SQLModel, table=True):
    """Somebody went to see the child. `visited_at`: when they were there, `sent_at`: when we knew.

    `client_key`: made once on the phone for each visit, so that what was queued arrives once.
    `along`: who of the help group went along, by what they are. `division`: where, as a code.
    """

    __tablename__ = "case_visit"
    __table_args__ = (
        one_of("place", "home", "school", "other"),
        one_of("seen", "yes", "heard", "not_found"),
        Index("case_visit_of", "case_id", "visited_at"),
        Index("one_visit_for_each_key", "by", "client_key", unique=True),
    )

    id: str = id_column()
    case_id: str = Field(foreign_key="care_case.id")
    client_key: str
    by: str
    along_sealed: str = sealed_column("case_visit.along.{id}")
    visited_at: datetime
    sent_at: datetime
    place: str
    division: str = text_column()
    seen: str
    moods: list[str] = json_column(list)
    needs: list[str] = json_column(list)
    note_sealed: str = sealed_column("case_visit.note.{id}")
    concern: bool = no_column()


class VisitTelling(SQLModel, table=True):
    """One telling of somebody that something is overdue; its id is that of its delivery.

    `why`: as `VisitPlan.due_for`. `failed_at`: it reached nobody.
    """

    __tablename__ = "visit_telling"
    __table_args__ = (Index("visit_telling_of", "case_id", "due_at"),)

    id: str = Field(primary_key=True, foreign_key="delivery.id")
    case_id: str = Field(foreign_key="care_case.id")
    station_id: str = Field(foreign_key="station.id")
    contact_id: str = Field(foreign_key="station_contact.id")
    why: str
    due_at: datetime
    at: datetime
    failed_at: datetime | None = None
