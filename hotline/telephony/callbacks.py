"""What the carrier's webhook forms say, read with tolerance.

A field may be missing, empty or nonsense; nothing here raises. What a form means for a call is
left to whoever shows it. Two deliveries of one event read as equal values.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from hotline.numbers import normalised
from hotline.ports import LegStatus
from hotline.telephony.status import ConferenceEvent, conference_event, leg_status

_COUNT = re.compile(r"[0-9]{1,9}")  # what the database's integer holds; more is nonsense


@dataclass(frozen=True, slots=True, kw_only=True)
class LegForm:
    """A form about one leg. Text that is missing is empty; the rest is None.

    `caller` is E.164 or a short code, None where withheld; `caller_raw` and `called` are as sent.
    `sequence` orders the events of one leg; `at` is when it happened by the carrier's clock.
    """

    sid: str
    status: LegStatus | None
    sequence: int | None
    at: datetime | None
    caller_raw: str
    caller: str | None
    called: str
    digits: str
    speech: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConferenceForm:
    """A form about a conference. `leg_sid` is empty in events of the conference itself."""

    sid: str
    name: str
    event: ConferenceEvent | None
    leg_sid: str
    sequence: int | None
    at: datetime | None


def read_leg(fields: Mapping[str, str]) -> LegForm:
    """Read a voice request, a Gather's answer or a status callback."""
    caller = fields.get("From", "").strip()
    return LegForm(
        sid=fields.get("CallSid", ""),
        status=leg_status(fields.get("CallStatus", "")),
        sequence=_count(fields.get("SequenceNumber", "")),
        at=_moment(fields.get("Timestamp", "")),
        caller_raw=caller,
        caller=normalised(caller),
        called=fields.get("To", "").strip(),
        digits=fields.get("Digits", ""),
        speech=fields.get("SpeechResult", "").strip(),
    )


def read_conference(fields: Mapping[str, str]) -> ConferenceForm:
    """Read a conference's status callback."""
    return ConferenceForm(
        sid=fields.get("ConferenceSid", ""),
        name=fields.get("FriendlyName", ""),
        event=conference_event(fields.get("StatusCallbackEvent", "")),
        leg_sid=fields.get("CallSid", ""),
        sequence=_count(fields.get("SequenceNumber", "")),
        at=_moment(fields.get("Timestamp", "")),
    )


def _count(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if _COUNT.fullmatch(plain) else None


def _moment(text: str) -> datetime | None:
    """The carrier writes RFC 2822 in callbacks; ISO 8601 is read as well."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(text.strip())
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
