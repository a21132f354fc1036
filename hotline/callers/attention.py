"""Somebody who calls and hangs up again and again: perhaps they are afraid, or overheard.

That is a reason to look, and never one to shut them out: the next of their calls that waits is
served before others who are in no danger, and the counselor and the floor are told why.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import col, select

from hotline.calls.model import CallState, Direction, Urgency
from hotline.calls.service import add_call_entry
from hotline.numbers import OF_A_PERSON
from hotline.storage.session import Work
from hotline.storage.tables import Call

SHORT = timedelta(seconds=20)
WITHIN = timedelta(minutes=30)
TIMES = 3
AHEAD_BY = timedelta(minutes=5)  # served as if they had waited so much longer
SHORT_CALLS = "short_calls"  # the reason, in `Call.attention`


def asks_for_attention(calls: Iterable[tuple[datetime, datetime]], *, at: datetime) -> bool:
    """Whether so many calls of one number were so short. `calls`: when each came and ended."""
    short = [1 for came, ended in calls if at - came <= WITHIN and ended - came < SHORT]
    return len(short) >= TIMES


async def note_short_calls(work: Work, call: Call, *, at: datetime) -> bool:
    """Raise a call, whose row is held and who waits now, if its number asks for attention."""
    if not call.from_index or call.number_kind not in OF_A_PERSON or call.attention:
        return False
    query = select(Call.arrived_at, Call.ended_at).where(
        Call.from_index == call.from_index,
        Call.direction == Direction.IN,
        Call.state == CallState.ENDED,
        col(Call.arrived_at) >= at - WITHIN,
    )
    found = [(came, ended) for came, ended in (await work.exec(query)).all() if ended is not None]
    if not asks_for_attention(found, at=at):
        return False
    call.attention = SHORT_CALLS
    if call.urgency != Urgency.CRISIS and call.queued_at is not None:
        call.ahead_at = (call.ahead_at or call.queued_at) - AHEAD_BY
    add_call_entry(work, call, "caller.called_often", at=at, facts={"calls": len(found)})
    return True
