"""The life of an offer. Each function is one conditional change of call, offer and presence.

An offer begins in `hotline.switchboard.claims`; here is what becomes of it.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import col, func, not_, select

from hotline.callcontrol.alarm import is_called_in, is_partner, let_go_of_called_in
from hotline.callcontrol.arrangement import join_talk_as_said, settle_talk
from hotline.callcontrol.model import ParticipantState
from hotline.callcontrol.outgoing import NOT_DIALLED, end_unreached, ring_caller
from hotline.callcontrol.participants import (
    ask_caller_in,
    caller_in_talk,
    interpreter_number,
    invite_interpreter,
    let_go_of_offer,
)
from hotline.calls.model import CallEvent, CallState, OfferKind, OfferState
from hotline.calls.service import PARTNER, add_call_entry, lock_call, move_call
from hotline.calls.understanding import can_talk
from hotline.lines.plans import policy_of
from hotline.staff.presence import (
    call_in,
    leave_out,
    lock_presence,
    release_offer,
    set_aside,
    take_call,
)
from hotline.staff.revocation import may_be_called_in, may_be_rung
from hotline.staff.skills import is_certified
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line, Offer, Participant, Staff

log = structlog.get_logger()

SOFTPHONE = "client:"  # how the carrier writes the address of a browser
NOT_REACHABLE = "not_reachable"  # no browser answers to that address
NOT_LET_IN = "not_let_in"  # the caller could not be put on hold in time
CARRIER_REFUSED = "carrier_refused"  # the phone never rang, whatever the carrier says of it
FAILING_FOR = timedelta(minutes=1)
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 8.0

RANG = (ParticipantState.RINGING, ParticipantState.UP, ParticipantState.IN_TALK)


class OverdueOffer(NamedTuple):
    """An offer whose time is over, how far the leg came, and the proof that a person is on it."""

    call_id: str
    offer_id: str
    leg_state: str
    proof: str


async def accept_offer(work: Work, counselor: Participant, *, at: datetime) -> bool:
    """The counselor says yes. The first one wins; for the others it is too late."""
    call = await lock_call(work, counselor.call_id)
    if is_called_in(counselor):
        return await _accept_unoffered(work, call, counselor, at=at)
    offer = await lock_offer(work, counselor)
    if offer is not None and offer.kind == OfferKind.CALL_BACK:
        return await _accept_call_back(work, call, offer, counselor, at=at)
    if offer is None or offer.state != OfferState.PENDING or call.state != CallState.WAITING:
        return offer is not None and offer.state == OfferState.ACCEPTED
    if await is_revoked(work, offer):
        await withdraw_offer(work, call, offer.id, at=at, reason="revoked")
        return False
    await close_offer(work, offer, OfferState.ACCEPTED, at=at)
    move_call(work, call, CallEvent.ACCEPTED, at=at, staff=offer.staff_id)
    call.accepted_at, call.counselor_id = at, offer.staff_id
    ask_caller_in(work, call, await caller_in_talk(work, call), at=at)
    await join_talk_as_said(work, call, counselor, at=at)
    await take_call(work, offer.staff_id, call.id, at=at)
    if offer.interpreter:
        await invite_interpreter(work, call, at=at, staff_id=offer.staff_id)
    await withdraw_offers(work, call, at=at, reason="taken_by_another")
    return True


async def _accept_call_back(
    work: Work, call: Call, offer: Offer, counselor: Participant, *, at: datetime
) -> bool:
    """Who wants to call somebody back is there: only now is that phone rung, whoever owns it."""
    if offer.state != OfferState.PENDING:
        return offer.state == OfferState.ACCEPTED and counselor.state == ParticipantState.IN_TALK
    if await is_revoked(work, offer):
        await withdraw_offer(work, call, offer.id, at=at, reason="revoked")
        return False
    await close_offer(work, offer, OfferState.ACCEPTED, at=at)
    call.accepted_at = call.heard_at = at
    ring_caller(work, call, at=at)
    await join_talk_as_said(work, call, counselor, at=at)
    await take_call(work, offer.staff_id, call.id, at=at)
    add_call_entry(work, call, "call.rings_them", at=at, staff_id=offer.staff_id)
    return True


async def is_revoked(work: Work, offer: Offer) -> bool:
    """Whether what decided for this counselor has changed since, however lately."""
    query = select(Staff.id).where(
        Staff.id == offer.staff_id, Staff.revision == offer.revision, may_be_rung()
    )
    return (await work.exec(query)).first() is None


async def _accept_unoffered(
    work: Work, call: Call, counselor: Participant, *, at: datetime
) -> bool:
    """Whom an alarm rang says yes: on their own phone, or on one that is nobody's account."""
    if counselor.staff_id is not None and not await may_take_unoffered(work, counselor):
        return False
    if not move_call(work, call, CallEvent.ACCEPTED, at=at, staff=counselor.staff_id):
        return counselor.state == ParticipantState.IN_TALK
    call.accepted_at, call.counselor_id = at, counselor.staff_id
    call.step = PARTNER if is_partner(counselor) else call.step
    ask_caller_in(work, call, await caller_in_talk(work, call), at=at)
    await join_talk_as_said(work, call, counselor, at=at)
    await withdraw_offers(work, call, at=at, reason="taken_by_another")
    if counselor.staff_id is not None:
        await call_in(work, counselor.staff_id, call.id, at=at)
    if not await _can_talk(work, counselor, call) and await interpreter_number(work, call):
        await invite_interpreter(work, call, at=at, staff_id=counselor.staff_id)
    return True


async def may_take_unoffered(work: Work, counselor: Participant) -> bool:
    """Whether it is still their phone, and they may still be called in, however lately."""
    query = select(Staff.id).where(
        Staff.id == counselor.staff_id, Staff.own_phone == counselor.address, may_be_called_in()
    )
    return (await work.exec(query)).first() is not None


async def _can_talk(work: Work, counselor: Participant, call: Call) -> bool:
    """Of a phone that is nobody's account it is not known."""
    if counselor.staff_id is None:
        return False
    line = await work.get_one(Line, call.line_id)
    return can_talk(call, line, await work.get_one(Staff, counselor.staff_id))


async def refuse_offer(
    work: Work, call_id: str, offer_id: str, state: OfferState, *, at: datetime, reason: str
) -> bool:
    """An offer came to nothing: declined, expired or failed. The caller keeps the place.

    `failed` is never the counselor's doing and costs them nothing: only for a moment somebody
    else is tried first.
    """
    call = await lock_call(work, call_id)
    offer = await work.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer.state != OfferState.PENDING:
        return False
    await close_offer(work, offer, state, at=at, reason=reason)
    await _stop_ringing(work, call, offer, at=at)
    await _let_go_of_counselor(work, call, offer, state, at=at, reason=reason)
    add_call_entry(
        work, call, f"offer.{state}", at=at, staff_id=offer.staff_id, facts={"why": reason}
    )
    return True


async def _let_go_of_counselor(
    work: Work, call: Call, offer: Offer, state: OfferState, *, at: datetime, reason: str
) -> None:
    """Set aside for a while; but nobody has to have time for a colleague, or to call back."""
    line = await work.get_one(Line, call.line_id)
    presence = await lock_presence(work, offer.staff_id)
    if state is OfferState.FAILED:
        for_s = await _pause_after_failure(work, offer.staff_id, at=at)
        leave_out(work, presence, at=at, reason=reason, for_s=for_s)
    elif offer.kind == OfferKind.CALL_BACK or (
        offer.kind == OfferKind.CONSULT and state is OfferState.DECLINED
    ):
        release_offer(work, presence, at=at)
    else:
        set_aside(work, presence, at=at, reason=reason, for_s=policy_of(line).set_aside_s)


async def _pause_after_failure(work: Work, staff_id: str, *, at: datetime) -> float:
    """Seconds until the same phone is tried again: short, and longer while it goes on failing."""
    query = select(func.count()).where(
        Offer.staff_id == staff_id,
        Offer.state == OfferState.FAILED,
        col(Offer.offered_at) > at - FAILING_FOR,
    )
    failures = (await work.exec(query)).one()
    longer: float = FIRST_PAUSE_S * 2.0 ** max(0, failures - 1)
    return min(LONGEST_PAUSE_S, longer)


async def withdraw_offers(work: Work, call: Call, *, at: datetime, reason: str) -> None:
    """The call needs nobody any more: stop ringing, give the counselors back."""
    query = (
        select(Offer)
        .where(Offer.call_id == call.id, Offer.state == OfferState.PENDING)
        .order_by(col(Offer.staff_id))
        .with_for_update()
    )
    for offer in (await work.exec(query)).all():
        await _withdraw(work, call, offer, at=at, reason=reason)
    await let_go_of_called_in(work, call, at=at)


async def end_running_offers(work: Work, call_id: str, *, at: datetime) -> None:
    """The certified are rung for danger that became known while others rang: these stop."""
    call = await lock_call(work, call_id)
    query = (
        select(Offer.id, Staff)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .where(Offer.call_id == call_id, Offer.state == OfferState.PENDING)
        .where(not_(col(Offer.in_danger)))
        .order_by(col(Offer.staff_id))
    )
    for offer_id, staff in (await work.exec(query)).all():
        if not is_certified(staff):
            await withdraw_offer(work, call, offer_id, at=at, reason="danger")


async def give_up_spare(work: Work, staff_id: str, *, at: datetime) -> None:
    """Their phone rings beside others for one in danger, and another in danger has none.

    Where the others refused meanwhile, it is the last of that caller, and rings on.
    """
    query = select(Offer).where(Offer.staff_id == staff_id, Offer.state == OfferState.PENDING)
    offer = (await work.exec(query)).first()
    if offer is not None:
        call = await lock_call(work, offer.call_id)
        if await _rings_elsewhere(work, offer):
            await withdraw_offer(work, call, offer.id, at=at, reason="shared")


async def _rings_elsewhere(work: Work, offer: Offer) -> bool:
    """Whether another phone rings for the danger this call, which is held, is in."""
    query = select(Offer.id).where(
        Offer.call_id == offer.call_id,
        Offer.state == OfferState.PENDING,
        Offer.in_danger,
        Offer.id != offer.id,
    )
    return (await work.exec(query)).first() is not None


async def withdraw_offer(
    work: Work, call: Call, offer_id: str, *, at: datetime, reason: str
) -> None:
    """Of one counselor, whose call is held. The caller keeps the place."""
    offer = await work.get_one(Offer, offer_id, with_for_update=True, populate_existing=True)
    if offer.state == OfferState.PENDING:
        await _withdraw(work, call, offer, at=at, reason=reason)
        facts = {"why": reason}
        add_call_entry(work, call, "offer.withdrawn", at=at, staff_id=offer.staff_id, facts=facts)


async def _withdraw(work: Work, call: Call, offer: Offer, *, at: datetime, reason: str) -> None:
    await close_offer(work, offer, OfferState.WITHDRAWN, at=at, reason=reason)
    await _stop_ringing(work, call, offer, at=at)
    release_offer(work, await lock_presence(work, offer.staff_id), at=at)


async def _stop_ringing(work: Work, call: Call, offer: Offer, *, at: datetime) -> None:
    """Whoever was put on hold for a colleague who does not come is back with the counselor.

    And nobody is called back by who did not come to their own phone.
    """
    await let_go_of_offer(work, call, offer.id, at=at)
    if offer.kind == OfferKind.CONSULT:
        await settle_talk(work, call, at=at)
    elif offer.kind == OfferKind.CALL_BACK:
        await end_unreached(work, call, NOT_DIALLED, at=at)


async def overdue_offers(work: Work, *, at: datetime) -> list[OverdueOffer]:
    """Every offer whose time is over."""
    query = (
        select(Offer.call_id, Offer.id, Participant.state, Participant.proof)
        .join(Participant, col(Participant.offer_id) == col(Offer.id))
        .where(Offer.state == OfferState.PENDING, col(Offer.expires_at) <= at)
    )
    return [OverdueOffer(*row) for row in (await work.exec(query)).all()]


async def end_overdue(work: Work, overdue: OverdueOffer, *, at: datetime) -> None:
    """Whose phone rang did not answer. Whose phone never rang cannot have.

    A colleague who answered, and waits because the caller cannot be put on hold, did nothing wrong.
    """
    if overdue.proof:
        call = await lock_call(work, overdue.call_id)
        await withdraw_offer(work, call, overdue.offer_id, at=at, reason=NOT_LET_IN)
        return
    rang = overdue.leg_state in RANG
    state = OfferState.EXPIRED if rang else OfferState.FAILED
    reason = "no_answer" if rang else CARRIER_REFUSED
    await refuse_offer(work, overdue.call_id, overdue.offer_id, state, at=at, reason=reason)


async def dial_unclear(work: Work, one: Participant, *, at: datetime) -> None:
    """The carrier does not say whether it dials, and shows no leg. Hold call and participant.

    Nobody waits for it: the offer is over. Should the phone ring all the same, it is hung up.
    """
    offer = await lock_offer(work, one)
    heard_of = one.carrier_sid is not None
    if offer is not None and offer.state == OfferState.PENDING and not heard_of:
        await refuse_offer(
            work, one.call_id, offer.id, OfferState.FAILED, at=at, reason=CARRIER_REFUSED
        )


async def give_full_time(work: Work, one: Participant, *, at: datetime) -> None:
    """The carrier took its time to dial: the phone rings as long as it would have otherwise."""
    offer = await lock_offer(work, one)
    if offer is not None and offer.state == OfferState.PENDING:
        offer.expires_at = at + (offer.expires_at - offer.offered_at)
        work.announce("offer", offer.id)


async def lock_offer(work: Work, one: Participant) -> Offer | None:
    """What this phone rings for; None where it rings for no offer."""
    if one.offer_id is None:
        return None
    return await work.get(Offer, one.offer_id, with_for_update=True, populate_existing=True)


async def close_offer(
    work: Work, offer: Offer, state: OfferState, *, at: datetime, reason: str = ""
) -> None:
    """One thing happens to an offer, and nothing after it."""
    offer.state, offer.reason, offer.ended_at = state, reason, at
    work.announce("offer", offer.id)
    await work.flush()  # the unique index on pending offers must see it before the next one
    log.info("offer.closed", state=state, offer_id=offer.id, call_id=offer.call_id, reason=reason)
