"""From joined to gone: both legs in one conference, whoever leaves first.

Callbacks of the two legs arrive in any order. A counselor's leg that ends proves nothing about
the caller: the call goes back to the queue only when the caller's leg is heard of again.
"""

from datetime import datetime

import structlog

from hotline.callcontrol.model import ParticipantEvent
from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.participants import caller_in_talk, end_talk, move_participant
from hotline.calls.model import CallEvent, CallState, Outcome, Urgency
from hotline.calls.service import add_call_entry, decide_outcome, end_call, move_call
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import CALLED_IN, leave_again, lock_presence, move_presence
from hotline.staff.wellbeing import talk_ended
from hotline.storage.session import Work
from hotline.storage.tables import Call

log = structlog.get_logger()


async def join_talk(work: Work, call: Call, *, at: datetime) -> bool:
    """The caller's leg fetched the way into the conference where the counselor is."""
    if not move_call(work, call, CallEvent.JOINED, at=at):
        return False
    call.joined_at = call.joined_at or at
    caller = await caller_in_talk(work, call)
    if caller is not None:
        move_participant(work, caller, ParticipantEvent.JOINED, at=at)
    return True


async def caller_left(work: Work, call: Call, *, at: datetime) -> None:
    """The caller's leg is over. Offers fall, the counselor goes to wrap-up."""
    was_with_counselor = call.state in (CallState.CONNECTING, CallState.TALKING, CallState.CLOSING)
    if not end_call(work, call, at=at):
        return
    await withdraw_offers(work, call, at=at, reason="caller_left")
    await end_talk(work, call, at=at)
    if was_with_counselor:
        await _to_wrap_up(work, call, at=at)


async def finish_talk(
    work: Work, call: Call, *, at: datetime, step: str = "ended_by_counselor"
) -> bool:
    """The counselor ends the talk. The caller hears a goodbye."""
    if not move_call(work, call, CallEvent.FINISHED, at=at):
        return False
    decide_outcome(work, call, Outcome.TALKED, at=at, step=step)
    call.left_at = at
    await end_talk(work, call, at=at)
    await _to_wrap_up(work, call, at=at)
    return True


async def counselor_lost(work: Work, call: Call, *, at: datetime) -> bool:
    """The caller is alone and still there: back to the head, the same counselor first."""
    if not move_call(work, call, CallEvent.COUNSELOR_LOST, at=at, staff=call.counselor_id):
        return False
    call.waits = 0
    await end_talk(work, call, at=at)
    if call.counselor_id:
        presence = await lock_presence(work, call.counselor_id)
        called_in = presence.reason == CALLED_IN
        if presence.call_id != call.id:  # they are with somebody else by now
            return True
        if move_presence(work, presence, PresenceEvent.LINE_LOST, at=at, reason="line_lost"):
            leave_again(work, presence, called_in=called_in, at=at)
    return True


async def _to_wrap_up(work: Work, call: Call, *, at: datetime) -> None:
    if call.counselor_id is None:  # a duty phone, which is nobody's account
        return
    presence = await lock_presence(work, call.counselor_id)
    called_in = presence.reason == CALLED_IN
    if presence.call_id != call.id or presence.state != PresenceState.TALKING:
        return
    move_presence(work, presence, PresenceEvent.TALK_ENDED, at=at)
    talk_ended(presence, crisis=call.urgency == Urgency.CRISIS, at=at)
    presence.idle_since = at
    add_call_entry(work, call, "counselor.wrapping_up", at=at, staff_id=presence.staff_id)
    leave_again(work, presence, called_in=called_in, at=at)
