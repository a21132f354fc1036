"""The record that a counselor writes: closed lists, and a narrative that is sealed.

Who read or wrote it stands in the call's timeline, silently: a page that looks again at every
change would otherwise be told of its own look.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.storage.session import Work
from hotline.storage.tables import CallEvent, Record
from hotline.storage.vault import Vault


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


class Risk(StrEnum):
    """How great the risk is (domain requirement 25)."""

    IMMINENT = "imminent"
    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    NONE = "none"
    NOT_ASSESSED = "not_assessed"


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
    """What is to be saved."""

    contact_type: ContactType
    topics: tuple[Topic, ...]
    risk: Risk
    disposition: Disposition
    follow_up: bool
    narrative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record, opened for its reader."""

    contact_type: str
    topics: tuple[str, ...]
    risk: str
    disposition: str
    follow_up: bool
    narrative: str
    saved_at: datetime


def place(call_id: str) -> str:
    """Where a narrative is sealed."""
    return f"record.narrative.{call_id}"


async def save_record(
    work: Work, vault: Vault, call_id: str, staff_id: str, draft: Draft, *, at: datetime
) -> Record:
    """Save the record of a call; saving again replaces it. Hold the call's row before."""
    record = await work.get(Record, call_id, with_for_update=True)
    if record is None:
        record = Record(call_id=call_id, staff_id=staff_id, contact_type="", risk="",
                        disposition="", saved_at=at)  # fmt: skip
        work.add(record)
        _trace(work, call_id, "record.written", staff_id, at=at)
    elif record.staff_id != staff_id:
        _trace(work, call_id, "record.changed", staff_id, at=at)
    record.contact_type, record.risk = draft.contact_type, draft.risk
    record.disposition, record.follow_up = draft.disposition, draft.follow_up
    record.topics = list(draft.topics)
    record.narrative_sealed = vault.seal(draft.narrative, place=place(call_id))
    record.saved_at = at
    return record


async def read_record(
    work: Work, vault: Vault, call_id: str, *, reader: str, at: datetime
) -> Opened | None:
    """The record, in clear; None where nobody wrote one. That `reader` read it is kept."""
    record = await work.get(Record, call_id)
    if record is None:
        return None
    _trace(work, call_id, "record.read", reader, at=at)
    return opened(record, vault)


def opened(record: Record, vault: Vault) -> Opened:
    """For whoever wrote it just now. To others: `read_record`."""
    return Opened(
        contact_type=record.contact_type,
        topics=tuple(record.topics),
        risk=record.risk,
        disposition=record.disposition,
        follow_up=record.follow_up,
        narrative=vault.open(record.narrative_sealed, place=place(record.call_id)),
        saved_at=record.saved_at,
    )


def _trace(work: Work, call_id: str, kind: str, staff_id: str, *, at: datetime) -> None:
    work.add(CallEvent(call_id=call_id, at=at, kind=kind, staff_id=staff_id))
