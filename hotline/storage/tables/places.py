"""Lines, their numbers, and the protection stations."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import (
    channels_column,
    id_column,
    json_column,
    made_json_column,
    made_list_column,
    new_id,
    no_column,
    sealed_column,
    text_column,
    yes_column,
)


class Line(SQLModel, table=True):
    """One hotline: what it is called, what its callers hear, how they find a counselor.

    `plan` is a document of `routing.policy`; empty: the default. `shadow_plan` runs beside it, to
    be compared; empty: none. `hours`: as `Staff.shifts`; none: round the clock. `interpreters`:
    by language, the phone of somebody who translates. `is_default`: takes the calls to numbers that
    reach no line; one line at most. `callback_countries`: where callers can be called back ("CN").
    `alarm`: as `hotline.lines.alarm` reads it; empty: the default deadlines. `supervisor_phone`:
    empty, the own phones of its supervisors. `shows_listening`: a counselor is told who listens.
    `recording`: as `hotline.lines.recording` reads it; empty: nothing is recorded.
    `text_number`: what texts are sent from that nobody wrote first; empty: none are.
    `kind`: what it is for. `calendar`: what holidays mean for `hours`, and dates that are announced
    (`hotline.lines.hours`). `overflow`: who takes over (`hotline.lines.overflow`); empty: nobody.
    `talk_length`: when a counselor is reminded, as `hotline.lines.talk_length` reads it.
    `asks_how_it_was`: by a key, whoever stays after a talk (`hotline.quality.by_key`).
    `form_version`: the form of its records (`FormVersion`); empty: the default.
    """

    id: str = Field(primary_key=True)
    name: str
    name_en: str
    number_shown: str
    text_number: str = text_column()
    duty_phone: str = ""
    supervisor_phone: str = ""
    alarm: dict[str, Any] = json_column(dict)
    recording: dict[str, Any] = json_column(dict)
    station_id: str | None = Field(default=None, foreign_key="station.id")
    languages: list[str] = json_column(list)
    interpreters: dict[str, str] = json_column(dict)
    is_default: bool = False
    callback_countries: list[str] = json_column(lambda: ["CN"])
    flow: dict[str, Any] = json_column(dict)
    flow_version: str = ""
    hours: list[dict[str, Any]] = json_column(list)
    plan: dict[str, Any] = json_column(dict)
    plan_version: str = ""
    shadow_plan: dict[str, Any] = json_column(dict)
    shows_listening: bool = yes_column()
    kind: str = text_column("other")
    calendar: dict[str, Any] = json_column(dict)
    overflow: dict[str, Any] = json_column(dict)
    talk_length: dict[str, Any] = made_json_column()
    asks_how_it_was: bool = no_column()
    form_version: str = text_column()


class PhoneNumber(SQLModel, table=True):
    """A number that reaches a line, in the one form of `hotline.numbers.as_dialled`."""

    __tablename__ = "phone_number"

    number: str = Field(primary_key=True)
    line_id: str = Field(foreign_key="line.id", index=True)


DRILL_STATION = "drill"  # answered by ourselves: no line, place or chain leads to it


class Station(SQLModel, table=True):
    """An outside body that answers for an escalation. `parent_id`: where it goes next.

    `kind`: "protection", or who comes when a life is in danger, "police" and "120".
    `division`: six digits, nine of a town. `intake`: of several for one place, this one takes what
    comes in; also what comes from nobody knows where. `hours`: as of a line; none, round the clock.
    `duty`: who has the duty when, as `hotline.stations.rosters` reads it.
    """

    id: str = Field(primary_key=True)
    name: str
    name_en: str
    division: str
    phone: str
    parent_id: str | None = Field(default=None, foreign_key="station.id")
    kind: str = text_column("protection")
    intake: bool = no_column()
    hours: list[dict[str, Any]] = made_list_column()
    duty: dict[str, Any] = made_json_column()


class StationContact(SQLModel, table=True):
    """Somebody to ring at a station, in order of `rank`. The PIN proves who answers.

    `key`: by what the files know them again, an id of their own or the phone they had at first.
    `account`: by which name they sign in, where they do. `last_heard_at`: when they last proved,
    in a call of ours, that they are there.
    `channels`: by which they are told, all at once, the first one first. `webhook_url`: of their
    own system; what is sent there is signed with the secret. `language`: in which they are told.
    """

    __tablename__ = "station_contact"
    __table_args__ = (UniqueConstraint("station_id", "key"),)

    id: str = id_column()
    station_id: str = Field(foreign_key="station.id", index=True)
    key: str = Field(default_factory=new_id)
    rank: int
    name: str
    phone: str
    pin_hash: str
    pin_chosen: bool = False  # by a person: staff/training
    channels: list[str] = channels_column()
    email: str = text_column()
    webhook_url: str = text_column()
    webhook_secret_sealed: str = sealed_column("station_contact.webhook_secret_sealed.{id}")
    language: str = text_column("cmn")
    active: bool = True
    account: str = text_column()
    last_heard_at: datetime | None = None
