"""Legs, conferences and handsets, and how the carrier's REST API shows them."""

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})


def new_sid(prefix: str) -> str:
    """Two letters and 32 hex digits, as the carrier makes them."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Target:
    """Where instructions are fetched. `method`: GET or POST."""

    url: str
    method: str = "POST"


@dataclass(eq=False)
class CarrierLeg:
    """One connection between the carrier and a handset."""

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
    picked_up: asyncio.Future[str] | None = None
    player: asyncio.Task[None] | None = None
    gathering: dict[str, Any] | None = None

    @property
    def over(self) -> bool:
        """Nothing more can happen to it."""
        return self.status in FINAL

    def duration(self) -> int:
        """Seconds from answer to end."""
        if self.answered is None or self.ended is None:
            return 0
        return int((self.ended - self.answered).total_seconds())


@dataclass(eq=False)
class CarrierParticipant:
    """A leg in a conference."""

    leg: CarrierLeg
    label: str
    start_on_enter: bool
    end_on_exit: bool
    muted: bool = False
    hold: bool = False
    coaching: str | None = None
    left: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class Conference:
    """Starts when two are in and one of them may start it."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    status: str = "init"
    callback: str = ""
    events: tuple[str, ...] = ()
    sequence: int = 0
    created: datetime | None = None
    participants: list[CarrierParticipant] = field(default_factory=list)


@dataclass(eq=False)
class Handset:
    """A phone. Numbers always exist; a client exists while somebody has registered it."""

    address: str
    registered: bool = False
    busy: bool = False
    leg: CarrierLeg | None = None
    incoming: list[CarrierLeg] = field(default_factory=list)


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
        "status": leg.status,
        "direction": leg.direction,
        "date_created": None if fresh else rfc2822(leg.created),
        "date_updated": None if fresh else rfc2822(leg.ended or leg.answered or leg.created),
        "start_time": rfc2822(leg.answered),
        "end_time": rfc2822(leg.ended),
        "duration": str(leg.duration()) if leg.ended else None,
        "price": None,
        "price_unit": "USD",
        "answered_by": None,
        "annotation": None,
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
        "date_updated": rfc2822(conference.created),
        "reason_conference_ended": None,
        "call_sid_ending_conference": None,
        "uri": f"{base}.json",
        "subresource_uris": {"participants": f"{base}/Participants.json"},
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
        "status": "connected",
        "queue_time": "0",
        "date_created": rfc2822(one.leg.answered),
        "date_updated": rfc2822(one.leg.answered),
        "uri": f"{base}/{one.leg.sid}.json",
    }
