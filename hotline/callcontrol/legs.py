"""The end of a leg that we dialled, whoever it was rung for."""

from datetime import datetime, timedelta

from sqlmodel import col, or_, select

from hotline.callcontrol.alarm import called_in_ended, is_called_in
from hotline.callcontrol.arrangement import close_talk, open_talk
from hotline.callcontrol.model import ParticipantRole, ParticipantState
from hotline.callcontrol.offers import (
    CARRIER_REFUSED,
    NOT_REACHABLE,
    RANG,
    SOFTPHONE,
    lock_offer,
    refuse_offer,
)
from hotline.callcontrol.outgoing import COUNSELOR_GONE, end_unreached, is_calling_back
from hotline.callcontrol.participants import end_participant
from hotline.callcontrol.talk import Effect, settle
from hotline.callcontrol.talks import caller_leg_ended
from hotline.calls.model import CallState, OfferState
from hotline.ports import LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant

REFUSALS = {
    LegStatus.BUSY: (OfferState.DECLINED, "busy"),
    LegStatus.NO_ANSWER: (OfferState.EXPIRED, "no_answer"),
    LegStatus.CANCELED: (OfferState.EXPIRED, "no_answer"),
    LegStatus.COMPLETED: (OfferState.DECLINED, "answered_but_not_taken"),
    LegStatus.FAILED: (OfferState.FAILED, CARRIER_REFUSED),
}
"""What the end of a phone that rang says of an offer that was still open."""
STILL_THERE = timedelta(seconds=5)  # a carrier takes its time to end a leg that has left a talk


async def leg_ended(
    work: Work, one: Participant, *, status: LegStatus, at: datetime, why: str = ""
) -> None:
    """The leg of somebody whom we dialled is over. Hold call and participant before.

    `why`: the error of the carrier that would not dial it.
    """
    call = await work.get_one(Call, one.call_id)
    if one.role == ParticipantRole.CALLER:
        await caller_leg_ended(work, call, one, status=status, at=at, why=why)
        return
    rang = one.state in RANG
    ended = end_participant(work, call, one, at=at, status=status, why=why)
    if ended and is_called_in(one):
        await called_in_ended(work, call, at=at, why=why or status)
    offer = await lock_offer(work, one)
    if offer is not None and offer.state == OfferState.PENDING:
        refused = bool(why) or (not rang and await _holds_another_leg(work, one))
        state, reason = _refusal(one, rang=rang, refused=refused)
        await refuse_offer(work, call.id, offer.id, state, at=at, reason=reason)
    elif ended and is_calling_back(call) and one.role == ParticipantRole.COUNSELOR:
        await end_unreached(work, call, COUNSELOR_GONE, at=at)
    elif ended and call.state == CallState.TALKING:
        await _is_gone(work, call, one, at=at)


async def leg_hung_up(work: Work, one: Participant, *, at: datetime) -> None:
    """By us, as it was wanted: no offer is left that it could end. Hold call and participant."""
    call = await work.get_one(Call, one.call_id)
    ended = end_participant(work, call, one, at=at, status=LegStatus.COMPLETED)
    if ended and call.state == CallState.TALKING:
        await _is_gone(work, call, one, at=at)


async def _is_gone(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """From a talk that goes on: what is wanted of the others, and who only helped is free."""
    talk = await open_talk(work, call)
    helped = one.role in (ParticipantRole.COLLEAGUE, ParticipantRole.SUPERVISOR)
    if helped and one.staff_id is not None:
        talk.effects[one.staff_id] = Effect.FREE
    settle(talk)
    await close_talk(work, talk, at=at)


async def _holds_another_leg(work: Work, one: Participant) -> bool:
    """A leg of ours that had not ended keeps their phone busy: none of their doing.

    News come in any order: one that we heard the end of since, or just before, was still there.
    """
    dialled_at = (one.dialled_at or one.created_at) - STILL_THERE
    query = select(Participant.id).where(
        Participant.address == one.address,
        Participant.id != one.id,
        or_(Participant.state != ParticipantState.ENDED, col(Participant.ended_at) >= dialled_at),
    )
    return (await work.exec(query.limit(1))).first() is not None


def _refusal(one: Participant, *, rang: bool, refused: bool) -> tuple[OfferState, str]:
    """What the end of a counselor's leg says of an offer that was still open.

    A softphone is busy because somebody pressed "decline", also where that overtook the ringing.
    """
    status = LegStatus(one.ended_as)
    in_browser = one.address.startswith(SOFTPHONE) and not refused
    declined = status is LegStatus.BUSY and in_browser
    if rang or declined or status is LegStatus.COMPLETED:
        return REFUSALS[status]
    return OfferState.FAILED, NOT_REACHABLE if in_browser else CARRIER_REFUSED
