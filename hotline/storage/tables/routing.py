"""What the routing engine was told and what it decided: explained and replayed from here."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, Identity, Index, text
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import json_column


class RoutingEvent(SQLModel, table=True):
    """One event as the engine was given it, in the order of `id`.

    `at_s` is the engine's clock, seconds since the epoch, to the last bit. `subject` is the call
    or counselor; `facts` what was said of it; `decisions` what the engine answered. An engine
    begins empty with `kind` "engine.began", whose facts name the plans in force.
    """

    __tablename__ = "routing_event"
    __table_args__ = (
        Index("routing_event_began", "id", postgresql_where=text("kind = 'engine.began'")),
        Index("routing_event_subject", "subject", "id"),
        Index("routing_event_time", "at_s"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    epoch: int
    at_s: float
    kind: str
    subject: str = ""
    facts: dict[str, Any] = json_column(dict)
    decisions: list[dict[str, Any]] = json_column(list)


class PlanVersion(SQLModel, table=True):
    """A plan that decided, kept as long as anybody may ask why. `version` is its hash."""

    __tablename__ = "plan_version"

    version: str = Field(primary_key=True)
    document: dict[str, Any] = json_column(dict)
    first_used_at: datetime


class PlanDifference(SQLModel, table=True):
    """A decision that a shadow plan would have made otherwise, at the same moment.

    `live` and `shadow`: {"counselors": [...], "stage": ...}, empty where nobody was chosen.
    """

    __tablename__ = "plan_difference"
    __table_args__ = (Index("plan_difference_line", "line_id", "at"),)

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    at: datetime
    line_id: str = Field(foreign_key="line.id")
    call_id: str = Field(foreign_key="call.id")
    version: str
    shadow_version: str
    live: dict[str, Any] = json_column(dict)
    shadow: dict[str, Any] = json_column(dict)
