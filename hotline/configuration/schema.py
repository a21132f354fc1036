"""What may stand in the files. Unknown keys are refused: they are typing errors."""

import re
from datetime import date
from typing import Annotated, Literal, Self

import phonenumbers
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from hotline.lines.alarm import AlarmFile
from hotline.lines.recording import RecordingFile
from hotline.lines.talk_length import TalkLengthFile
from hotline.numbers import as_dialled
from hotline.staff.usernames import one_form
from ivr.model import Language

WRONG_FORM = "wrong_form"
DIGITS = "a telephone number of 3 to 18 digits, in quotes, with its area code"
SHORTEST_NUMBER, LONGEST_NUMBER = 3, 18
DATE = 'a date such as "2027-02-14"'
COUNTRY = "a country in two capital letters, such as CN"


def _written(pattern: str, rule: str) -> BeforeValidator:
    """A text of one form. YAML reads 12355 and 22:00 as numbers, unless they stand in quotes."""

    def check(value: object) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": rule})

    return BeforeValidator(check)


def _number(value: object) -> str:
    """However it is written; kept in one form, in which numbers are compared and dialled."""
    number = as_dialled(value) if isinstance(value, str) else ""
    if SHORTEST_NUMBER <= len(number) <= LONGEST_NUMBER:
        return number
    raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": DIGITS})


def _number_or_none(value: object) -> str:
    return "" if value == "" else _number(value)


def _country(value: object) -> str:
    if value in phonenumbers.SUPPORTED_REGIONS:
        return str(value)
    raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": COUNTRY})


Slug = Annotated[str, _written("[A-Za-z0-9_-]{1,40}", "at most 40 letters, digits, `_` and `-`")]
# The carrier's rule for softphone identities.
Username = Annotated[
    str,
    _written("[A-Za-z0-9_]{2,60}", "2 to 60 letters, digits and `_`"),
    BeforeValidator(lambda value: one_form(value) if isinstance(value, str) else value),
]
FileName = Annotated[
    str, _written(r"(?!.*\.\.)[^/\\][^\\]*", "a file of this folder, such as flows/12355.yaml")
]
MailAddress = Annotated[
    str,
    _written(r"([^\s@<>]{1,64}@[^\s@<>]{1,180})?", "a mail address such as duty@station.example"),
]
WebhookAddress = Annotated[
    str,
    _written(
        r"(https?://[^\s/?#@\\]{1,200}([/?][^\s#]{0,400})?)?",
        "an address such as https://station.example/hotline, without a name or password in it",
    ),
]
Number = Annotated[str, BeforeValidator(_number)]
NumberOrNone = Annotated[str, BeforeValidator(_number_or_none)]
CountryCode = Annotated[str, BeforeValidator(_country)]


def _set_elsewhere(command: str) -> BeforeValidator:
    """A secret in a file is known to whoever reads the file, and to all who have its copies."""

    def refuse(_value: object) -> None:
        told = "No secret stands in a file: take it out, and set it with `{command}`."
        raise PydanticCustomError("secret", told, {"command": command})

    return BeforeValidator(refuse)


NoPin = Annotated[None, _set_elsewhere("hotline stations pin STATION CONTACT")]
NoPassword = Annotated[None, _set_elsewhere("hotline staff password NAME")]
ProficiencyLevel = Annotated[int, Field(ge=1, le=5)]
ClockTime = Annotated[
    str, _written("([01][0-9]|2[0-3]):[0-5][0-9]|24:00", 'a time such as "08:00", in quotes')
]


LineKind = Literal[
    "youth",
    "child_protection",
    "mental_health",
    "women_children",
    "legal",
    "civil_affairs",
    "other",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class HoursFile(_Part):
    """The same hours on some days of every week. Ends no later than it begins: past midnight."""

    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(min_length=1)
    from_: ClockTime = Field(alias="from")
    to: ClockTime


def _day(value: object) -> str:
    """YAML reads a date as one, unless it stands in quotes."""
    if isinstance(value, date):
        return value.isoformat()
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise PydanticCustomError(WRONG_FORM, "Write {rule}.", {"rule": DATE}) from None


class CalendarDayFile(_Part):
    """A date that the public calendar does not know, or that is different for `lines`."""

    date: Annotated[str, BeforeValidator(_day)]
    is_: Literal["holiday", "working_day", "closed"] = Field(alias="is")
    reason: str = Field(min_length=2)
    lines: list[Slug] = []


class OverflowFile(_Part):
    """Who takes over: a `number` outside, or another `line` of ours."""

    name: str
    name_en: str
    number: NumberOrNone = ""
    line: str = ""
    after_s: Annotated[float, Field(ge=15, le=600)] = 60

    @model_validator(mode="after")
    def _leads_to_one(self) -> Self:
        if bool(self.number) == bool(self.line):
            told = "`overflow` leads to one place: give it a `number` outside or a `line` of ours."
            raise PydanticCustomError("overflow", told)
        return self


class LineFile(_Part):
    """One hotline. `flow`, `plan` and `form` (of its records) are files beside this one; without
    a plan or a form, the default.

    `default`: takes the calls to numbers that belong to no line. `callback_countries`: callers
    from elsewhere are told that we cannot call them back. `shows_listening`: a counselor is told
    that a supervisor listens; of whispering and speaking they are told anyway. `kind`: what it is
    for, by which its hours are looked at. `text_number`: what texts come from that nobody wrote
    first; one of `numbers`. `asks_how_it_was`: by a key, whoever stays after a talk.
    """

    id: Slug
    name: str
    name_en: str
    numbers: list[Number] = Field(min_length=1)
    number_shown: Number
    text_number: NumberOrNone = ""
    duty_phone: NumberOrNone = ""
    supervisor_phone: NumberOrNone = ""
    alarm: AlarmFile = AlarmFile()
    recording: RecordingFile = RecordingFile()
    talk_length: TalkLengthFile = TalkLengthFile()
    asks_how_it_was: bool = False
    shows_listening: bool = True
    station: Slug
    languages: list[Language] = Field(min_length=1)
    interpreters: dict[Language, Number] = {}
    default: bool = False
    callback_countries: list[CountryCode] = ["CN"]
    flow: FileName
    plan: FileName | None = None
    form: FileName | None = None
    kind: LineKind = "other"
    hours: list[HoursFile] = []
    holidays: Literal["as_usual", "closed", "as_sunday"] = "as_usual"
    overflow: OverflowFile | None = None


ContactChannel = Literal["phone", "text", "mail", "webhook"]


class ContactFile(_Part):
    """Somebody to ring at a station. The PIN is set by a person and kept as a hash.

    `id` says who it is when the name or the phone changes; without one, the phone does. `channels`:
    by which they are told, all at once. The secret of `webhook_url` is made by a command.
    """

    id: Slug | None = None
    name: str
    phone: Number
    pin: NoPin = None
    account: Username | None = None
    channels: list[ContactChannel] = Field(default=["phone"], min_length=1)
    email: MailAddress = ""
    webhook_url: WebhookAddress = ""
    language: Language = "cmn"

    @model_validator(mode="after")
    def _can_be_told(self) -> Self:
        """Each way once, and each leads somewhere."""
        if len(set(self.channels)) < len(self.channels):
            raise PydanticCustomError("contact", "`channels` names one way twice: name it once.")
        if "mail" in self.channels and not self.email:
            told = "`channels` has mail, but there is no `email`: give one."
            raise PydanticCustomError("contact", told)
        if "webhook" in self.channels and not self.webhook_url:
            told = "`channels` has webhook, but there is no `webhook_url`: give one."
            raise PydanticCustomError("contact", told)
        return self

    @property
    def key(self) -> str:
        """By what they are known again in their station."""
        return self.id or self.phone

    @property
    def earlier_keys(self) -> tuple[str, ...]:
        """By what they were known before they had an `id`: their phone, or the one they had then.

        The form of a station makes the phone of before the `id`, so that the PIN outlasts it.
        """
        return (self.phone, as_dialled(self.id)) if self.id else ()


ContactName = Annotated[str, _written("[^ ].*", "the `id` or the phone of a contact, in quotes")]
Day = Annotated[str, BeforeValidator(_day)]


class ShiftFile(HoursFile):
    """Who has the duty on some days of every week; then the deputies are rung, in this order."""

    contact: ContactName
    deputies: list[ContactName] = []


class DateShiftFile(_Part):
    """The same on one date. It goes before the shifts of the week for as long as it lasts."""

    date: Day
    from_: ClockTime = Field(alias="from")
    to: ClockTime
    contact: ContactName
    deputies: list[ContactName] = []


class DayOffFile(_Part):
    """A date on which somebody is away: they are rung last, their deputies in their place."""

    date: Day
    contact: ContactName


class StationFile(_Part):
    """A protection station; `parent` takes over when nobody here answers.

    `kind`: the police and the ambulance are stations too; chains ring those nearest.
    `intake`: of several for one place, this one takes what comes in. `hours`: when it is staffed.
    `duty`, `duty_dates`, `days_off`: who is rung first. `handover_min`: so many minutes after a
    shift whoever had it is rung before those who had no duty.
    """

    id: Slug
    name: str
    name_en: str
    kind: Literal["protection", "police", "120"] = "protection"
    division: str
    phone: Number
    parent: Slug | None = None
    intake: bool = False
    hours: list[HoursFile] = []
    contacts: list[ContactFile] = []
    duty: list[ShiftFile] = []
    duty_dates: list[DateShiftFile] = []
    days_off: list[DayOffFile] = []
    handover_min: Annotated[int, Field(ge=0, le=120)] = 0

    def key_of(self, name: str) -> str | None:
        """By what a contact is known whom the roster names; None: there is nobody of that name."""
        known = {contact.key for contact in self.contacts}
        by_phone = {contact.phone: contact.key for contact in self.contacts}
        return name if name in known else by_phone.get(as_dialled(name))


class SkillsFile(_Part):
    """What a counselor can do. Levels from 1 (a little) to 5 (as a mother tongue, as a trade)."""

    languages: dict[Language, ProficiencyLevel] = {}
    topics: dict[Slug, ProficiencyLevel] = {}
    ages: list[Slug] = []
    certified: bool = False
    gender: Literal["f", "m", ""] = ""


class StaffFile(_Part):
    """One account. The password is set by a person and kept as a hash.

    `active: false` switches it off as if it had left the file.
    """

    username: Username
    name: str
    roles: list[Literal["counselor", "supervisor", "officer", "admin"]] = Field(min_length=1)
    station: Slug | None = None
    lines: list[Slug] = []
    skills: SkillsFile = SkillsFile()
    shifts: list[HoursFile] = []
    own_phone: NumberOrNone = ""
    answers_on: Literal["browser", "own_phone"] = "browser"
    rings_off_duty: bool = False
    password: NoPassword = None
    active: bool = True

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.answers_on == "own_phone" and not self.own_phone:
            told = "`answers_on` is own_phone, but there is no `own_phone` number: give one."
            raise PydanticCustomError("staff", told)
        if self.rings_off_duty and not self.own_phone:
            told = "`rings_off_duty` needs an `own_phone` number: give one."
            raise PydanticCustomError("staff", told)
        if "officer" in self.roles and self.station is None:
            raise PydanticCustomError("staff", "An officer needs a `station`.")
        if "counselor" in self.roles and not self.skills.languages:
            told = "A counselor needs at least one language under `skills`."
            raise PydanticCustomError("staff", told)
        return self


class LinesFile(_Part):
    """lines.yaml. `calendar`: dates for every line that keeps holidays, or for those it names."""

    calendar: list[CalendarDayFile] = []
    lines: list[LineFile]


class StationsFile(_Part):
    """stations.yaml, and each file of stations/."""

    stations: list[StationFile]


class RosterFile(_Part):
    """staff.yaml"""

    staff: list[StaffFile]
