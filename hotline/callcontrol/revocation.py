"""What was taken from somebody reaches what is live: offers, presence, sessions.

A talk that goes on is not cut: the child comes first. The timeline and the floor say that the
counselor's account is switched off, so that a supervisor sees to it; they are offline after it.
"""

from datetime import datetime

from sqlmodel import col, not_, or_, select

from hotline.callcontrol.alarm import called_in_to, hurry_alarm
from hotline.callcontrol.model import ParticipantRole, ParticipantState, Wanted
from hotline.callcontrol.offers import may_take_unoffered, withdraw_offer
from hotline.callcontrol.participants import let_go
from hotline.calls.model import OfferState
from hotline.calls.service import add_call_entry, lock_call
from hotline.staff.model import PresenceEvent, PresenceState
from hotline.staff.presence import move_presence
from hotline.staff.revocation import (
    end_sessions_of_switched_off,
    may_be_called_in,
    may_be_rung,
)
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Participant, Presence, Staff

REVOKED = "revoked"
NOT_LIVE = (PresenceState.OFFLINE, PresenceState.OFFERED)  # offers are withdrawn first


async def end_revoked(work: Work, *, at: datetime) -> None:
    """All of it. Safe to run at any time and by anybody: what counts stands in the rows."""
    for call_id in await calls_that_ring_revoked(work):
        await stop_ringing_revoked(work, call_id, at=at)
    await end_revoked_presences(work, at=at)
    await end_sessions_of_switched_off(work)


async def calls_that_ring_revoked(work: Work) -> list[str]:
    """Calls that somebody is rung for who may not take them any more; in the order of locks."""
    offers = (await work.exec(_STALE_OFFERS)).all()
    alarms = (await work.exec(_STALE_ALARMS)).all()
    return sorted({*(call_id for call_id, _ in offers), *alarms})


async def stop_ringing_revoked(work: Work, call_id: str, *, at: datetime) -> None:
    """The call is locked before anything else is."""
    call = await lock_call(work, call_id)
    offers = _STALE_OFFERS.where(col(Offer.call_id) == call_id)
    for _, offer_id in (await work.exec(offers)).all():
        await withdraw_offer(work, call, offer_id, at=at, reason=REVOKED)
    await _let_go_of_revoked(work, call, at=at)


# To somebody who may not take the call any more, or perhaps not: routing decides again.
_STALE_OFFERS = (
    select(Offer.call_id, Offer.id)
    .join(Staff, col(Staff.id) == col(Offer.staff_id))
    .where(Offer.state == OfferState.PENDING)
    .where(or_(Offer.revision != Staff.revision, not_(may_be_rung())))
    .order_by(col(Offer.id))
)
# An alarm rings a phone at which nobody is who may take the call.
_STALE_ALARMS = (
    select(Participant.call_id)
    .join(Staff, col(Staff.id) == col(Participant.staff_id))
    .where(Participant.role == ParticipantRole.COUNSELOR, col(Participant.offer_id).is_(None))
    .where(Participant.wanted == Wanted.IN)
    .where(col(Participant.state).not_in([ParticipantState.ENDED, ParticipantState.IN_TALK]))
    .where(or_(Participant.address != Staff.own_phone, not_(may_be_called_in())))
)


async def _let_go_of_revoked(work: Work, call: Call, *, at: datetime) -> None:
    """Others are rung at once. Whose phone may go on ringing is nobody's account, or may be."""
    for one in await called_in_to(work, call):
        if one.staff_id is not None and not await may_take_unoffered(work, one):
            let_go(work, call, one, at=at)
            add_call_entry(work, call, "alarm.not_taken", at=at, facts={"why": REVOKED})
            await hurry_alarm(work, call, at=at)


async def end_revoked_presences(work: Work, *, at: datetime) -> None:
    """Who talks is left in the talk, and it is told once."""
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
