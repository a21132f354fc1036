"""What was taken from somebody reaches what is live: offers, presence, sessions.

A talk that goes on is not cut: the child comes first. The timeline and the floor say that the
counselor's account is switched off, so that a supervisor sees to it; they are offline after it.
"""

from collections.abc import Sequence
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
    await _stop_ringing(work, at=at)
    await _end_presences(work, at=at)
    await end_sessions_of_switched_off(work)


async def _stop_ringing(work: Work, *, at: datetime) -> None:
    """Of all calls together, since each is locked before anything else is."""
    offers, alarms = await _stale_offers(work), await _calls_of_stale_alarms(work)
    of_offers = {call_id for call_id, _ in offers}
    calls = {call_id: await lock_call(work, call_id) for call_id in sorted(of_offers | alarms)}
    for call_id, offer_id in offers:
        await withdraw_offer(work, calls[call_id], offer_id, at=at, reason=REVOKED)
    for call_id in sorted(alarms):
        await _let_go_of_revoked(work, calls[call_id], at=at)


async def _stale_offers(work: Work) -> Sequence[tuple[str, str]]:
    """To somebody who may not take the call any more, or perhaps not: routing decides again."""
    query = (
        select(Offer.call_id, Offer.id)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .where(Offer.state == OfferState.PENDING)
        .where(or_(Offer.revision != Staff.revision, not_(may_be_rung())))
        .order_by(col(Offer.call_id))
    )
    return (await work.exec(query)).all()


async def _calls_of_stale_alarms(work: Work) -> set[str]:
    """For which an alarm rings a phone at which nobody is who may take the call."""
    query = (
        select(Participant.call_id)
        .join(Staff, col(Staff.id) == col(Participant.staff_id))
        .where(Participant.role == ParticipantRole.COUNSELOR, col(Participant.offer_id).is_(None))
        .where(Participant.wanted == Wanted.IN)
        .where(col(Participant.state).not_in([ParticipantState.ENDED, ParticipantState.IN_TALK]))
        .where(or_(Participant.address != Staff.own_phone, not_(may_be_called_in())))
    )
    return set((await work.exec(query)).all())


async def _let_go_of_revoked(work: Work, call: Call, *, at: datetime) -> None:
    """Others are rung at once. Whose phone may go on ringing is nobody's account, or may be."""
    for one in await called_in_to(work, call):
        if one.staff_id is not None and not await may_take_unoffered(work, one):
            let_go(work, call, one, at=at)
            add_call_entry(work, call, "alarm.not_taken", at=at, facts={"why": REVOKED})
            await hurry_alarm(work, call, at=at)


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
