"""What was taken from somebody reaches what is live: offers, presence, sessions.

A talk that goes on is not cut: the child comes first. The timeline and the floor say that the
counselor's account is switched off, so that a supervisor sees to it; they are offline after it.
"""

from datetime import datetime

from sqlmodel import col, not_, or_, select

from hotline.callcontrol.offers import withdraw_offer
from hotline.calls.model import OfferState
from hotline.calls.service import add_call_entry, lock_call
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import move_presence
from hotline.staff.revocation import end_sessions_of_switched_off, may_be_rung
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Presence, Staff

REVOKED = "revoked"
NOT_LIVE = (PresenceState.OFFLINE, PresenceState.OFFERED)  # offers are withdrawn first


async def end_revoked(work: Work, *, at: datetime) -> None:
    """All of it. Safe to run at any time and by anybody: what counts stands in the rows."""
    await _withdraw_offers(work, at=at)
    await _end_presences(work, at=at)
    await end_sessions_of_switched_off(work)


async def _withdraw_offers(work: Work, *, at: datetime) -> None:
    """To somebody who may not take the call any more, or perhaps not: routing decides again."""
    query = (
        select(Offer.call_id, Offer.id)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .where(Offer.state == OfferState.PENDING)
        .where(or_(Offer.revision != Staff.revision, not_(may_be_rung())))
        .order_by(col(Offer.call_id))
    )
    stale = (await work.exec(query)).all()
    calls = {call_id: await lock_call(work, call_id) for call_id, _ in stale}
    for call_id, offer_id in stale:
        await withdraw_offer(work, calls[call_id], offer_id, at=at, reason=REVOKED)


async def _end_presences(work: Work, *, at: datetime) -> None:
    await work.flush()
    query = (
        select(Presence)
        .join(Staff, col(Staff.id) == col(Presence.staff_id))
        .where(col(Presence.state).not_in(NOT_LIVE), not_(may_be_rung()))
        .order_by(col(Presence.staff_id))
        .with_for_update(of=Presence, skip_locked=True)
    )
    for presence in (await work.exec(query)).all():
        if presence.state == PresenceState.TALKING:
            await _tell_of_talk(work, presence, at=at)
        else:
            move_presence(work, presence, PresenceEvent.WENT_OFFLINE, at=at, reason=REVOKED)


async def _tell_of_talk(work: Work, presence: Presence, *, at: datetime) -> None:
    """Once. The row of the call is not needed for it, and is not held."""
    if presence.reason == REVOKED:
        return
    presence.reason = REVOKED
    work.announce("presence", presence.staff_id)
    call = await work.get(Call, presence.call_id) if presence.call_id else None
    if call is not None:
        add_call_entry(work, call, "counselor.revoked", at=at, staff_id=presence.staff_id)
