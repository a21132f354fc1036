"""Legs, conferences and handsets, and how the carrier's REST API shows them."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

PARTICIPANT_STATUS = {"queued": "queued", "initiated": "connecting", "ringing": "ringing"}
FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def new_sid(prefix: str) -> str:
    """Two letters and 32 hex digits, as the carrier makes them."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Target:
    """Where instructions are fetched, by GET or POST; or `document`, the words themselves."""

    url: str
    method: str = "POST"
    document: str = ""


@dataclass(eq=False)
class CarrierLeg:
    """One connection between the carrier and a handset.

    `on_answer`: what it does when it is answered, where that is no document. `peer`: its other end,
    where that is a number of the application's own.
    """

    account: str
    address: str
    from_: str
    to: str
    direction: str
    sid: str = field(default_factory=lambda: new_sid("CA"))
    status: str = "queued"
    answer: Target | None = None
    fallback: Target | None = None
    status_callback: str = ""
    status_events: tuple[str, ...] = ("completed",)
    ring_s: float = 60.0
    created: datetime | None = None
    answered: datetime | None = None
    ended: datetime | None = None
    sequence: int = 0
    parent: str | None = None
    ended_by: str = ""
    talked: bool = False
    last_words: str = ""
    pressed: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    spoken: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    says_nothing: bool = False  # to a recorder
    picked_up: asyncio.Future[str] | None = None
    player: asyncio.Task[None] | None = None
    gathering: dict[str, Any] | None = None
    peer: "CarrierLeg | None" = None
    on_answer: Callable[[], Coroutine[Any, Any, None]] | None = None

    @property
    def over(self) -> bool:
        """Nothing more can happen to it."""
        return self.status in FINAL

    @property
    def started(self) -> datetime | None:
        """When it was dialled. A leg that is still queued was not."""
        return None if self.status == "queued" else self.created

    @property
    def shown_status(self) -> str:
        """Its status as a resource: that it was dialled is told in reports only."""
        return "queued" if self.status == "initiated" else self.status

    def duration(self) -> int:
        """Seconds from answer to end."""
        if self.answered is None or self.ended is None:
            return 0
        return int((self.ended - self.answered).total_seconds())


@dataclass(eq=False)
class CarrierParticipant:
    """A leg in a conference.

    `wait`: what is heard until the start, None for silence. `plays`: what is heard alone now
    ("words", "music", "pause" or nothing), `music` its address, `apart` who plays it.
    """

    leg: CarrierLeg
    label: str
    start_on_enter: bool
    end_on_exit: bool
    muted: bool = False
    hold: bool = False
    coaching: str | None = None
    wait: Target | None = None
    hold_music: Target | None = None
    beep_on_enter: bool = False
    beep_on_exit: bool = False
    plays: str = ""
    music: str = ""
    apart: asyncio.Task[None] | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Conference:
    """Starts when two are in and one of them may start it. `coming`: those still being rung."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    callback: str = ""
    events: tuple[str, ...] = ()
    sequence: int = 0
    created: datetime | None = None
    updated: datetime | None = None
    reason_ended: str | None = None
    ended_by: str | None = None
    participants: list[CarrierParticipant] = field(default_factory=list)
    coming: list[CarrierParticipant] = field(default_factory=list)

    @property
    def sids(self) -> set[str]:
        """The legs that are in it."""
        return {one.leg.sid for one in self.participants}


def rfc2822(moment: datetime | None) -> str | None:
    """As the REST API writes dates."""
    return None if moment is None else format_datetime(moment)


def call_json(leg: CarrierLeg, *, fresh: bool = False) -> dict[str, Any]:
    """A Call resource. `fresh`: in the answer to a create, dates are still null."""
    base = f"/2010-04-01/Accounts/{leg.account}/Calls/{leg.sid}"
    return {
        "sid": leg.sid,
        "account_sid": leg.account,
        "parent_call_sid": leg.parent,
        "to": leg.to,
        "to_formatted": leg.to,
        "from": leg.from_,
        "from_formatted": leg.from_,
        "phone_number_sid": None,
        "status": leg.shown_status,
        "direction": leg.direction,
        "date_created": None if fresh else rfc2822(leg.created),
        "date_updated": None if fresh else rfc2822(leg.ended or leg.answered or leg.created),
        "start_time": rfc2822(leg.started),
        "end_time": rfc2822(leg.ended),
        "duration": str(leg.duration()) if leg.ended else None,
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "api_version": "2010-04-01",
        "caller_name": None,
        "forwarded_from": None,
        "group_sid": None,
        "queue_time": "0",
        "trunk_sid": None,
        "uri": f"{base}.json",
        "subresource_uris": {"recordings": f"{base}/Recordings.json"},
    }


def conference_json(account: str, conference: Conference) -> dict[str, Any]:
    """A Conference resource."""
    base = f"/2010-04-01/Accounts/{account}/Conferences/{conference.sid}"
    return {
        "sid": conference.sid,
        "account_sid": account,
        "friendly_name": conference.name,
        "status": conference.status,
        "region": "us1",
        "api_version": "2010-04-01",
        "date_created": rfc2822(conference.created),
        "date_updated": rfc2822(conference.updated or conference.created),
        "reason_conference_ended": conference.reason_ended,
        "call_sid_ending_conference": conference.ended_by,
        "uri": f"{base}.json",
        "subresource_uris": {"participants": f"{base}/Participants.json"},
    }


def participant_fields(one: CarrierParticipant) -> dict[str, str]:
    """What every report about a participant says."""
    return {
        "CallSid": one.leg.sid,
        "ParticipantLabel": one.label,
        "Muted": str(one.muted).lower(),
        "Hold": str(one.hold).lower(),
        "Coaching": str(one.coaching is not None).lower(),
        "StartConferenceOnEnter": str(one.start_on_enter).lower(),
        "EndConferenceOnExit": str(one.end_on_exit).lower(),
    }


def participant_json(
    account: str, conference: Conference, one: CarrierParticipant
) -> dict[str, Any]:
    """A Participant resource."""
    base = f"/2010-04-01/Accounts/{account}/Conferences/{conference.sid}/Participants"
    return {
        "account_sid": account,
        "call_sid": one.leg.sid,
        "conference_sid": conference.sid,
        "label": one.label or None,
        "muted": one.muted,
        "hold": one.hold,
        "coaching": one.coaching is not None,
        "call_sid_to_coach": one.coaching,
        "start_conference_on_enter": one.start_on_enter,
        "end_conference_on_exit": one.end_on_exit,
        "status": PARTICIPANT_STATUS.get(one.leg.status, "connected"),
        "queue_time": "0",
        "date_created": rfc2822(one.leg.created),
        "date_updated": rfc2822(one.leg.answered or one.leg.created),
        "uri": f"{base}/{one.leg.sid}.json",
    }
