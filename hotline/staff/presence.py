"""What each counselor is doing now: the only place that changes it.

Lock calls before presences, and several presences in the order of their ids.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.errors import NotFound
from hotline.staff.breaks import begin_work, may_leave, turns_for_breaks
from hotline.staff.model import (
    BUSY,
    MISSES_BEFORE_PAUSE,
    PresenceEvent,
    PresenceState,
    after,
    may,
)
from hotline.staff.wellbeing import (
    AWAY,
    RELIEFS,
    back_from_away,
    care_of,
    due_relief,
    somebody_ready_too_long,
    talk_ended,
    talk_forgotten,
)
from hotline.storage.session import Work
from hotline.storage.tables import Offer, Presence
from routing.care import Care, Relief

log = structlog.get_logger()

ANSWERS_DANGER = "answers_danger"  # the reason for which somebody is ready whose rest is due
CALLED_IN = "called_in"  # the reason for which somebody who was not on duty talks
LEASE = timedelta(seconds=12)  # of a console: asked every 4 s, and a line may take 3 s to answer
CONSOLE_KNOWN = timedelta(minutes=1)  # silent for longer, it is closed: they work without one

CALLABLE = (PresenceState.READY, PresenceState.WRAPPING_UP)

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


async def free_presence(work: Work, staff_id: str) -> Presence | None:
    """The same row; None while somebody else holds it: the next look will find it."""
    query = select(Presence).where(Presence.staff_id == staff_id)
    held = query.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    return (await work.exec(held)).one_or_none()


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
    if state not in BUSY:
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
        _let_console_answer(presence, at=at)
        if not await _is_still_rung(work, presence, at=at):
            await would_be_ready(work, presence, at=at)
    else:
        if presence.state != state:
            after(presence.state, CHOICES[state])
            move_presence(work, presence, CHOICES[state], at=at, reason=reason)
        presence.reason = reason
    presence.missed = 0
    return presence


async def take_call(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """They answered what they were offered, and talk; also who chose a pause while it rang."""
    presence = await lock_presence(work, staff_id)
    if not move_presence(work, presence, PresenceEvent.ACCEPTED, at=at):
        reason = CALLED_IN if presence.state == PresenceState.OFFLINE else ""
        if move_presence(work, presence, PresenceEvent.CALLED_IN, at=at, reason=reason):
            presence.call_id = call_id
    presence.missed = 0


async def call_in(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """Somebody who was not on duty talks on their own phone. In another call: left as it is."""
    presence = await lock_presence(work, staff_id)
    event = PresenceEvent.CALLED_IN
    if move_presence(work, presence, event, at=at, reason=CALLED_IN):
        presence.call_id, presence.missed = call_id, 0


def leave_again(work: Work, presence: Presence, *, called_in: bool, at: datetime) -> None:
    """Who was called in, and has no console open, is off duty again; the record is owed."""
    console = presence.lease_until is not None and presence.lease_until > at
    if called_in and not console:
        move_presence(work, presence, PresenceEvent.WENT_OFFLINE, at=at)


async def answer_danger(work: Work, staff_id: str, *, at: datetime) -> Presence:
    """They choose to answer a child in danger; the rest that is due comes after.

    Raises `IllegalMove` in the middle of a call.
    """
    presence = await lock_presence(work, staff_id)
    after(presence.state, PresenceEvent.WENT_READY)
    _let_console_answer(presence, at=at)
    if await _is_still_rung(work, presence, at=at):
        return presence
    await _comes_back(work, presence, await care_of(work, staff_id), at=at)
    move_presence(work, presence, PresenceEvent.WENT_READY, at=at, reason=ANSWERS_DANGER)
    presence.missed = 0
    return presence


async def rest_after_all(work: Work, staff_id: str, *, at: datetime) -> None:
    """The child they were ready for needs them no more: what was due before is due again."""
    presence = await lock_presence(work, staff_id)
    if presence.state == PresenceState.READY:
        await would_be_ready(work, presence, at=at)
        presence.reason = "" if presence.state == PresenceState.READY else presence.reason


async def end_wrap_up(work: Work, staff_id: str, call_id: str, *, at: datetime) -> None:
    """They are done with this call and ready for the next.

    Only with this one: an old record that is finished later ends no other wrap-up.
    """
    presence = await lock_presence(work, staff_id)
    if presence.state == PresenceState.WRAPPING_UP and presence.call_id == call_id:
        await choose_presence(work, staff_id, PresenceState.READY, at=at)


async def talk_was_heavy(work: Work, staff_id: str, call_id: str) -> bool:
    """The talk that they write up was one in danger, it turns out: they rest after it as well.

    False, and nothing done, where they do not write it up any more, or it was known before.
    """
    presence = await _writing_up(work, staff_id, call_id)
    if presence is None or presence.crisis_ended_at is not None:
        return False
    talk_ended(presence, crisis=True, at=presence.idle_since)
    work.announce("presence", staff_id)
    return True


async def talk_was_not_heavy(work: Work, staff_id: str, call_id: str) -> bool:
    """What `talk_was_heavy` noted was a slip. False where they do not write it up any more."""
    presence = await _writing_up(work, staff_id, call_id)
    if presence is None or presence.crisis_ended_at is None:
        return False
    talk_forgotten(presence)
    work.announce("presence", staff_id)
    return True


async def _writing_up(work: Work, staff_id: str, call_id: str) -> Presence | None:
    """Their presence, held, while they write up this call; not every supervisor has one."""
    query = select(Presence).where(
        Presence.staff_id == staff_id,
        Presence.state == PresenceState.WRAPPING_UP,
        Presence.call_id == call_id,
    )
    held = query.with_for_update().execution_options(populate_existing=True)
    return (await work.exec(held)).one_or_none()


def _let_console_answer(presence: Presence, *, at: datetime) -> None:
    """Who is ready at a console has one lease to show that page and phone are there."""
    lease = presence.lease_until
    if lease is not None and lease <= at - CONSOLE_KNOWN:
        presence.console, presence.lease_until = "", None
    elif presence.console and (lease is None or lease <= at):
        presence.lease_until = at + LEASE


async def _is_still_rung(work: Work, presence: Presence, *, at: datetime) -> bool:
    """They chose a pause while their phone rang, and are back before it stopped: no other may ring.

    Were they ready, the next claim of them would break the rule of one offer each, and whoever
    breaks it is rung no more.
    """
    query = select(Offer.call_id).where(
        Offer.staff_id == presence.staff_id, col(Offer.ended_at).is_(None)
    )
    call_id = (await work.exec(query)).first()
    if presence.state not in AWAY or call_id is None:
        return False
    move_presence(work, presence, PresenceEvent.RUNG_STILL, at=at)
    presence.call_id = call_id
    return True


async def would_be_ready(work: Work, presence: Presence, *, at: datetime) -> None:
    """They want to be ready: they are, or get the rest or break that is due first."""
    after(presence.state, PresenceEvent.WENT_READY)
    if presence.reason in RELIEFS and presence.back_at is not None and presence.back_at > at:
        return  # under way
    care = await care_of(work, presence.staff_id)
    await _comes_back(work, presence, care, at=at)
    due = await _relief(work, presence, care, at=at)
    if due is None:
        if presence.state != PresenceState.READY:
            move_presence(work, presence, PresenceEvent.WENT_READY, at=at)
        return
    move_presence(work, presence, PresenceEvent.WENT_PAUSED, at=at, reason=due[0])
    presence.since, presence.back_at = at, due[1]


async def _comes_back(work: Work, presence: Presence, care: Care, *, at: datetime) -> None:
    if back_from_away(presence, care, at=at):
        await begin_work(work, presence, care, at=at)


async def _relief(
    work: Work, presence: Presence, care: Care, *, at: datetime
) -> tuple[Relief, datetime] | None:
    """A rest that is due; a break that is due if it is their turn."""
    due = due_relief(presence, care, at=at)
    if due is None or due[0] is not Relief.BREAK or await may_leave(work, presence, care, at=at):
        return due
    return due_relief(presence, care, at=at, may_leave=False)


def release_offer(work: Work, presence: Presence, *, at: datetime) -> None:
    """They are not needed for the call after all: ready again, or back to their record."""
    if _resume_wrap_up(work, presence, at=at):
        presence.since = presence.idle_since  # its protected part is over: it was when they rang
    else:
        move_presence(work, presence, PresenceEvent.OFFER_WITHDRAWN, at=at)


def leave_out(work: Work, presence: Presence, *, at: datetime, reason: str, for_s: float) -> None:
    """Their phone could not be rung, by no fault of theirs: they stay ready, or at their record.

    Nothing is counted against them; for a moment somebody else is tried first.
    """
    if not _resume_wrap_up(work, presence, at=at):
        move_presence(work, presence, PresenceEvent.OFFER_WITHDRAWN, at=at)
    if presence.state in CALLABLE:
        presence.reason, presence.back_at = reason, at + timedelta(seconds=for_s)


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


async def due_to_be_looked_after(work: Work, *, at: datetime) -> list[str]:
    """Whose set-aside, rest or break is over, and whose turn it is for a break."""
    back = select(Presence.staff_id).where(col(Presence.back_at) <= at)
    due = await somebody_ready_too_long(work, at=at)
    return [
        *(await work.exec(back)).all(),
        *(await turns_for_breaks(work, at=at) if due else ()),
    ]


async def look_after(work: Work, staff_id: str, *, at: datetime) -> None:
    """End a set-aside, rest or break whose time is over; send to a break who is due."""
    presence = await free_presence(work, staff_id)
    if presence is None:
        return
    over = presence.back_at is not None and presence.back_at <= at
    if over and presence.state in CALLABLE:
        _let_in_again(work, presence)
    elif over or (presence.state == PresenceState.READY and presence.reason != ANSWERS_DANGER):
        await would_be_ready(work, presence, at=at)


def _let_in_again(work: Work, presence: Presence) -> None:
    """The moment after `leave_out` is over."""
    presence.reason, presence.back_at = "", None
    work.announce("presence", presence.staff_id)
