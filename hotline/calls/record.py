"""The record that a counselor writes: closed lists, and a narrative that is sealed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.storage.session import Work
from hotline.storage.tables import Record
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


def place(call_id: str) -> str:
    """Where a narrative is sealed."""
    return f"record.narrative.{call_id}"


async def save_record(
    work: Work, vault: Vault, call_id: str, staff_id: str, draft: Draft, *, at: datetime
) -> Record:
    """Save the record of a call; saving again replaces it."""
    record = await work.get(Record, call_id, with_for_update=True)
    if record is None:
        record = Record(call_id=call_id, staff_id=staff_id, contact_type="", risk="",
                        disposition="", saved_at=at)  # fmt: skip
        work.add(record)
    record.contact_type, record.risk = draft.contact_type, draft.risk
    record.disposition, record.follow_up = draft.disposition, draft.follow_up
    record.topics = list(draft.topics)
    record.narrative_sealed = vault.seal(draft.narrative, place=place(call_id))
    record.saved_at = at
    return record
