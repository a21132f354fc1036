"""What is tried to keep a promise, and what becomes of it.

Whoever begins an attempt has the callback in hand until the call they made has an end: one dial
for each attempt, whoever else looks. Lock order: call, then the number, then the callback.
"""

from datetime import datetime

import structlog
from sqlmodel import col, func, select

from hotline.callbacks.model import (
    STILL_OWED,
    CallbackEvent,
    CallbackState,
    ClosedAs,
    state_after,
    why_lost,
)
from hotline.callbacks.policy import (
    COUNSELOR_MISSED,
    LEFT_QUEUE,
    MOST_BY_ITSELF,
    next_due,
)
from hotline.callbacks.service import (
    lock_callback,
    note_in_call,
    owe_callback,
    owed_to_caller,
    still_owed,
)
from hotline.calls.model import Direction, Urgency
from hotline.calls.returning import tries_at
from hotline.calls.waiting import is_short
from hotline.errors import IllegalMove
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, CallbackAttempt, CallEntry

log = structlog.get_logger()

IN_HAND = "Somebody is calling this number at this moment, or the system is."
NOT_OWED = "This call is not owed any more: they were reached, or somebody closed it."
TALKED, MAILBOX = "talked", "mailbox"
WITHDRAWN = f"callback.{CallbackState.WITHDRAWN}"  # in the timeline of the call that reached them


async def begin_attempt(
    work: Work,
    callback: Callback,
    made: Call,
    *,
    staff_id: str | None,
    by_id: str | None,
    at: datetime,
) -> None:
    """The call that was made is the next attempt, written before anybody is dialled.

    `staff_id`: whose phone rings first. Raises `IllegalMove` while another attempt runs.
    """
    require_open(callback)
    _move(work, callback, CallbackEvent.BEGUN)
    callback.attempts += 1
    attempt = CallbackAttempt(
        callback_id=callback.id,
        number=callback.attempts,
        call_id=made.id,
        staff_id=staff_id,
        by_id=by_id,
        at=at,
    )
    work.add(attempt)
    await work.flush()


def require_open(callback: Callback) -> None:
    """Nobody has it in hand, and it is owed. Raises `IllegalMove`."""
    if state_after(callback.state, CallbackEvent.BEGUN) is None:
        raise IllegalMove(IN_HAND if callback.state in STILL_OWED else NOT_OWED)


async def end_attempt(work: Work, call: Call, ended_as: str, *, at: datetime) -> bool:
    """A call of ours reached nobody. False where it was no attempt, or is over. Hold the call."""
    attempt = await _running(work, call)
    if attempt is None:
        return False
    attempt.ended_as, attempt.ended_at = ended_as, at
    callback = await lock_callback(work, attempt.callback_id)
    if _move(work, callback, CallbackEvent.NOT_REACHED):
        await _try_again(work, callback, ended_as, at=at)
    return True


async def _try_again(work: Work, callback: Callback, ended_as: str, *, at: datetime) -> None:
    """When it is due again; closed where their phone rang often enough."""
    await work.flush()
    tries = (await tries_at(work, [callback.from_index])).get(callback.from_index)
    rang, begun = tries.rang if tries else 0, await begun_since_promise(work, callback)
    due = next_due(ended_as, callback.urgency, rang=rang, begun=begun, at=at)
    if due is None:
        close(work, callback, ClosedAs.TRIED_ENOUGH, at=at)
        return
    by_itself = callback.try_at is not None and begun < MOST_BY_ITSELF
    callback.try_at = due if by_itself else None
    if callback.urgency != Urgency.CRISIS:
        callback.due_at = due


async def begun_since_promise(work: Work, callback: Callback) -> int:
    """Tries at their own phone since they last told us of it.

    A counselor who did not come to theirs, or whom the carrier could not ring, is none.
    """
    query = select(func.count()).where(
        CallbackAttempt.callback_id == callback.id,
        col(CallbackAttempt.at) >= callback.promised_at,
        col(CallbackAttempt.ended_as).not_in(COUNSELOR_MISSED),
    )
    return (await work.exec(query)).one()


async def reach(work: Work, call: Call, *, at: datetime) -> None:
    """Somebody talks: what was owed to their number is done, or they reached us first."""
    attempt = await _running(work, call)
    if attempt is not None:
        attempt.ended_as, attempt.ended_at = TALKED, at
    if call.from_index:
        for callback in await _owed_to_number(work, call.from_index):
            ours = attempt is not None and attempt.callback_id == callback.id
            _end(work, call, callback, ours=ours, at=at)


def _end(work: Work, call: Call, callback: Callback, *, ours: bool, at: datetime) -> None:
    event = CallbackEvent.REACHED if ours else CallbackEvent.WITHDRAWN
    if _move(work, callback, event):
        callback.closed_at = at
        note_in_call(work, call, f"callback.{callback.state}", at=at, callback=callback)


async def _owed_to_number(work: Work, from_index: str) -> list[Callback]:
    query = (
        select(Callback)
        .where(Callback.from_index == from_index, col(Callback.state).in_(STILL_OWED))
        .order_by(col(Callback.id))
        .with_for_update()
    )
    return list((await work.exec(query.execution_options(populate_existing=True))).all())


async def found_nobody_there(work: Work, call: Call, *, at: datetime) -> None:
    """Who seemed to be reached was a mailbox or a stranger: it is owed as before."""
    query = select(CallbackAttempt).where(
        CallbackAttempt.call_id == call.id, CallbackAttempt.ended_as == TALKED
    )
    attempt = (await work.exec(query)).one_or_none()
    if attempt is None:
        return
    attempt.ended_as = MAILBOX
    callback = await lock_callback(work, attempt.callback_id)
    if await _open_again(work, callback):
        await _try_again(work, callback, MAILBOX, at=at)
    for other in await _withdrawn_by(work, call):
        await _open_again(work, other)


async def _open_again(work: Work, callback: Callback) -> bool:
    """False where they are owed another one by now."""
    again = await still_owed(work, callback.from_index, line_id=callback.line_id)
    if again is not None or not _move(work, callback, CallbackEvent.NOBODY_THERE):
        return False
    callback.closed_at = None
    return True


async def _withdrawn_by(work: Work, call: Call) -> list[Callback]:
    """What other lines owed to the number, and was taken for done when somebody picked up."""
    query = (
        select(Callback)
        .join(CallEntry, col(CallEntry.facts)["callback"].astext == col(Callback.id))
        .where(CallEntry.call_id == call.id, CallEntry.kind == WITHDRAWN)
        .order_by(col(Callback.id))
        .with_for_update(of=Callback)
    )
    return list((await work.exec(query.execution_options(populate_existing=True))).unique().all())


async def account_for_leaving(work: Work, call: Call, *, left: str, at: datetime) -> None:
    """A caller is gone. `left`: the state they left in. Nobody who waited is lost without a trace.

    Whom we called, and who left before anybody came, is owed the same call as before.
    """
    if await end_attempt(work, call, LEFT_QUEUE, at=at):
        return
    why = why_lost(call, left)
    if why is None or is_short(at - (call.queued_at or call.arrived_at), call.urgency):
        return
    callback = await owe_callback(work, owed_to_caller(call), why=why, at=at)
    if call.urgency == Urgency.CRISIS and call.counselor_id is not None:
        callback.owner_id = callback.owner_id or call.counselor_id


def close(
    work: Work, callback: Callback, closed_as: ClosedAs, *, at: datetime, by_id: str | None = None
) -> None:
    """Nobody is called any more. Raises `IllegalMove` while somebody is, or where it is over."""
    if not _move(work, callback, CallbackEvent.CLOSED):
        raise IllegalMove(IN_HAND if callback.state in STILL_OWED else NOT_OWED)
    callback.closed_as, callback.closed_at, callback.closed_by_id = closed_as, at, by_id


def _move(work: Work, callback: Callback, event: CallbackEvent) -> bool:
    state = state_after(callback.state, event)
    if state is None:
        log.info("callback.event_ignored", callback_id=callback.id, state=callback.state)
        return False
    callback.state = state
    work.announce("callback", callback.id)
    log.info("callback.moved", callback_id=callback.id, state=state, why=callback.why)
    return True


async def _running(work: Work, call: Call) -> CallbackAttempt | None:
    """The attempt that this call of ours is; None where it is none, or has its end."""
    if call.direction != Direction.OUT:
        return None
    query = select(CallbackAttempt).where(
        CallbackAttempt.call_id == call.id, CallbackAttempt.ended_as == ""
    )
    return (await work.exec(query.with_for_update())).one_or_none()
