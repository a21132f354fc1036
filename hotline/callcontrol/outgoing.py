"""A call of ours: whom we call is rung, and if nobody is reached, the counselor is free.

Until somebody picks up, nobody is on the line who could be lost: so nobody is put in a queue.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import select

from hotline.callbacks.attempts import end_attempt
from hotline.callcontrol.arrangement import end_talk, set_free
from hotline.callcontrol.model import ParticipantRole
from hotline.calls.model import CallState, Direction, OfferKind
from hotline.calls.service import end_not_reached
from hotline.followups.attempts import not_reached
from hotline.ports import LegStatus
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import end_wrap_up, lock_presence, move_presence
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Participant
from hotline.storage.tables.columns import new_id

NOT_DIALLED = "not_dialled"  # the counselor did not come to their own phone
COUNSELOR_GONE = "counselor_gone"
GIVEN_UP = "given_up"
MAILBOX = "mailbox"
REACHED_US = "reached_us"  # they called us while we called them
NO_KEY = "no_key"  # they did not say that it is them: a mailbox, or somebody else
CUT_SHORT = "cut_short"  # of the offer's facts: whose record the counselor was writing

WHY: Mapping[LegStatus, str] = {
    LegStatus.BUSY: "busy",
    LegStatus.NO_ANSWER: "no_answer",
    LegStatus.CANCELED: "no_answer",
    LegStatus.COMPLETED: "no_answer",
    LegStatus.FAILED: "failed",
}
"""What the end of the leg of somebody who never picked up says."""


def is_calling_back(call: Call) -> bool:
    """Whether we ring somebody who has not picked up yet. Who has waited for us has."""
    connecting = call.state == CallState.CONNECTING and call.queued_at is None
    return connecting and call.direction == Direction.OUT


def ring_caller(work: Work, call: Call, *, at: datetime) -> None:
    """Whoever is called back is to be dialled. Their number is opened for the dial alone."""
    caller = Participant(
        id=new_id(),
        call_id=call.id,
        role=ParticipantRole.CALLER,
        address="",
        ends_wanted=True,
        ends=True,  # as the way in says
        created_at=at,
    )
    work.add(caller)
    work.announce("leg", caller.id)


async def end_unreached(work: Work, call: Call, step: str, *, at: datetime) -> bool:
    """Nobody was reached. False, and nothing done, where that comes too late. Hold the call."""
    if not end_not_reached(work, call, step, at=at):
        return False
    await end_talk(work, call, at=at)
    await end_attempt(work, call, step, at=at)
    await not_reached(work, call, step, at=at)
    await free_counselor(work, call, at=at)
    return True


async def free_counselor(work: Work, call: Call, *, at: datetime) -> None:
    """No record is owed: they are ready, or go on with the record they were writing."""
    if call.counselor_id is None:
        return
    presence = await lock_presence(work, call.counselor_id)
    if presence.call_id != call.id:  # they are with somebody else by now
        return
    writing = await _cut_short(work, call)
    if writing is not None:
        move_presence(work, presence, PresenceEvent.TALK_ENDED, at=at)
        presence.call_id = writing
    elif presence.state == PresenceState.TALKING:
        set_free(work, presence, at=at)
    elif presence.state == PresenceState.WRAPPING_UP:
        await end_wrap_up(work, presence.staff_id, call.id, at=at)


async def _cut_short(work: Work, call: Call) -> str | None:
    query = select(Offer.facts).where(
        Offer.call_id == call.id,
        Offer.kind == OfferKind.CALL_BACK,
        Offer.staff_id == call.counselor_id,
    )
    facts = (await work.exec(query)).first() or {}
    writing = facts.get(CUT_SHORT)
    return str(writing) if writing else None
