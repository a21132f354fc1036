"""Who is asked by a key how the talk was, once their counselor has ended it, and what they press.

Only on a line that asks, and never anybody of whom something said that they were in danger.
"""

from datetime import datetime, timedelta

from sqlmodel import col, exists, select

from hotline.calls.model import CallState, Direction, Outcome, Urgency
from hotline.calls.service import ENDED_BY_COUNSELOR, add_call_entry
from hotline.quality.model import SaidBy, Satisfied
from hotline.quality.satisfaction import BY_DIGIT, SaidOfCall, note_satisfaction
from hotline.risk.levels import Risk
from hotline.storage.session import Work
from hotline.storage.tables import (
    Call,
    CallEntry,
    CallSatisfaction,
    CrisisFlag,
    Escalation,
    EscalationLink,
    Line,
    RiskAssessment,
)

SHORTEST_TALK = timedelta(seconds=60)
NO_RISK = (Risk.NOT_ASSESSED, Risk.NONE, Risk.LOW)
RAISED = "call.raised_to_crisis"
WILL_CALL, THANKS = "after.will_call_back", "after.goodbye"


async def ask_how_it_was(work: Work, line: Line, call: Call, *, at: datetime) -> bool:
    """Whether this caller, who stays after the talk, is asked now. The call is held."""
    asked = _is_over(line, call) and not await _is_spared(work, call)
    if asked:
        add_call_entry(work, call, "call.asked_how_it_was", at=at)
    return asked


def _is_over(line: Line, call: Call) -> bool:
    """A whole talk of somebody who rang us, ended by the counselor and not for abuse."""
    ended = (call.state, call.outcome, call.outcome_step)
    began = max((one for one in (call.joined_at, call.accepted_at) if one), default=None)
    return (
        line.asks_how_it_was
        and ended == (CallState.CLOSING, Outcome.TALKED, ENDED_BY_COUNSELOR)
        and call.direction == Direction.IN
        and call.urgency != Urgency.CRISIS
        and began is not None
        and call.left_at is not None
        and call.left_at - began >= SHORTEST_TALK
    )


async def _is_spared(work: Work, call: Call) -> bool:
    """Whether anybody or anything ever said that they are at risk; or they have answered."""
    of_call = (
        exists().where(col(one.call_id) == call.id)
        for one in (CrisisFlag, Escalation, EscalationLink, CallSatisfaction)
    )
    risk = exists().where(
        col(RiskAssessment.call_id) == call.id, col(RiskAssessment.level).not_in(NO_RISK)
    )
    raised = exists().where(col(CallEntry.call_id) == call.id, col(CallEntry.kind) == RAISED)
    spared = risk | raised
    for one in of_call:
        spared = spared | one
    return bool((await work.exec(select(spared))).one())


async def hear_key(work: Work, call: Call, digits: str, *, at: datetime) -> str:
    """What they pressed, and the prompt of the last words. Any other key, and none, says nothing.

    Heard also of somebody who pressed it and hung up. The caller holds the call.
    """
    said = BY_DIGIT.get(digits)
    if said is None or call.outcome != Outcome.TALKED or call.erased_at is not None:
        return THANKS
    row = await note_satisfaction(work, call, SaidOfCall(said=said, by=SaidBy.KEY, at=at))
    promised = said is Satisfied.NO and row.callback_id is not None and not call.no_callback
    return WILL_CALL if promised else THANKS
