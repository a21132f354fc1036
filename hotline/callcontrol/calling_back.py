"""Somebody is called back: by a counselor, or by the system because they asked for it.

A counselor's own phone rings first; only when they are there is the other one rung, with the
line's number. Who asked to be called is rung first, and says by a key that it is them, before a
counselor is used. What becomes of it is in `offers`, `talks` and `outgoing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.callbacks.attempts import begin_attempt, begun_since_promise, require_open
from hotline.callbacks.policy import may_ring
from hotline.callbacks.service import still_owed
from hotline.callcontrol.consults import address_of
from hotline.callcontrol.model import ParticipantRole
from hotline.callcontrol.outgoing import CUT_SHORT
from hotline.callcontrol.whom import Whom, hold_owed, whom_of_call, whom_of_callback
from hotline.calls.model import CallState, Direction, OfferKind
from hotline.calls.returning import WhyNot, hold_number, tries_at, why_not
from hotline.calls.service import add_call_entry
from hotline.errors import GuardianIsBlocked, IllegalMove, Invalid
from hotline.lines.numbers import NO_LINE, can_call_back
from hotline.staff.model import PresenceEvent, PresenceState, Role
from hotline.staff.presence import CALLABLE, lock_presence, move_presence
from hotline.storage.sealed import seal_cell
from hotline.storage.session import Work
from hotline.storage.tables import Call, Callback, Line, Offer, Participant, Presence, Staff
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import Vault

CALL_BACK = "call_back"  # the stage of an offer that no plan made
OWN_RING = timedelta(seconds=20)  # as long as a caller's call rings
NOT_OVER = "This call is not over. Call back when it has ended."
NOT_FREE = "Go ready, or stay at your record: then you can call somebody back."
NO_WAY = "Nobody can be called at this number: it is withheld, or takes no calls."
AT_NIGHT = (
    "Nobody is called between nine in the evening and eight in the morning, unless they have just"
    " called us, or are in danger."
)
REFUSALS: Mapping[WhyNot, str] = {
    WhyNot.MARKED: "It is marked as not safe to call this number. Wait until they call us.",
    WhyNot.ON_THE_LINE: "This caller is on the line with us, or is being called, at this moment.",
    WhyNot.TOO_SOON: (
        "Their phone rang within the last 24 hours and nobody was reached. Try again tomorrow:"
        " a phone that rings and rings may give them away."
    ),
    WhyNot.TOO_OFTEN: (
        "Their phone rang three times and nobody was reached. Wait until they call us."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingBack:
    """What calling needs to know beside the rows. `duty_phone`: which is ours, and not rung."""

    vault: Vault
    duty_phone: str
    at: datetime


async def call_back(work: Work, call: Call, staff_id: str, *, by: CallingBack) -> Call:
    """Begin a call to whoever made this one. Raises `IllegalMove`, `Invalid`.

    Until the counselor is at their own phone, nobody else's rings. Where a call is owed to the
    number, this is an attempt to keep that promise.
    """
    if call.state != CallState.ENDED:
        raise IllegalMove(NOT_OVER)
    await hold_number(work, call.from_index)
    whom = whom_of_call(call, by.vault)
    callback = await still_owed(work, call.from_index, line_id=call.line_id)
    made = await _offer_call(work, whom, callback, staff_id, by=by, by_id=staff_id)
    facts = {"call": made.id, "returns": made.returns_id}
    add_call_entry(work, call, "call.back", at=by.at, staff_id=staff_id, facts=facts)
    return made


async def call_owed(
    work: Work, callback_id: str, staff_id: str, *, by: CallingBack, by_id: str | None
) -> Call:
    """Begin the call that is owed, on this counselor's phone. Raises as `call_back`.

    `by_id`: who wants it; None: the system does.
    """
    callback = await hold_owed(work, callback_id)
    whom = await whom_of_callback(work, callback, by.vault)
    return await _offer_call(work, whom, callback, staff_id, by=by, by_id=by_id)


async def _offer_call(
    work: Work,
    whom: Whom,
    callback: Callback | None,
    staff_id: str,
    *,
    by: CallingBack,
    by_id: str | None,
) -> Call:
    if callback is not None:
        require_open(callback)
    await require_way(work, whom, callback, by=by)
    made = await ring_own_phone(work, whom, staff_id, by=by)
    if callback is not None:
        await begin_attempt(work, callback, made, staff_id=staff_id, by_id=by_id, at=by.at)
    return made


async def ring_own_phone(work: Work, whom: Whom, staff_id: str, *, by: CallingBack) -> Call:
    """The call is a row, and the counselor's own phone is to ring. Raises `IllegalMove`."""
    staff, presence = await _require_free(work, staff_id)
    made = new_call(whom, staff_id, by=by)
    offer = _offer_to(made, staff, presence, at=by.at)
    leg = _leg(offer, staff)
    for row in (made, offer, leg):  # each refers to the one before
        work.add(row)
        await work.flush()
    _ring(work, presence, offer, at=by.at)
    work.announce("leg", leg.id)
    facts = {"call": made.id, "returns": made.returns_id}
    add_call_entry(work, made, "call.back", at=by.at, staff_id=staff_id, facts=facts)
    return made


async def require_way(
    work: Work, whom: Whom, callback: Callback | None, *, by: CallingBack
) -> None:
    """Whether they can be reached, and may be rung now. Raises `Conflict`, `Invalid`."""
    await require_number(work, whom, urgency=whom.urgency, by=by)
    if callback is not None and not await may_ring_now(work, callback, at=by.at):
        raise IllegalMove(AT_NIGHT)


async def require_number(work: Work, whom: Whom, *, urgency: str, by: CallingBack) -> None:
    """There is a number, nobody is on it, and nothing is known against it. Raises as above.

    `urgency`: danger is called as often as somebody means to.
    """
    tries = (await tries_at(work, [whom.from_index])).get(whom.from_index)
    line = await work.get_one(Line, whom.line_id)
    if whom.number is None or tries is None or line.id == NO_LINE:
        raise Invalid(NO_WAY)
    against = why_not(tries, has_number=True, urgency=urgency, at=by.at)
    if against is WhyNot.GUARDIAN:
        raise GuardianIsBlocked
    if against is not None:
        raise IllegalMove(REFUSALS[against])
    if not await can_call_back(work, line, whom.number, duty_phone=by.duty_phone):
        raise Invalid(NO_WAY)


async def may_ring_now(work: Work, callback: Callback, *, at: datetime) -> bool:
    """Whether the hour is right."""
    promised, begun = callback.promised_at, await begun_since_promise(work, callback)
    return may_ring(callback.urgency, promised_at=promised, begun=begun, at=at)


async def _require_free(work: Work, staff_id: str) -> tuple[Staff, Presence]:
    """Ready, or writing a record; nobody else is offered to them meanwhile."""
    staff, presence = await work.get_one(Staff, staff_id), await lock_presence(work, staff_id)
    if presence.state not in CALLABLE or Role.COUNSELOR not in staff.roles:
        raise IllegalMove(NOT_FREE)
    return staff, presence


def new_call(whom: Whom, staff_id: str | None, *, by: CallingBack) -> Call:
    """What is known of the caller stays known. Their number is sealed for this row.

    `staff_id`: whose call it is; None: whoever takes it, once they are there.
    """
    made = Call(
        id=new_id(),
        carrier_sid="",
        state=CallState.CONNECTING,
        step=CALL_BACK,
        arrived_at=by.at,
        heard_at=by.at,
        counselor_id=staff_id,
        direction=Direction.OUT,
        **whom.known(),
    )
    made.carrier_sid = f"not-dialled-{made.id}"
    made.from_sealed = seal_cell(by.vault, made, "from_sealed", whom.number or "")
    return made


def _offer_to(made: Call, staff: Staff, presence: Presence, *, at: datetime) -> Offer:
    writing = presence.call_id if presence.state == PresenceState.WRAPPING_UP else None
    return Offer(
        id=new_id(),
        call_id=made.id,
        staff_id=staff.id,
        kind=OfferKind.CALL_BACK,
        stage=CALL_BACK,
        revision=staff.revision,
        offered_at=at,
        expires_at=at + OWN_RING,
        facts={CUT_SHORT: writing} if writing else {},
    )


def _leg(offer: Offer, staff: Staff) -> Participant:
    return Participant(
        id=new_id(),
        call_id=offer.call_id,
        role=ParticipantRole.COUNSELOR,
        offer_id=offer.id,
        staff_id=staff.id,
        address=address_of(staff),
        name=staff.name,
        created_at=offer.offered_at,
    )


def _ring(work: Work, presence: Presence, offer: Offer, *, at: datetime) -> None:
    """The counselor's own phone."""
    move_presence(work, presence, PresenceEvent.OFFERED, at=at)
    presence.call_id, presence.cut_short_call_id = offer.call_id, offer.facts.get(CUT_SHORT)
    work.announce("offer", offer.id)
