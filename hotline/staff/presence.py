"""What each counselor is doing now: the only place that changes it.

Lock calls before presences, and several presences in the order of their ids.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.staff.model import (
    MISSES_BEFORE_PAUSE,
    PresenceEvent,
    PresenceState,
    after,
    may,
)
from hotline.staff.wellbeing import (
    FOR_DANGER,
    RELIEFS,
    back_from_away,
    care_of,
    due_relief,
    ready_too_long,
)
from hotline.storage.session import Work
from hotline.storage.tables import Presence, Staff

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
    if state is not PresenceState.OFFERED:
        presence.cut_short_call_id = None


async def choose_presence(
    work: Work, staff_id: str, state: PresenceState, *, at: datetime, reason: str = ""
) -> Presence:
    """A counselor says what they do now. Raises `IllegalMove` in the middle of a call.

    Who would be ready and is due for a rest or a break gets that first.
    """
    presence = await lock_presence(work, staff_id)
    if state is PresenceState.READY:
        await _would_be_ready(work, presence, at=at)
    else:
        if presence.state != state:
            after(presence.state, CHOICES[state])
            move_presence(work, presence, CHOICES[state], at=at, reason=reason)
        presence.reason = reason
    presence.missed = 0
    return presence


async def end_wrap_up(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """They are done with this call and ready for the next.

    Only with this one: an old record that is finished later ends no other wrap-up.
    """
    presence = await lock_presence(work, staff_id)
    if presence.state == PresenceState.WRAPPING_UP and presence.call_id == call_id:
        await choose_presence(work, staff_id, PresenceState.READY, at=at)


async def interrupt_relief(work: Work, staff_id: str, *, at: datetime) -> Presence:
    """A child in danger waits, and this counselor decides to answer: ready at once.

    What is due to them stays due. Raises `IllegalMove` in the middle of a call.
    """
    presence = await lock_presence(work, staff_id)
    after(presence.state, PresenceEvent.WENT_READY)
    move_presence(work, presence, PresenceEvent.WENT_READY, at=at, reason=FOR_DANGER)
    presence.missed = 0
    return presence


async def resume_relief(work: Work, lines_in_danger: Collection[str], *, at: datetime) -> None:
    """Nobody in danger waits for them any more: they go on with the rest or break they left."""
    query = (
        select(Presence, Staff.lines)
        .where(Presence.staff_id == Staff.id, Presence.reason == FOR_DANGER)
        .where(Presence.state == PresenceState.READY)
        .with_for_update(of=Presence, skip_locked=True)
    )
    for presence, lines in (await work.exec(query)).all():
        if set(lines).isdisjoint(lines_in_danger):
            presence.reason = ""
            await _would_be_ready(work, presence, at=at)
            work.announce("presence", presence.staff_id)


async def _would_be_ready(work: Work, presence: Presence, *, at: datetime) -> None:
    after(presence.state, PresenceEvent.WENT_READY)
    if presence.reason in RELIEFS and presence.back_at is not None and presence.back_at > at:
        return  # under way
    care = await care_of(work, presence.staff_id)
    back_from_away(presence, care, at=at)
    due = due_relief(presence, care, at=at)
    if due is None:
        if presence.state != PresenceState.READY:
            move_presence(work, presence, PresenceEvent.WENT_READY, at=at)
        return
    move_presence(work, presence, PresenceEvent.WENT_PAUSED, at=at, reason=due[0])
    presence.since, presence.back_at = at, due[1]


def release_offer(work: Work, presence: Presence, *, at: datetime) -> None:
    """They are not needed for the call after all: ready again, or back to their record."""
    if _resume_wrap_up(work, presence, at=at):
        presence.since = presence.idle_since  # its protected part is over: it was when they rang
    else:
        move_presence(work, presence, PresenceEvent.OFFER_WITHDRAWN, at=at)


def set_aside(work: Work, presence: Presence, *, at: datetime, reason: str, for_s: float) -> None:
    """An offer was not taken: no calls for a while; after several in a row, until they return."""
    if _resume_wrap_up(work, presence, at=at):
        return
    if not move_presence(work, presence, PresenceEvent.OFFER_MISSED, at=at, reason=reason):
        return
    presence.missed += 1
    back_at = at + timedelta(seconds=for_s)
    presence.back_at = back_at if presence.missed < MISSES_BEFORE_PAUSE else None


def _resume_wrap_up(work: Work, presence: Presence, *, at: datetime) -> bool:
    """Go on with the wrap-up that a crisis call cut short; its protected part begins anew."""
    owed = presence.cut_short_call_id
    if owed is None or presence.state != PresenceState.OFFERED:
        return False
    move_presence(work, presence, PresenceEvent.WRAP_UP_RESUMED, at=at)
    presence.call_id = owed
    return True


async def look_after(work: Work, *, at: datetime) -> None:
    """End the set-asides, rests and breaks whose time is over; send to a break who is due."""
    query = select(Presence).where(col(Presence.back_at) <= at).with_for_update(skip_locked=True)
    for presence in (await work.exec(query)).all():
        await _would_be_ready(work, presence, at=at)
    for staff_id in await ready_too_long(work, at=at):
        presence = await lock_presence(work, staff_id)
        if presence.state == PresenceState.READY:
            await _would_be_ready(work, presence, at=at)


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
