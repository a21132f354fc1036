"""What may stand in the files. Unknown keys are refused: they are typing errors."""

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hotline.staff.usernames import one_form
from ivr.model import Language

WRONG_FORM = "wrong_form"


def _written(pattern: str, rule: str) -> BeforeValidator:
    """A text of one form. YAML reads 12355 and 22:00 as numbers, unless they stand in quotes."""

    def check(value: object) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": rule})

    return BeforeValidator(check)


Slug = Annotated[str, _written("[A-Za-z0-9_-]{1,40}", "at most 40 letters, digits, `_` and `-`")]
# The carrier's rule for softphone identities.
Username = Annotated[
    str,
    _written("[A-Za-z0-9_]{2,60}", "2 to 60 letters, digits and `_`"),
    BeforeValidator(lambda value: one_form(value) if isinstance(value, str) else value),
]
DIGITS = "3 to 18 digits, in quotes; a `+` may stand before them"
Number = Annotated[str, _written(r"\+?[0-9]{3,18}", DIGITS)]
NumberOrNone = Annotated[str, _written(r"(\+?[0-9]{3,18})?", DIGITS)]
Pin = Annotated[str, _written("[0-9]{4,8}", "4 to 8 digits, in quotes")]
ProficiencyLevel = Annotated[int, Field(ge=1, le=5)]
ClockTime = Annotated[
    str, _written("([01][0-9]|2[0-3]):[0-5][0-9]|24:00", 'a time such as "08:00", in quotes')
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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
    duty_phone: NumberOrNone = ""
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
    own_phone: NumberOrNone = ""
    answers_on: Literal["browser", "own_phone"] = "browser"
    password: str | None = Field(default=None, min_length=8)

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.answers_on == "own_phone" and not self.own_phone:
            told = "`answers_on` is own_phone, but there is no `own_phone` number: give one."
            raise PydanticCustomError("staff", told)
        if "officer" in self.roles and self.station is None:
            raise PydanticCustomError("staff", "An officer needs a `station`.")
        if "counselor" in self.roles and not self.skills.languages:
            told = "A counselor needs at least one language under `skills`."
            raise PydanticCustomError("staff", told)
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
