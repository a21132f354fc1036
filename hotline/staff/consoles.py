"""Whether a counselor's console is really there: it has to answer, and its phone has to ring.

A page can be frozen while the browser keeps its connections open, and a softphone can say
"registered" and ring nowhere. So the live stream asks, the page's own script answers with the
state of its softphone, and only that answer renews the lease.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, exists
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, not_, or_, select

from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import (
    LEASE,
    free_presence,
    lock_presence,
    move_presence,
    would_be_ready,
)
from hotline.storage.session import Work
from hotline.storage.tables import Presence

# Where no console at all gets through, it is we who are away: they have this long to come back.
ALL_SILENT = timedelta(seconds=30)
# A pause rings nobody: it outlasts a browser that is closed for a moment.
PAUSE_LASTS = timedelta(minutes=5)
# Who was ready, was not heard of and is back so soon has gone nowhere.
BACK_WITHIN = timedelta(minutes=1)
CONSOLE_GONE, PHONE_GONE, CONSOLE_CLOSED = "console_gone", "phone_gone", "console_closed"


class PhoneState(StrEnum):
    """What a console says of the phone that rings for it."""

    GOOD = "good"
    WAIT = "wait"  # connecting
    BAD = "bad"
    NONE = "none"  # this installation has no softphone
    OWN = "own"  # they answer on a phone of their own


class Takes(StrEnum):
    """Whether a console wants the phone that another one may have."""

    NO = "no"
    IF_IDLE = "if_idle"  # not while somebody rings or talks there
    ALWAYS = "always"


class PhonePlace(StrEnum):
    """Which console of a person has the phone, as seen from one of them."""

    HERE = "here"
    ELSEWHERE = "elsewhere"
    FREE = "free"  # the one that had it is not heard of any more


COUNTS = (PhoneState.GOOD, PhoneState.NONE, PhoneState.OWN)
ON_THE_PHONE = (PresenceState.OFFERED, PresenceState.TALKING)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleAnswer:
    """What a page answers. `console`: one browser; `asked_at`: when the server asked, or None."""

    console: str
    phone: PhoneState
    asked_at: datetime | None
    takes: Takes = Takes.NO


async def note_console(
    work: Work, staff_id: str, answer: ConsoleAnswer, *, at: datetime
) -> PhonePlace:
    """A console has answered. Its lease runs from the question: a late answer proves little."""
    presence = await lock_presence(work, staff_id)
    answers = _is_heard_of(presence, at=at)
    if not _has_phone(presence, answer, answers=answers):
        return PhonePlace.ELSEWHERE if answers else PhonePlace.FREE
    presence.console, presence.phone = answer.console, answer.phone
    if answer.phone in COUNTS and answer.asked_at is not None:
        await _renew(work, presence, min(answer.asked_at, at) + LEASE, at=at)
    return PhonePlace.HERE


def _has_phone(presence: Presence, answer: ConsoleAnswer, *, answers: bool) -> bool:
    """Whether this console has the phone, or gets it now."""
    if answer.phone is PhoneState.OWN or presence.console == answer.console:
        return True
    if answer.takes is Takes.NO:
        return presence.console == "" and answer.phone in COUNTS
    busy = answers and presence.state in ON_THE_PHONE
    return answer.takes is Takes.ALWAYS or not busy


def _is_heard_of(presence: Presence, *, at: datetime) -> bool:
    return presence.lease_until is not None and presence.lease_until > at


async def _renew(work: Work, presence: Presence, until: datetime, *, at: datetime) -> None:
    if until <= at:
        return
    presence.lease_until = max(until, presence.lease_until or until)
    lost = presence.reason in (CONSOLE_GONE, PHONE_GONE) and presence.since > at - BACK_WITHIN
    if lost and presence.state == PresenceState.OFFLINE:
        await would_be_ready(work, presence, at=at)


def console_is_gone(at: datetime) -> ColumnElement[bool]:
    """Of a presence: its console does not answer, though others do or there is no other."""
    other = aliased(Presence)
    elsewhere = col(other.staff_id) != col(Presence.staff_id)
    others = exists().where(elsewhere, col(other.lease_until) > at - ALL_SILENT)
    answers = exists().where(elsewhere, col(other.lease_until) > at)
    alone = or_(answers, not_(others), col(Presence.lease_until) <= at - ALL_SILENT)
    return and_(col(Presence.lease_until) <= at, alone)


async def lapsed_leases(work: Work, *, at: datetime) -> list[str]:
    """Counselors whose console was there and is gone."""
    ready = and_(col(Presence.state) == PresenceState.READY, console_is_gone(at))
    paused = and_(
        col(Presence.state) == PresenceState.PAUSED,
        col(Presence.lease_until) <= at - PAUSE_LASTS,
    )
    query = select(Presence.staff_id).where(or_(ready, paused))
    return list((await work.exec(query)).all())


async def end_lapsed_lease(work: Work, staff_id: str, *, at: datetime) -> None:
    """Whose console is gone, or rings nowhere, takes no new calls."""
    presence = await free_presence(work, staff_id)
    if presence is None or presence.lease_until is None or presence.lease_until > at:
        return
    if presence.state == PresenceState.READY:
        reason = CONSOLE_GONE if presence.phone in ("", *COUNTS) else PHONE_GONE
    elif presence.state == PresenceState.PAUSED and presence.lease_until <= at - PAUSE_LASTS:
        reason = CONSOLE_CLOSED
    else:
        return
    move_presence(work, presence, PresenceEvent.WENT_OFFLINE, at=at, reason=reason)
    presence.lease_until = None
    presence.console = presence.console if reason == PHONE_GONE else ""
