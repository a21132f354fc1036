"""Crisis flags, the escalations they start, and every attempt to reach a station."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    facts_with_sealed,
    id_column,
    json_column,
    one_of,
    sealed_column,
)


class CrisisFlag(SQLModel, table=True):
    """Somebody said: this child is in danger. There is none without an escalation.

    `escalation_id`: the one that it started, or that it was added to.
    """

    __tablename__ = "crisis_flag"
    __table_args__ = (one_of("level", "high", "imminent"),)

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

    `chain` is copied when it starts: [{"contact_id", "station_id", "ack_within_s"}, …], and
    follows the roster of the station with each step: the times stay, the people do not.
    """

    __table_args__ = (
        one_of("state", "open", "acknowledged", "accepted", "reported", "closed"),
        one_of("level", "high", "imminent"),
        CheckConstraint(
            "state = 'closed' or next_due_at is not null", name="open_has_a_next_deadline"
        ),
        Index("escalation_due", "next_due_at", postgresql_where=text("state <> 'closed'")),
    )

    id: str = id_column()
    number: str = Field(unique=True)
    call_id: str = Field(foreign_key="call.id", index=True)
    station_id: str = Field(foreign_key="station.id", index=True)
    level: str
    state: str = "open"
    chain: list[dict[str, Any]] = json_column(list)
    step: int = 0
    round: int = 0
    version: int = 0
    next_due_at: datetime | None
    created_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    closed_at: datetime | None = None


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
