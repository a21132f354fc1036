"""Changes to one call row. Every move is written to the call's timeline and announced.

Who else is affected (counselors, legs) is the switchboard's business, one floor up.
"""

from datetime import datetime
from typing import Any

import structlog
from sqlmodel import select

from hotline.calls.duty_phone import outcome_after_duty_phone
from hotline.calls.model import (
    CallEvent,
    CallState,
    Direction,
    Outcome,
    Urgency,
    after,
    may,
    outcome_when_caller_leaves,
)
from hotline.errors import NotFound
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEntry

log = structlog.get_logger()

ENDED_BY_COUNSELOR = "ended_by_counselor"  # the step of a whole talk
PARTNER = "partner"  # the step of a caller whom the line's partner took


async def lock_call(work: Work, call_id: str) -> Call:
    """The call, held until the unit of work ends. Lock calls before presences, always."""
    query = select(Call).where(Call.id == call_id).with_for_update()
    call = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if call is None:
        raise NotFound
    return call


async def keep_call(work: Work, call_id: str) -> Call:
    """The call, which nobody erases until the unit of work ends: it holds up nothing else."""
    query = select(Call).where(Call.id == call_id).with_for_update(read=True, key_share=True)
    call = (await work.exec(query.execution_options(populate_existing=True))).one_or_none()
    if call is None:
        raise NotFound
    return call


async def call_of_leg(work: Work, carrier_sid: str) -> Call | None:
    """The call whose caller's leg has this sid, locked."""
    query = select(Call).where(Call.carrier_sid == carrier_sid).with_for_update()
    return (await work.exec(query)).one_or_none()


def add_call_entry(
    work: Work,
    call: Call,
    kind: str,
    *,
    at: datetime,
    staff_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Write one entry to the call's timeline and tell everybody who watches it."""
    entry = CallEntry(call_id=call.id, at=at, kind=kind, staff_id=staff_id, facts=facts or {})
    work.add(entry)
    work.announce("call", call.id)


def move_call(work: Work, call: Call, event: CallEvent, *, at: datetime, **facts: Any) -> bool:
    """Let an event happen to a call. False, and nothing done, where it comes too late."""
    if not may(call.state, event):
        log.info("call.event_ignored", call_id=call.id, state=call.state, call_event=event)
        return False
    call.state = after(call.state, event)
    if call.state == CallState.WAITING:
        call.queued_at = call.queued_at or _place_in_line(call, at=at)
        _begin_alarm(call, at=at)
    add_call_entry(work, call, f"call.{event}", at=at, facts=facts)
    return True


def _place_in_line(call: Call, *, at: datetime) -> datetime:
    """Whom we called, and whose counselor was lost, keeps the place of when we called."""
    return call.arrived_at if call.direction == Direction.OUT else at


def _begin_alarm(call: Call, *, at: datetime) -> None:
    """From now on somebody waits and nobody has taken them. Null: the next look says when.

    Who waits again rings at once whom their last alarm rang last: perhaps that was who they lost.
    """
    call.alarm_due_at = at if call.alarm_step else None
    call.alarm_since, call.alarm_step = at, max(0, call.alarm_step - 1)


def put_in_queue(work: Work, call: Call, *, at: datetime) -> bool:
    """The flow handed the caller to people."""
    facts = {"urgency": call.urgency, "language": call.language}
    return move_call(work, call, CallEvent.QUEUED, at=at, **facts)


def make_urgent(work: Work, call: Call, *, at: datetime, why: str) -> bool:
    """Raise a call to crisis. One way: nothing here ever lowers it.

    A call that ended is raised too, unless somebody talked: the next call of its number is one.
    """
    talked = call.state == CallState.ENDED and call.outcome == Outcome.TALKED
    if call.urgency == Urgency.CRISIS or talked:
        return False
    call.urgency = Urgency.CRISIS
    if call.state == CallState.WAITING:  # danger has steps and times of its own
        call.alarm_since, call.alarm_step, call.alarm_due_at = at, 0, None
    add_call_entry(work, call, "call.raised_to_crisis", at=at, facts={"why": why})
    return True


def decide_outcome(
    work: Work, call: Call, outcome: Outcome, *, at: datetime, step: str = ""
) -> None:
    """Fix how the call will count. The first decision stands."""
    if call.outcome is None:
        call.outcome = outcome
        call.outcome_step = step or call.step
        add_call_entry(work, call, "call.outcome_decided", at=at, facts={"outcome": outcome})


def keep_message(work: Work, call: Call, *, at: datetime, facts: dict[str, Any]) -> bool:
    """The caller left a message. False, and nothing done, where that is known or cannot be.

    Most people end a message by hanging up, and the report of that may come first.
    """
    if call.outcome == Outcome.HUNG_UP and call.outcome_step == CallState.MESSAGE:
        call.outcome = None
    elif call.state != CallState.MESSAGE:
        return False
    if call.outcome is not None:
        return False
    decide_outcome(work, call, Outcome.MESSAGE_LEFT, at=at)
    add_call_entry(work, call, "message.left", at=at, facts=facts)
    return True


def end_call(work: Work, call: Call, *, at: datetime) -> bool:
    """The caller's leg is gone: the call ends, in exactly one outcome."""
    state = call.state
    if not move_call(work, call, CallEvent.CALLER_LEFT, at=at, from_state=state):
        return False
    decided = call.outcome or outcome_after_duty_phone(call, state, at=at)
    call.outcome = outcome_when_caller_leaves(state, decided)
    named = state == CallState.FLOW or (state == CallState.TALKING and call.step == PARTNER)
    call.outcome_step = call.outcome_step or (call.step if named else state)
    _close(call, at=at)
    return True


def end_not_reached(work: Work, call: Call, step: str, *, at: datetime) -> bool:
    """We called, and nobody came to the phone. `step`: what there was instead."""
    if not move_call(work, call, CallEvent.NOT_REACHED, at=at, why=step):
        return False
    call.outcome, call.outcome_step = Outcome.NOT_REACHED, step
    _close(call, at=at)
    return True


def _close(call: Call, *, at: datetime) -> None:
    call.ended_at = at
    call.left_at = call.left_at or at
    log.info("call.ended", call_id=call.id, outcome=call.outcome, step=call.outcome_step)
