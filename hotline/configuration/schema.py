"""What may stand in the files. Unknown keys are refused: they are typing errors."""

import re
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
# The carrier's rule for softphone identities: letters, digits and underscores.
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,60}$")]
Number = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{3,18}$")]
Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,8}$")]
Language = Literal["cmn", "yue", "hak", "nan", "eng"]
ProficiencyLevel = Annotated[int, Field(ge=1, le=5)]

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def _clock(value: object) -> str:
    """YAML reads 22:00 as a number of minutes, unless it stands in quotes."""
    if isinstance(value, str) and CLOCK.fullmatch(value):
        return value
    raise ValueError('write a time as "08:00", in quotes')


ClockTime = Annotated[str, BeforeValidator(_clock)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HoursFile(_Part):
    """The same hours on some days of every week. Ends no later than it begins: past midnight."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(min_length=1)
    from_: ClockTime = Field(alias="from")
    to: ClockTime


class LineFile(_Part):
    """One hotline. `flow` and `plan` are files beside this one; without a plan, the default."""

    id: Slug
    name: str
    name_en: str
    numbers: list[Number] = Field(min_length=1)
    number_shown: Number
    duty_phone: Number | Literal[""] = ""
    station: Slug
    languages: list[Language] = Field(min_length=1)
    interpreters: dict[Language, Number] = {}
    flow: str
    plan: str | None = None
    hours: list[HoursFile] = []


class ContactFile(_Part):
    """Somebody to ring at a station. The PIN is set once and kept as a hash."""

    name: str
    phone: Number
    pin: Pin


class StationFile(_Part):
    """A protection station; `parent` takes over when nobody here answers."""

    id: Slug
    name: str
    name_en: str
    division: str
    phone: Number
    parent: Slug | None = None
    contacts: list[ContactFile] = []


class SkillsFile(_Part):
    """What a counselor can do. Levels from 1 (a little) to 5 (as a mother tongue, as a trade)."""

    languages: dict[Language, ProficiencyLevel] = {}
    topics: dict[Slug, ProficiencyLevel] = {}
    ages: list[Slug] = []
    certified: bool = False
    gender: Literal["f", "m", ""] = ""


class StaffFile(_Part):
    """One account. `password` is for training only: real people set their own."""

    username: Username
    name: str
    roles: list[Literal["counselor", "supervisor", "officer", "admin"]] = Field(min_length=1)
    station: Slug | None = None
    lines: list[Slug] = []
    skills: SkillsFile = SkillsFile()
    shifts: list[HoursFile] = []
    own_phone: Number | Literal[""] = ""
    answers_on: Literal["browser", "own_phone"] = "browser"
    password: str | None = Field(default=None, min_length=8)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.answers_on == "own_phone" and not self.own_phone:
            raise ValueError("answers_on is own_phone, but there is no own_phone number")
        if "officer" in self.roles and self.station is None:
            raise ValueError("an officer needs a station")
        if "counselor" in self.roles and not self.skills.languages:
            raise ValueError("a counselor needs at least one language under skills")
        return self


class LinesFile(_Part):
    """lines.yaml"""

    lines: list[LineFile]


class StationsFile(_Part):
    """stations.yaml"""

    stations: list[StationFile]


class RosterFile(_Part):
    """staff.yaml"""

    staff: list[StaffFile]
