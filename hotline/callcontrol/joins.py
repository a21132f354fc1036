"""Who was asked beside the counselor has picked up: they come in, wait, or are too late."""

from datetime import datetime
from enum import StrEnum

from hotline.callcontrol.arrangement import join_talk_as_said
from hotline.callcontrol.help import take_help
from hotline.callcontrol.model import ParticipantRole, ParticipantState, Proof
from hotline.callcontrol.offers import close_offer, is_revoked, lock_offer
from hotline.callcontrol.participants import caller_in_talk
from hotline.callcontrol.talk import SECONDS
from hotline.calls.model import CallState, OfferState
from hotline.calls.service import add_call_entry
from hotline.escalations.provisions import heard_by_service
from hotline.staff.actor import SYSTEM, Actor
from hotline.staff.model import PresenceState
from hotline.staff.presence import lock_presence, take_call
from hotline.storage.session import Work
from hotline.storage.tables import Call, Participant


class Way(StrEnum):
    """What happens to somebody who has picked up."""

    IN = "in"
    WAITS = "waits"
    TOO_LATE = "too_late"


async def let_in(work: Work, call: Call, one: Participant, *, at: datetime) -> Way:
    """A proven person is on this leg. Hold call and participant before."""
    if call.state != CallState.TALKING:
        return Way.TOO_LATE
    if one.state == ParticipantState.IN_TALK:  # they ask for their document again
        return Way.IN
    if one.role in SECONDS and not await _caller_is_on_hold(work, call, one):
        return Way.WAITS
    if one.role == ParticipantRole.COLLEAGUE and not await _accept(work, call, one, at=at):
        return Way.TOO_LATE
    kind = f"{ParticipantRole(one.role)}.joined"
    await join_talk_as_said(work, call, one, at=at)
    add_call_entry(work, call, kind, at=at, staff_id=one.staff_id, facts={"who": one.name})
    await _note_presence(work, call, one, at=at)
    await _note_service(work, call, one, at=at)
    return Way.IN


async def _caller_is_on_hold(work: Work, call: Call, one: Participant) -> bool:
    """Nobody new hears the caller before the counselor brings them together."""
    caller = await caller_in_talk(work, call)
    if caller is None:
        return False
    if not caller.hold_wanted:
        caller.hold_wanted, caller.held_for = True, one.id
        work.announce("leg", caller.id)
    return caller.held is True


async def _accept(work: Work, call: Call, one: Participant, *, at: datetime) -> bool:
    """A colleague says yes to being consulted, if they are still wanted and may still be rung."""
    offer = await lock_offer(work, one)
    if offer is None or offer.state != OfferState.PENDING or await is_revoked(work, offer):
        return False
    await close_offer(work, offer, OfferState.ACCEPTED, at=at)
    return True


async def _note_service(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """What an emergency service hears of somebody in danger stands in the ledger."""
    if one.role == ParticipantRole.GUEST and one.proof == Proof.SERVICE:
        by = Actor.of_staff(call.counselor_id) if call.counselor_id else SYSTEM
        await heard_by_service(work, call, one.address, by=by, at=at)


async def _note_presence(work: Work, call: Call, one: Participant, *, at: datetime) -> None:
    """Routing rings nobody who is in a talk; who is off duty stays so while they listen."""
    if one.staff_id is None:
        return
    if one.role == ParticipantRole.COLLEAGUE:
        await take_call(work, one.staff_id, call.id, at=at)
        return
    if one.role == ParticipantRole.SUPERVISOR:
        presence = await lock_presence(work, one.staff_id)
        if presence.state == PresenceState.READY:
            await take_call(work, one.staff_id, call.id, at=at)  # ready again afterwards
    await take_help(work, call, one, at=at)
