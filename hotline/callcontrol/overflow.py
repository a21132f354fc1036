"""A caller whom nobody of their line can take goes to another line of ours, and perhaps back.

The place in line is kept: `queued_at` never moves. It happens once a call, so that no two lines
hand a caller to and fro.
"""

from datetime import datetime

from sqlmodel import col, select

from hotline.calls.moving import WaitingPlace, diversion_of, move_waiting
from hotline.lines.alarm import AlarmStep
from hotline.lines.hours import is_open
from hotline.lines.overflow import partner_of
from hotline.staff.model import AT_WORK, Role
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Presence, Staff

OVERFLOW, BACK_AGAIN = "overflow", "overflow_back"


async def take_over(work: Work, call: Call, line: Line, step: AlarmStep, *, at: datetime) -> bool:
    """Move a caller who waits, as the step says. False: they stay, and somebody is to be rung."""
    if step is AlarmStep.BACK:
        return await _bring_back(work, call, at=at)
    partner = partner_of(line) if step is AlarmStep.PARTNER else None
    if partner is None or not partner.line_id:
        return False
    other = await work.get_one(Line, partner.line_id)
    if not await _somebody_is_there(work, other, at=at):
        return False
    hand_to_line(work, call, other, at=at)
    call.overflowed_from = line.id
    return True


def hand_to_line(work: Work, call: Call, other: Line, *, at: datetime) -> None:
    """Of a closed line for good: there is nobody they could come back to."""
    place = WaitingPlace(line_id=other.id, topic=call.topic)
    move_waiting(work, call, place, at=at, why=OVERFLOW)
    call.overflowed_from = other.id
    _wait_anew(call, since=at)


async def _bring_back(work: Work, call: Call, *, at: datetime) -> bool:
    own = await work.get_one(Line, call.overflowed_from)
    if not await serves(work, own, at=at):
        call.overflowed_from = call.line_id
        return False
    place = WaitingPlace(line_id=own.id, topic=call.topic)
    move_waiting(work, call, place, at=at, why=BACK_AGAIN)
    call.overflowed_from = own.id
    _wait_anew(call, since=call.queued_at or at)
    return True


def _wait_anew(call: Call, *, since: datetime) -> None:
    """The steps of the line they are with now; back again, as if they had never left."""
    call.alarm_since, call.alarm_step, call.alarm_due_at = since, 0, None


async def serves(work: Work, line: Line, *, at: datetime) -> bool:
    """Whether a line has its own callers now: open, and neither closed nor diverted by hand."""
    return is_open(line, at=at) and await diversion_of(work, line.id) is None


async def _somebody_is_there(work: Work, line: Line, *, at: datetime) -> bool:
    """A wait on a line where nobody works would only be longer."""
    query = (
        select(Staff.id)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(col(Presence.state).in_(AT_WORK), col(Staff.lines).contains([line.id]))
        .where(col(Staff.active), col(Staff.roles).contains([Role.COUNSELOR]))
    )
    return await serves(work, line, at=at) and (await work.exec(query.limit(1))).first() is not None
