"""Crisis flags, the escalations they start, and every attempt to reach a station."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    facts_with_sealed,
    id_column,
    json_column,
    made_json_column,
    no_column,
    one_of,
    sealed_column,
    text_column,
    yes_column,
)


class CrisisFlag(SQLModel, table=True):
    """Somebody said: this child is in danger. There is none without an escalation.

    `escalation_id`: the one that it started, or that it was added to.
    """

    __tablename__ = "crisis_flag"
    __table_args__ = (
        one_of("level", "high", "imminent"),
        Index("crisis_flag_raised_by", "raised_by", "created_at"),
        Index("crisis_flag_created", "created_at"),
    )

    id: str = id_column()
    call_id: str = Field(foreign_key="call.id", index=True)
    escalation_id: str = Field(foreign_key="escalation.id", index=True)
    raised_by: str | None = Field(default=None, foreign_key="staff.id")
    level: str
    summary_sealed: str = sealed_column("crisis_flag.summary_sealed.{id}")
    client_key: str = Field(unique=True)
    created_at: datetime


class Escalation(SQLModel, table=True):
    """The duty to bring an escalation to a station. Open or acknowledged, it always has a deadline.

    `policy`: the chain of the files as it was when it started; empty: none, each contact is a
    step. `chain`: who answers, [{"contact_id", "station_id", "ack_within_s", "step"}, …]. It
    follows the roster of the station with each step: the times stay, the people do not.
    `kind`: of its first flag, where somebody named one.
    `drill`: of nobody, to the drill station; whoever lists or counts leaves it out by its call.
    """

    __table_args__ = (
        one_of("state", "open", "acknowledged", "accepted", "reported", "closed"),
        one_of("level", "high", "imminent"),
        CheckConstraint(
            "state = 'closed' or next_due_at is not null", name="open_has_a_next_deadline"
        ),
        CheckConstraint("drill = (call_id is null)", name="only_a_drill_has_no_call"),
        Index("escalation_due", "next_due_at", postgresql_where=text("state <> 'closed'")),
        Index("escalation_created", "created_at"),
    )

    id: str = id_column()
    number: str = Field(unique=True)
    call_id: str = Field(foreign_key="call.id", index=True, nullable=True)  # null: a drill alone
    station_id: str = Field(foreign_key="station.id", index=True)
    level: str
    kind: str = text_column()
    state: str = "open"
    policy: dict[str, Any] = made_json_column()
    chain: list[dict[str, Any]] = json_column(list)
    step: int = 0
    round: int = 0
    version: int = 0
    next_due_at: datetime | None
    created_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None
    drill: bool = no_column()


class EscalationChain(SQLModel, table=True):
    """A chain of the files, for flags of a level; of one `kind`, or empty: of any other.

    `document`: as `hotline.escalations.chains` reads it.
    """

    __tablename__ = "escalation_chain"
    __table_args__ = (one_of("level", "high", "imminent"),)

    id: str = Field(primary_key=True)
    level: str
    kind: str = text_column()
    document: dict[str, Any] = json_column(dict)
    version: str
    active: bool = yes_column()


class SupervisorAlarm(SQLModel, table=True):
    """Until a supervisor has seen a flag, their phones ring one after the other.

    `due_at`: the next phone; null: none. `deadline_at`: by when a station must have acknowledged;
    null: told already. `rung`: phones so far; `round_from`: how many of them in earlier rounds.
    """

    __tablename__ = "supervisor_alarm"
    __table_args__ = (
        Index("supervisor_alarm_due", "due_at", postgresql_where=text("due_at is not null")),
    )

    escalation_id: str = Field(primary_key=True, foreign_key="escalation.id")
    due_at: datetime | None
    deadline_at: datetime | None = None
    rung: int = 0
    round_from: int = 0
    seen_at: datetime | None = None


class Rescue(SQLModel, table=True):
    """A life is in danger: until an emergency service has confirmed that it has taken over.

    `due_at`: when everybody is reminded again. `left_at`: a supervisor closed without it. The
    agency's reference stands sealed in the timeline.
    """

    __table_args__ = (
        CheckConstraint(
            "confirmed_at is not null or left_at is not null or due_at is not null",
            name="open_has_a_next_reminder",
        ),
    )

    escalation_id: str = Field(primary_key=True, foreign_key="escalation.id")
    due_at: datetime | None
    reminded: int = 0
    agency: str = ""
    contacted_at: datetime | None = None
    confirmed_at: datetime | None = None
    left_at: datetime | None = None


class EscalationLink(SQLModel, table=True):
    """A flag of another call of the same number, while an escalation of it was open."""

    __tablename__ = "escalation_link"

    escalation_id: str = Field(primary_key=True, foreign_key="escalation.id")
    call_id: str = Field(primary_key=True, foreign_key="call.id", index=True)
    at: datetime


class StationNewsRead(SQLModel, table=True):
    """Up to which entry somebody at a desk has read what a station did about their flag."""

    __tablename__ = "station_news_read"

    staff_id: str = Field(primary_key=True, foreign_key="staff.id")
    escalation_id: str = Field(primary_key=True, foreign_key="escalation.id", index=True)
    entry_id: int
    at: datetime


class Attempt(SQLModel, table=True):
    """One try to reach one contact: what an escalation knows of its delivery, by the same id."""

    id: str = Field(primary_key=True, foreign_key="delivery.id")
    escalation_id: str = Field(foreign_key="escalation.id", index=True)
    contact_id: str = Field(foreign_key="station_contact.id")
    step: int
    round: int
    wrong_pins: int = 0


class AckToken(SQLModel, table=True):
    """A link in a text or a mail by which its contact answers, once. Only its hash is kept.

    Each try to send the attempt makes one of its own: any of them may have arrived. It is the
    attempt's contact who uses it, so nobody else need be named.
    """

    __tablename__ = "ack_token"

    hash: str = Field(primary_key=True)
    attempt_id: str = Field(foreign_key="attempt.id", index=True)
    expires_at: datetime
    used_at: datetime | None = None


class EscalationEntry(SQLModel, table=True):
    """The timeline of an escalation: who or what did what, when."""

    __tablename__ = "escalation_event"
    __table_args__ = (
        Index(
            "escalation_event_handed_to",
            text("(facts ->> 'from')"),
            "at",
            postgresql_where=text("kind = 'escalation.handed_to'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: str = Field(foreign_key="escalation.id", index=True)
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any] = facts_with_sealed(
        "note",
        "escalation_event.note.{escalation_id}.{kind}.{at}",
        older="escalation_event.facts.note.{escalation_id}",
    )
