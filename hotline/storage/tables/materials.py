"""What a counselor has at hand beside the talk, from files; and how long the talk has lasted."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import json_column, made_json_column, text_column, yes_column


class Script(SQLModel, table=True):
    """Sentences to lean on, or to read to a caller. Texts are by language, "zh" and "en".

    `lines`, `topics`: what it is meant for; empty: all. `fits`: "danger" stands first where there
    is danger. `see`: ids of scripts that follow. One that left the files is not `active`.
    """

    id: str = Field(primary_key=True)
    position: int
    kind: str
    fits: str = text_column("any")
    lines: list[str] = json_column(list)
    topics: list[str] = json_column(list)
    title: dict[str, str] = json_column(dict)
    say: dict[str, list[str]] = json_column(dict)
    see: list[str] = json_column(list)
    active: bool = yes_column()


class ReferralPlace(SQLModel, table=True):
    """Where a caller can be sent. `districts`: divisions of six digits; empty: the whole country.

    `hours`: as `Staff.shifts`; none: round the clock. `holidays`: as `hotline.lines.hours` says.
    `receives`: as `hotline.materials.receivers` reads it; empty: nobody is referred there by us.
    """

    __tablename__ = "referral_place"

    id: str = Field(primary_key=True)
    position: int
    name: dict[str, str] = json_column(dict)
    kinds: list[str] = json_column(list)
    districts: list[str] = json_column(list)
    hours: list[dict[str, Any]] = json_column(list)
    holidays: str = text_column("as_usual")
    number: str
    duty_phone: str = text_column()
    verified_on: date | None = None
    receives: dict[str, Any] = made_json_column()
    languages: list[str] = json_column(list)
    notes: dict[str, str] = json_column(dict)
    active: bool = yes_column()


class TalkReminder(SQLModel, table=True):
    """A counselor was told, without a sound, how long a talk has lasted.

    Once for each length, whoever talks then: who takes over is not told of what was told before.
    """

    __tablename__ = "talk_reminder"

    call_id: str = Field(primary_key=True, foreign_key="call.id")
    minutes: int = Field(primary_key=True)
    staff_id: str = Field(foreign_key="staff.id", index=True)
    at: datetime
    dismissed_at: datetime | None = None
