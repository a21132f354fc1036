"""The system keeps a promise by itself: it rings who asked to be called, and asks for a key.

The attempt and the call are rows before anybody is dialled (`callbacks.attempts`), and the dial is
one participant's: a switchboard that dies in between dials nobody twice in one attempt.
"""

from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from hotline.callbacks.attempts import begin_attempt, close
from hotline.callbacks.model import CallbackState, ClosedAs
from hotline.callbacks.policy import out_of_quiet
from hotline.callcontrol.calling_back import CallingBack, may_ring_now, new_call, require_way
from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.outgoing import (
    REACHED_US,
    end_unreached,
    is_calling_back,
    ring_caller,
)
from hotline.callcontrol.participants import caller_in_talk, end_participant
from hotline.callcontrol.whom import Whom, hold_owed, whom_of_callback
from hotline.calls.model import CallState
from hotline.calls.moving import enter_queue
from hotline.calls.returning import APART, WhyNot, tries_at, why_not
from hotline.calls.service import add_call_entry, lock_call, make_urgent
from hotline.errors import Invalid
from hotline.ports import LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallbackAttempt

log = structlog.get_logger()

LOOK_AGAIN = timedelta(seconds=10)
IN_DANGER = "key_when_called_back"


async def ring_owed(work: Work, callback_id: str, *, by: CallingBack) -> Call | None:
    """Ring whoever is owed this call, with nobody's phone before. None: not now, or not any more.

    Whoever else has it in hand, or had it since it was decided, is not disturbed.
    """
    callback = await hold_owed(work, callback_id)
    if not is_due(callback, at=by.at):
        return None
    whom = await whom_of_callback(work, callback, by.vault)
    if not await may_be_tried(work, callback, whom, by=by):
        return None
    made = new_call(whom, None, by=by)
    work.add(made)
    await work.flush()
    await begin_attempt(work, callback, made, staff_id=None, by_id=None, at=by.at)
    ring_caller(work, made, at=by.at)
    add_call_entry(work, made, "call.rings_them", at=by.at, facts={"returns": made.returns_id})
    return made


def is_due(callback: Callback, *, at: datetime) -> bool:
    """Whether the system is to try it now."""
    due = callback.try_at is not None and callback.try_at <= at
    return due and callback.state == CallbackState.OPEN


async def may_be_tried(work: Work, callback: Callback, whom: Whom, *, by: CallingBack) -> bool:
    """Whether they may be rung now. Else it is said when to look again, or that people must."""
    tries = (await tries_at(work, [whom.from_index])).get(whom.from_index)
    if tries is None or whom.number is None:
        callback.try_at = None
        return False
    match why_not(tries, has_number=True, urgency=callback.urgency, at=by.at):
        case WhyNot.ON_THE_LINE:
            callback.try_at = by.at + LOOK_AGAIN
        case WhyNot.TOO_OFTEN:
            close(work, callback, ClosedAs.TRIED_ENOUGH, at=by.at)
        case WhyNot.TOO_SOON:
            _put_off(callback, (tries.rang_at or by.at) + APART)
        case WhyNot():  # it is not safe: only a person can find another way
            callback.try_at = None
        case None:
            return await _is_right_time(work, callback, whom, by=by)
    return False


async def _is_right_time(work: Work, callback: Callback, whom: Whom, *, by: CallingBack) -> bool:
    if not await may_ring_now(work, callback, at=by.at):
        _put_off(callback, by.at)
        return False
    try:
        await require_way(work, whom, callback, by=by)
    except Invalid:  # a number that takes no calls, or is our own
        callback.try_at = None
        return False
    return True


def _put_off(callback: Callback, until: datetime) -> None:
    callback.try_at = callback.due_at = out_of_quiet(until)


async def confirm_person(work: Work, call: Call, *, at: datetime, in_danger: bool) -> bool:
    """By a key: it is them. They wait from now on, at the place they had when they asked.

    False, and nothing done, where it comes too late.
    """
    if not is_calling_back(call) or call.counselor_id is not None:
        return False
    caller = await caller_in_talk(work, call)
    if caller is not None:  # as of any caller who waits; asked in when somebody takes them
        end_participant(work, call, caller, at=at, status=LegStatus.COMPLETED)
    query = (
        select(Callback.place_at)
        .join(CallbackAttempt, col(CallbackAttempt.callback_id) == col(Callback.id))
        .where(CallbackAttempt.call_id == call.id)
    )
    call.queued_at = (await work.exec(query)).one()
    call.heard_at = at
    if in_danger:
        make_urgent(work, call, at=at, why=IN_DANGER)
    return await enter_queue(work, call, at=at)


async def calls_not_needed(work: Work) -> list[str]:
    """Calls of ours that ring, though whoever they are for has reached us meanwhile."""
    query = (
        select(CallbackAttempt.call_id)
        .join(Callback, col(Callback.id) == col(CallbackAttempt.callback_id))
        .join(Call, col(Call.id) == col(CallbackAttempt.call_id))
        .where(CallbackAttempt.ended_as == "", Callback.state == CallbackState.WITHDRAWN)
        .where(Call.state == CallState.CONNECTING, col(Call.queued_at).is_(None))
    )
    return list((await work.exec(query)).all())


async def stop_call(work: Work, call_id: str, *, at: datetime) -> None:
    """Nobody's phone needs to ring for it any more."""
    call = await lock_call(work, call_id)
    if is_calling_back(call):
        await withdraw_offers(work, call, at=at, reason=REACHED_US)
        await end_unreached(work, call, REACHED_US, at=at)
