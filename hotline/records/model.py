"""What a record holds: closed lists, and a narrative. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from hotline.risk.levels import Risk


class ContactType(StrEnum):
    """What kind of contact it was (domain requirement 20)."""

    SELF = "self"
    ABOUT_ANOTHER = "about_another"
    SILENT = "silent"
    WRONG_NUMBER = "wrong_number"
    TEST = "test"
    ABUSIVE = "abusive"
    THANKS = "thanks"
    INFORMATION = "information"
    COMPLAINT = "complaint"
    HANG_UP = "hang_up"
    EMERGENCY = "emergency"


class Topic(StrEnum):
    """What it was about: the ten international top levels (domain requirement 22)."""

    MISSING = "missing"
    VIOLENCE = "violence"
    MENTAL_HEALTH = "mental_health"
    PHYSICAL_HEALTH = "physical_health"
    ACCESS = "access"
    DISCRIMINATION = "discrimination"
    FAMILY = "family"
    PEERS = "peers"
    STUDY = "study"
    SEXUALITY = "sexuality"
    NON_COUNSELLING = "non_counselling"


class Disposition(StrEnum):
    """What came of it."""

    LISTENED = "listened"
    ADVISED = "advised"
    REFERRED = "referred"
    MEDICAL_ADVISED = "medical_advised"
    ESCALATED = "escalated"
    NO_COUNSELLING = "no_counselling"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to be saved: any field alone is worth keeping; None: not chosen yet.

    `topics`: codes of top levels, or of what lies below one (`family.siblings`). `form`: the
    version of the form it was written on, "" for none; `answers`: to all its other fields.
    `based_on`: the version its writer had before them; None: not told. `key`: of one save, the
    same for every try of it, or empty; `written_at`: when its last word was written, None for now.
    """

    contact_type: ContactType | None
    topics: tuple[str, ...]
    risk: Risk
    disposition: Disposition | None
    follow_up: bool
    narrative: str
    based_on: int | None = None
    form: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    key: str = field(default="", compare=False)
    written_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record, opened for its reader.

    It is a draft while it is `unfinished` by its form; written on none, while it has no contact
    type or disposition. `form`, `answers`: as in `Draft`.
    """

    contact_type: str
    topics: tuple[str, ...]
    risk: str
    disposition: str
    follow_up: bool
    narrative: str
    saved_at: datetime
    version: int
    form: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    unfinished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedVersion:
    """One time that the record was saved: by whom, and when."""

    version: int
    saved_by: str
    saved_at: datetime
