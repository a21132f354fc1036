"""What each counselor is doing now: the only place that changes it.

Lock calls before presences, and several presences in the order of their ids.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.staff.model import (
    MISSES_BEFORE_PAUSE,
    SET_ASIDE,
    PresenceEvent,
    PresenceState,
    after,
    may,
)
from hotline.storage.session import Work
from hotline.storage.tables import Presence

log = structlog.get_logger()

LEASE = timedelta(seconds=25)  # reliability research F13: SSE ping 10 s, lease 25 s

CHOICES = {
    PresenceState.READY: PresenceEvent.WENT_READY,
    PresenceState.PAUSED: PresenceEvent.WENT_PAUSED,
    PresenceState.OFFLINE: PresenceEvent.WENT_OFFLINE,
}


async def lock_presence(work: Work, staff_id: str) -> Presence:
    """The presence row, held until the unit of work ends."""
    query = select(Presence).where(Presence.staff_id == staff_id).with_for_update()
    found = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


def move_presence(
    work: Work, presence: Presence, event: PresenceEvent, *, at: datetime, reason: str = ""
) -> bool:
    """Let an event happen to a presence. False, and nothing done, where it comes too late."""
    if not may(presence.state, event):
        log.info("presence.event_ignored", staff_id=presence.staff_id, presence_event=event)
        return False
    _enter(presence, after(presence.state, event), at=at, reason=reason)
    work.announce("presence", presence.staff_id)
    return True


def _enter(presence: Presence, state: PresenceState, *, at: datetime, reason: str) -> None:
    if state != presence.state:
        presence.since = at
    presence.state, presence.reason, presence.back_at = state, reason, None
    if state not in (PresenceState.OFFERED, PresenceState.TALKING, PresenceState.WRAPPING_UP):
        presence.call_id = None


async def choose_presence(
    work: Work, staff_id: str, state: PresenceState, *, at: datetime, reason: str = ""
) -> Presence:
    """A counselor says what they do now. Raises `IllegalMove` in the middle of a call."""
    presence = await lock_presence(work, staff_id)
    if presence.state != state:
        after(presence.state, CHOICES[state])
        move_presence(work, presence, CHOICES[state], at=at, reason=reason)
    presence.missed = 0
    presence.reason = reason
    return presence


def take_offer(work: Work, presence: Presence, call_id: str, *, at: datetime) -> bool:
    """The switchboard rings this counselor. False where they are no longer ready."""
    if not move_presence(work, presence, PresenceEvent.OFFERED, at=at):
        return False
    presence.call_id = call_id
    return True


def set_aside(work: Work, presence: Presence, *, at: datetime, reason: str) -> None:
    """An offer was not taken: no calls for a while; after several in a row, until they return."""
    if not move_presence(work, presence, PresenceEvent.OFFER_MISSED, at=at, reason=reason):
        return
    presence.missed += 1
    presence.back_at = at + SET_ASIDE if presence.missed < MISSES_BEFORE_PAUSE else None


async def bring_back(work: Work, *, at: datetime) -> None:
    """End the set-asides whose time is over."""
    query = select(Presence).where(col(Presence.back_at) <= at).with_for_update(skip_locked=True)
    for presence in (await work.exec(query)).all():
        move_presence(work, presence, PresenceEvent.WENT_READY, at=at)


async def renew_lease(work: Work, staff_id: str, *, at: datetime) -> None:
    """The counselor's console is open and was heard of now."""
    (await lock_presence(work, staff_id)).lease_until = at + LEASE


async def end_lapsed_leases(work: Work, *, at: datetime) -> None:
    """Consoles that were there and are gone: their counselors take no new calls."""
    query = (
        select(Presence)
        .where(col(Presence.lease_until) <= at)
        .where(col(Presence.state).in_([PresenceState.READY, PresenceState.PAUSED]))
        .with_for_update(skip_locked=True)
    )
    for presence in (await work.exec(query)).all():
        move_presence(work, presence, PresenceEvent.WENT_OFFLINE, at=at, reason="console_gone")
        presence.lease_until = None
