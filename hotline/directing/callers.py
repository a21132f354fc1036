"""Callers who wait: moved, put ahead of the others, raised to danger."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import col, func, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.callcontrol.offers import withdraw_offer
from hotline.calls.model import CallState, OfferState, Urgency
from hotline.calls.moving import (
    WaitingPlace,
    diversion_of,
    move_waiting,
    place_of,
)
from hotline.calls.service import add_call_entry, lock_call, make_urgent
from hotline.directing.hindrances import ActRefused, Hindrance
from hotline.directing.notices import NoticeKind, Telling, take_back, tell
from hotline.directing.reach import call_to_direct, line_to_direct
from hotline.staff.model import PresenceState
from hotline.staff.revocation import may_be_rung
from hotline.staff.sign_in import SignedIn
from hotline.staff.skills import can_be_read
from hotline.storage.session import Work
from hotline.storage.tables import Call, Offer, Presence, Staff, SupervisorAct

# A counselor who fits serves callers as if they had come up to 90 s earlier (routing/policy).
AHEAD_BY = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerMove:
    """Where to. None: as it is; but with another line whom they were meant for is forgotten."""

    line_id: str | None = None
    topic: str | None = None
    counselor_id: str | None = None
    reason: str = ""

    def from_place(self, place: WaitingPlace) -> WaitingPlace:
        """Where a caller stands who is moved so."""
        stays = self.line_id in (None, place.line_id)
        return WaitingPlace(
            line_id=self.line_id or place.line_id,
            topic=self.topic or place.topic,
            counselor_id=self.counselor_id or (place.counselor_id if stays else None),
        )


async def move_caller(
    work: Work, call_id: str, move: CallerMove, who: SignedIn, *, at: datetime
) -> SupervisorAct:
    """Put somebody who waits elsewhere; they keep their place. Raises `ActRefused`."""
    call = await call_to_direct(work, call_id, who)
    if call.state != CallState.WAITING:
        raise ActRefused(Hindrance.NOT_WAITING)
    before = place_of(call)
    place = move.from_place(before)
    if place.line_id != before.line_id:
        await line_to_direct(work, place.line_id, who)
        await _require_served(work, place.line_id)
    if move.counselor_id is not None:
        await _require_taker(work, move.counselor_id, place.line_id)
    if not move_waiting(work, call, place, at=at, staff_id=who.staff_id):
        raise ActRefused(Hindrance.STANDS_THERE)
    await stop_unfit_phones(work, call, at=at)
    act = await record_act(work, _moved(call, before, place, move, who), at=at)
    if move.counselor_id is not None:
        told = Telling(kind=NoticeKind.CALLER, text=move.reason)
        tell(work, act, [move.counselor_id], told, at=at)
    return act


def _moved(
    call: Call, before: WaitingPlace, place: WaitingPlace, move: CallerMove, who: SignedIn
) -> NewAct:
    return NewAct(
        by_id=who.staff_id,
        kind=ActKind.CALLER_MOVED,
        subject=SubjectKind.CALL,
        subject_id=call.id,
        lines=frozenset({before.line_id, place.line_id}),
        before=asdict(before),
        after=asdict(place),
        reason=move.reason,
    )


async def _require_served(work: Work, line_id: str) -> None:
    if await diversion_of(work, line_id) is not None:
        raise ActRefused(Hindrance.NOT_SERVED)


async def _require_taker(work: Work, staff_id: str, line_id: str) -> None:
    """Raises `ActRefused` where this counselor is not there, or not for this line."""
    query = select(Staff, Presence).where(
        Presence.staff_id == Staff.id, Staff.id == staff_id, may_be_rung()
    )
    found = (await work.exec(query)).one_or_none()
    if found is None or line_id not in found[0].lines:
        raise ActRefused(Hindrance.NOT_OF_LINE)
    staff, presence = found
    if presence.state == PresenceState.OFFLINE or not can_be_read(staff.skills, staff.lines):
        raise ActRefused(Hindrance.NOT_ON_DUTY)


async def stop_unfit_phones(work: Work, call: Call, *, at: datetime) -> None:
    """Phones that ring for a caller who was moved away from them. None stops for danger."""
    if call.urgency == Urgency.CRISIS:
        return
    query = (
        select(Offer.id, Staff.id, Staff.lines)
        .join(Staff, col(Staff.id) == col(Offer.staff_id))
        .where(Offer.call_id == call.id, Offer.state == OfferState.PENDING)
        .order_by(col(Staff.id))
    )
    for offer_id, staff_id, lines in (await work.exec(query)).all():
        if call.line_id not in lines or call.meant_for_id not in (None, staff_id):
            await withdraw_offer(work, call, offer_id, at=at, reason="caller_moved")


async def put_ahead(
    work: Work, call_id: str, who: SignedIn, *, reason: str, at: datetime
) -> SupervisorAct:
    """Serve a caller before the others of their line who are in no danger.

    They count as having waited longer than these, also where a plan widens with time. Raises
    `ActRefused`.
    """
    call = await call_to_direct(work, call_id, who)
    if call.state != CallState.WAITING:
        raise ActRefused(Hindrance.NOT_WAITING)
    if call.urgency == Urgency.CRISIS:
        raise ActRefused(Hindrance.DANGER_FIRST)
    first = await _first_of_others(work, call)
    if first is None or (call.ahead_at or call.queued_at or at) < first:
        raise ActRefused(Hindrance.FIRST_ALREADY)
    before, call.ahead_at = call.ahead_at, first - AHEAD_BY
    add_call_entry(work, call, "call.put_ahead", at=at, staff_id=who.staff_id)
    return await record_act(
        work,
        NewAct(
            by_id=who.staff_id,
            kind=ActKind.CALLER_AHEAD,
            subject=SubjectKind.CALL,
            subject_id=call.id,
            lines=frozenset({call.line_id}),
            before={"ahead_at": before.isoformat() if before else None},
            after={"ahead_at": call.ahead_at.isoformat()},
            reason=reason,
        ),
        at=at,
    )


async def _first_of_others(work: Work, call: Call) -> datetime | None:
    place = func.min(func.coalesce(Call.ahead_at, Call.queued_at))
    query = select(place).where(
        Call.line_id == call.line_id,
        Call.state == CallState.WAITING,
        Call.urgency == Urgency.ROUTINE,
        Call.id != call.id,
    )
    return (await work.exec(query)).one()


async def raise_to_danger(
    work: Work, call_id: str, who: SignedIn, *, reason: str, at: datetime
) -> SupervisorAct:
    """A supervisor knows that a caller who waits is in danger. One way. Raises `ActRefused`."""
    call = await call_to_direct(work, call_id, who)
    if call.state != CallState.WAITING:
        raise ActRefused(Hindrance.NOT_WAITING)
    if not make_urgent(work, call, at=at, why="supervisor"):
        raise ActRefused(Hindrance.IN_DANGER)
    return await record_act(
        work,
        NewAct(
            by_id=who.staff_id,
            kind=ActKind.CALLER_RAISED,
            subject=SubjectKind.CALL,
            subject_id=call.id,
            lines=frozenset({call.line_id}),
            before={"urgency": Urgency.ROUTINE},
            after={"urgency": Urgency.CRISIS},
            reason=reason,
        ),
        at=at,
    )


async def undo_move(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """Back to where they waited. Raises `ActRefused` where they were answered or moved since."""
    call = await lock_call(work, act.subject_id)
    if call.state != CallState.WAITING:
        raise ActRefused(Hindrance.NOT_WAITING)
    if place_of(call) != WaitingPlace(**act.after):
        raise ActRefused(Hindrance.MOVED_SINCE)
    before = WaitingPlace(**act.before)
    if before.line_id != call.line_id:
        await _require_served(work, before.line_id)
    move_waiting(work, call, before, at=at, staff_id=who.staff_id, why="undone")
    await stop_unfit_phones(work, call, at=at)
    await take_back(work, act, by_id=who.staff_id, at=at)


async def undo_ahead(work: Work, act: SupervisorAct, who: SignedIn, *, at: datetime) -> None:
    """Back to their own place in line. Raises `ActRefused`."""
    call = await lock_call(work, act.subject_id)
    if call.state != CallState.WAITING:
        raise ActRefused(Hindrance.NOT_WAITING)
    if call.ahead_at is None or call.ahead_at.isoformat() != act.after["ahead_at"]:
        raise ActRefused(Hindrance.MOVED_SINCE)
    before = act.before["ahead_at"]
    call.ahead_at = datetime.fromisoformat(before) if before else None
    add_call_entry(work, call, "call.put_back", at=at, staff_id=who.staff_id)
