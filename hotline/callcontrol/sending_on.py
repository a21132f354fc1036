"""A counselor sends a caller on to another line, topic or colleague. The place in line is kept."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import col, select

from hotline.callcontrol.arrangement import close_talk, open_talk
from hotline.callcontrol.offers import withdraw_offers
from hotline.callcontrol.participants import end_participant
from hotline.callcontrol.talk import Effect, dissolve, require_counselor, require_talk
from hotline.calls.model import CallEvent, Urgency
from hotline.calls.moving import WaitingPlace, diversion_of, move_waiting
from hotline.calls.service import move_call
from hotline.errors import IllegalMove, Invalid
from hotline.lines.numbers import NO_LINE
from hotline.ports import LegStatus
from hotline.recordings.service import end_recording
from hotline.staff.model import PresenceState
from hotline.staff.revocation import may_be_rung
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Presence, Staff

SENT_ON = "sent_on"
IN_DANGER = (
    "A caller in danger is never left alone: consult a colleague, hand over when they are there."
)
NOWHERE = "Say to which line, topic or colleague the caller is to go."
NO_LINE_OF_OURS = "There is no such line."
NOT_SERVED = "That queue is closed or diverted now. Choose another line, or let them wait here."
NOT_THERE = "This colleague is not on duty for that line. Choose another, or leave the choice open."


class Onward(NamedTuple):
    """Where a caller is to go; None: as it is."""

    line_id: str | None
    topic: str | None
    staff_id: str | None


async def send_on(work: Work, call: Call, onward: Onward, *, at: datetime, by: str) -> None:
    """The caller waits again, ahead of who came later. Hold the call.

    Raises `IllegalMove` without a counselor in the talk and for a caller in danger, `Invalid` for
    a place that does not exist.
    """
    talk = await open_talk(work, call)
    caller = require_talk(talk)
    require_counselor(talk)
    if call.urgency == Urgency.CRISIS:
        raise IllegalMove(IN_DANGER)
    await _require_place(work, call, onward)
    if call.counselor_id is not None:
        talk.effects[call.counselor_id] = Effect.WRAPS_UP
    dissolve(talk)
    end_participant(work, call, caller, at=at, status=LegStatus.COMPLETED)
    facts = {name: value for name, value in onward._asdict().items() if value is not None}
    move_call(work, call, CallEvent.SENT_ON, at=at, by=by, **facts)
    await end_recording(work, call, at=at)
    await withdraw_offers(work, call, at=at, reason="talk_ended")
    await close_talk(work, talk, at=at)
    call.counselor_id, call.waits, call.step = None, 0, SENT_ON
    place = WaitingPlace(
        line_id=onward.line_id or call.line_id,
        topic=onward.topic or call.topic,
        counselor_id=onward.staff_id,
    )
    move_waiting(work, call, place, at=at, staff_id=by, why=SENT_ON)


async def _require_place(work: Work, call: Call, onward: Onward) -> None:
    if not any(onward):
        raise Invalid(NOWHERE)
    line_id = onward.line_id or call.line_id
    if line_id == NO_LINE or await work.get(Line, line_id) is None:
        raise Invalid(NO_LINE_OF_OURS)
    if await diversion_of(work, line_id) is not None:
        raise IllegalMove(NOT_SERVED)
    if onward.staff_id is not None and not await _is_on_duty(work, onward.staff_id, line_id):
        raise Invalid(NOT_THERE)


async def _is_on_duty(work: Work, staff_id: str, line_id: str) -> bool:
    query = (
        select(Staff)
        .join(Presence, col(Presence.staff_id) == col(Staff.id))
        .where(Staff.id == staff_id, may_be_rung(), Presence.state != PresenceState.OFFLINE)
    )
    staff = (await work.exec(query)).first()
    return staff is not None and line_id in staff.lines
