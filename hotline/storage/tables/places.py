"""Lines, their numbers, and the protection stations."""

from typing import Any

from sqlmodel import Field, SQLModel

from hotline.storage.tables.columns import id_column, json_column


class Line(SQLModel, table=True):
    """One hotline: what it is called, what its callers hear, how they find a counselor.

    `plan` is a document of `routing.policy`; empty: the default. `shadow_plan` runs beside it, to
    be compared; empty: none. `hours`: as `Staff.shifts`; none: round the clock. `interpreters`:
    by language, the phone of somebody who translates. `alarm`: as `hotline.lines.alarm` reads it;
    empty: the default deadlines. `supervisor_phone`: empty, the own phones of its supervisors.
    """

    id: str = Field(primary_key=True)
    name: str
    name_en: str
    number_shown: str
    duty_phone: str = ""
    supervisor_phone: str = ""
    alarm: dict[str, Any] = json_column(dict)
    station_id: str | None = Field(default=None, foreign_key="station.id")
    languages: list[str] = json_column(list)
    interpreters: dict[str, str] = json_column(dict)
    flow: dict[str, Any] = json_column(dict)
    flow_version: str = ""
    hours: list[dict[str, Any]] = json_column(list)
    plan: dict[str, Any] = json_column(dict)
    plan_version: str = ""
    shadow_plan: dict[str, Any] = json_column(dict)


class PhoneNumber(SQLModel, table=True):
    """A number that reaches a line, exactly as the carrier writes it in `To`."""

    __tablename__ = "phone_number"

    number: str = Field(primary_key=True)
    line_id: str = Field(foreign_key="line.id", index=True)


class Station(SQLModel, table=True):
    """An outside body that answers for an escalation. `parent_id`: where it goes next."""

    id: str = Field(primary_key=True)
    name: str
    name_en: str
    division: str
    phone: str
    parent_id: str | None = Field(default=None, foreign_key="station.id")


class StationContact(SQLModel, table=True):
    """Somebody to ring at a station, in order of `rank`. The PIN proves who answers."""

    __tablename__ = "station_contact"

    id: str = id_column()
    station_id: str = Field(foreign_key="station.id", index=True)
    rank: int
    name: str
    phone: str
    pin_hash: str
    active: bool = True
