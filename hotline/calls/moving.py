"""Where a caller who waits stands: on which line, for which topic, meant for whom.

The place in line is kept whatever else changes: `queued_at` never moves.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import col, select

from hotline.calls.known import ask_known_first
from hotline.calls.model import CallState
from hotline.calls.service import add_call_entry, put_in_queue
from hotline.errors import IllegalMove
from hotline.storage.session import Work
from hotline.storage.tables import Call, LineDiversion

# Every caller asks this twice: built once, since building it costs more than running it.
DIVERSION = select(LineDiversion).where(
    LineDiversion.line_id == bindparam("line"), col(LineDiversion.ended_at).is_(None)
)

NOT_WAITING = "This caller does not wait any more: answered meanwhile, or gone."


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPlace:
    """`counselor_id`: who is asked before all others while on duty; None: nobody in particular."""

    line_id: str
    topic: str | None = None
    counselor_id: str | None = None


def place_of(call: Call) -> WaitingPlace:
    """Where a caller stands now."""
    return WaitingPlace(line_id=call.line_id, topic=call.topic, counselor_id=call.meant_for_id)


def move_waiting(
    work: Work,
    call: Call,
    place: WaitingPlace,
    *,
    at: datetime,
    staff_id: str | None = None,
    why: str = "moved",
) -> bool:
    """Put a caller, whose row is held, elsewhere. False where they stand there already.

    Whoever rings for them goes on ringing: which phones fit no more is for the caller of this to
    say. Raises `IllegalMove` where they do not wait.
    """
    if call.state != CallState.WAITING:
        raise IllegalMove(NOT_WAITING)
    before = place_of(call)
    if before == place:
        return False
    if before.line_id != place.line_id:
        call.alarm_due_at = None  # the new line has an alarm of its own: look at once
        call.overflowed_from = ""  # who moves a caller by hand knows where they are to stay
    call.agreed_to_wait = call.agreed_to_wait and before.counselor_id == place.counselor_id
    call.line_id, call.topic, call.meant_for_id = place.line_id, place.topic, place.counselor_id
    facts = {"why": why, "from": before.line_id, "to": place.line_id, "topic": place.topic}
    add_call_entry(work, call, "call.moved", at=at, staff_id=staff_id, facts=facts)
    return True


async def diversion_of(work: Work, line_id: str) -> LineDiversion | None:
    """Where the queue of a line is diverted to, or that it is closed; None: it is served."""
    return (await work.exec(DIVERSION, params={"line": line_id})).one_or_none()


async def enter_queue(work: Work, call: Call, *, at: datetime) -> bool:
    """The flow handed the caller to people: those of the line that serves this queue now."""
    if not put_in_queue(work, call, at=at):
        return False
    found = await diversion_of(work, call.line_id)
    if found is not None and found.to_line_id is not None:
        place = WaitingPlace(line_id=found.to_line_id, topic=call.topic)
        move_waiting(work, call, place, at=at, why="line_diverted")
    await ask_known_first(work, call, at=at)
    return True
