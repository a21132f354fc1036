"""From joined to gone: both legs in one conference, whoever leaves first.

Callbacks of the two legs arrive in any order. A counselor's leg that ends proves nothing about
the caller: the call goes back to the queue only when the caller's leg is heard of again.
"""

from datetime import datetime

import structlog
from sqlmodel import func, select

from hotline.callbacks.attempts import account_for_leaving, found_nobody_there, reach
from hotline.callcontrol.arrangement import end_talk, open_talk, settle_talk, wrap_up
from hotline.callcontrol.model import ParticipantEvent
from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.outgoing import (
    COUNSELOR_GONE,
    GIVEN_UP,
    MAILBOX,
    NO_KEY,
    WHY,
    end_unreached,
    free_counselor,
    is_calling_back,
)
from hotline.callcontrol.participants import caller_in_talk, end_participant, move_participant
from hotline.callcontrol.talk import LOST_COUNSELOR_GRACE
from hotline.calls.model import CallEvent, CallState, Direction, Outcome
from hotline.calls.service import ENDED_BY_COUNSELOR, decide_outcome, end_call, move_call
from hotline.errors import IllegalMove
from hotline.followups.attempts import nobody_there, reached
from hotline.ports import LegStatus
from hotline.recordings.service import begin_recording, end_recording
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import CALLED_IN, leave_again, lock_presence, move_presence
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry, Participant

log = structlog.get_logger()

ALONE = "counselor_lost"  # the step of a caller who is back in line
NOT_HEARD_OF = "not_heard_of"  # a dial whose answer was lost
NOT_CALLED = "This is said of a call that you made, once somebody or something picks up."


async def join_talk(work: Work, call: Call, *, at: datetime) -> bool:
    """The caller's leg fetched the way into the conference where the counselor is.

    False, and back in line, where they have hung up meanwhile: that was no talk.
    """
    if call.state == CallState.CONNECTING and (await open_talk(work, call)).counselor is None:
        await counselor_lost(work, call, at=at)
        return False
    if not move_call(work, call, CallEvent.JOINED, at=at):
        return False
    call.joined_at = call.joined_at or at
    caller = await caller_in_talk(work, call)
    if caller is not None:
        move_participant(work, caller, ParticipantEvent.JOINED, at=at)
    await settle_talk(work, call, at=at)
    await begin_recording(work, call, at=at)
    await reach(work, call, at=at)
    await reached(work, call, at=at)
    return True


async def caller_left(work: Work, call: Call, *, at: datetime) -> None:
    """The caller's leg is over. Offers fall, the counselor goes to wrap-up."""
    if is_calling_back(call):
        await end_unreached(work, call, WHY[LegStatus.FAILED], at=at)
        return
    left = call.state
    if await _left_with_counselor(work, call, at=at):
        left = CallState.TALKING
        decide_outcome(work, call, Outcome.TALKED, at=at, step=left)
    if not end_call(work, call, at=at):
        return
    await end_recording(work, call, at=at)
    await withdraw_offers(work, call, at=at, reason="caller_left")
    await end_talk(work, call, at=at)
    await account_for_leaving(work, call, left=left, at=at)
    if left in (CallState.CONNECTING, CallState.TALKING, CallState.CLOSING):
        await _to_wrap_up(work, call, at=at)


async def _left_with_counselor(work: Work, call: Call, *, at: datetime) -> bool:
    """Both hung up, and of the counselor we heard first: the end of a talk, and no wait in line."""
    if call.state != CallState.WAITING or call.step != ALONE or call.joined_at is None:
        return False
    query = select(func.max(CallEntry.at)).where(
        CallEntry.call_id == call.id, CallEntry.kind == f"call.{CallEvent.COUNSELOR_LOST}"
    )
    alone_since = (await work.exec(query)).one()
    return alone_since is not None and at - alone_since < LOST_COUNSELOR_GRACE


async def caller_leg_ended(
    work: Work, call: Call, one: Participant, *, status: LegStatus, at: datetime, why: str = ""
) -> None:
    """Of somebody whom we called: they never picked up, or were there and have left.

    A phone of which nothing was heard may have rung.
    """
    end_participant(work, call, one, at=at, status=status, why=why)
    if is_calling_back(call):
        await end_unreached(work, call, _unreached_step(call, one, status, why), at=at)
    else:
        await caller_left(work, call, at=at)


def _unreached_step(call: Call, one: Participant, status: LegStatus, why: str) -> str:
    """What there was instead of them. Who picked up and pressed nothing was perhaps a mailbox."""
    if one.answered_at is not None and call.counselor_id is None:
        return NO_KEY
    return WHY[LegStatus.NO_ANSWER if why == NOT_HEARD_OF else status]


async def finish_talk(
    work: Work, call: Call, *, at: datetime, step: str = ENDED_BY_COUNSELOR
) -> bool:
    """The counselor ends the talk. The caller hears a goodbye; whom we only ring, nothing."""
    if is_calling_back(call):
        await withdraw_offers(work, call, at=at, reason=GIVEN_UP)
        await end_unreached(work, call, GIVEN_UP, at=at)
        return True
    if not move_call(work, call, CallEvent.FINISHED, at=at):
        return False
    await end_recording(work, call, at=at)
    decide_outcome(work, call, Outcome.TALKED, at=at, step=step)
    call.left_at = at
    await withdraw_offers(work, call, at=at, reason="talk_ended")
    await end_talk(work, call, at=at)
    await _to_wrap_up(work, call, at=at)
    return True


async def found_nobody(work: Work, call: Call, *, at: datetime) -> None:
    """A mailbox or a stranger came to the phone that we called: also told when it has hung up.

    The line is cut without a word: a mailbox keeps what it hears. Raises `IllegalMove`.
    """
    was_there = call.state in (CallState.TALKING, CallState.CLOSING, CallState.ENDED)
    if call.direction != Direction.OUT or call.joined_at is None or not was_there:
        raise IllegalMove(NOT_CALLED)
    call.outcome = None if call.outcome == Outcome.TALKED else call.outcome
    decide_outcome(work, call, Outcome.NOT_REACHED, at=at, step=MAILBOX)
    call.outcome_step = MAILBOX
    if move_call(work, call, CallEvent.FINISHED, at=at):
        call.left_at = at
        await end_recording(work, call, at=at)
        await withdraw_offers(work, call, at=at, reason="talk_ended")
        await end_talk(work, call, at=at)
    await found_nobody_there(work, call, at=at)
    await nobody_there(work, call, at=at)
    await free_counselor(work, call, at=at)


async def counselor_lost(work: Work, call: Call, *, at: datetime) -> bool:
    """The caller is alone and still there: back to the head, the same counselor first."""
    if is_calling_back(call):
        await end_unreached(work, call, COUNSELOR_GONE, at=at)
        return False
    if not move_call(work, call, CallEvent.COUNSELOR_LOST, at=at, staff=call.counselor_id):
        return False
    call.waits, call.step = 0, ALONE
    await end_recording(work, call, at=at)
    await withdraw_offers(work, call, at=at, reason="talk_ended")
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
    if presence.call_id == call.id and presence.state == PresenceState.TALKING:
        await wrap_up(work, call, presence, at=at)
