"""What a counselor does in and after a call."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import col, select

from hotline.calls.model import CallState
from hotline.calls.record import ContactType, Disposition, Draft, Risk, Topic, place, save_record
from hotline.calls.service import lock_call, note
from hotline.errors import Forbidden, IllegalMove, NotFound
from hotline.escalations.model import Level
from hotline.escalations.service import NewFlag, raise_flag
from hotline.staff.model import PresenceState, Role
from hotline.staff.presence import choose_presence, lock_presence
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, CallEvent, Offer, Record, Staff
from hotline.storage.tables.columns import new_id
from hotline.switchboard.talks import finish
from hotline.web.auth import Desk
from hotline.web.house import HouseDep, WorkDep
from hotline.web.idempotency import IdempotentRoute

router = APIRouter(prefix="/calls/{call_id}", tags=["calls"], route_class=IdempotentRoute)


class FlagIn(BaseModel):
    """A child is in danger. `client_key`: made once per intent, so that it can be sent again."""

    level: Level
    summary: str = Field(default="", max_length=2000)
    client_key: str = Field(default_factory=new_id, max_length=80)


class FlagOut(BaseModel):
    """The escalation that answers for it."""

    escalation_id: str
    case_number: str
    state: str
    next_due_at: datetime | None


class RecordIn(BaseModel):
    """The record. `ready`: and take the next call."""

    contact_type: ContactType
    topics: list[Topic] = Field(default=[], max_length=3)
    risk: Risk = Risk.NOT_ASSESSED
    disposition: Disposition
    follow_up: bool = False
    narrative: str = Field(default="", max_length=20_000)
    ready: bool = False


class RecordOut(BaseModel):
    """A record, opened for its reader."""

    contact_type: str
    topics: list[str]
    risk: str
    disposition: str
    follow_up: bool
    narrative: str
    saved_at: datetime


class EntryOut(BaseModel):
    """One entry of the timeline."""

    at: datetime
    kind: str
    staff: str
    facts: dict[str, Any]


class CallOut(BaseModel):
    """A call and what happened in it."""

    id: str
    line: str
    caller: str
    state: str
    urgency: str
    language: str
    topic: str | None
    held: bool
    arrived_at: datetime
    queued_at: datetime | None
    joined_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    outcome_step: str
    counselor: str
    timeline: list[EntryOut]


@router.get("")
async def show_call(work: WorkDep, who: Desk, call_id: str) -> CallOut:
    """One call with its timeline. Offers stand in it with the facts that decided."""
    call = await _seen(work, call_id, who)
    names = dict((await work.exec(select(Staff.id, Staff.name))).all())
    query = select(CallEvent).where(CallEvent.call_id == call.id).order_by(col(CallEvent.id))
    entries = [
        EntryOut(at=one.at, kind=one.kind, staff=names.get(one.staff_id or "", ""), facts=one.facts)
        for one in (await work.exec(query)).all()
    ]
    return CallOut(
        **call.model_dump(
            include={
                *("id", "state", "urgency", "language", "topic", "held", "arrived_at"),
                *("queued_at", "joined_at", "ended_at", "outcome", "outcome_step"),
            }
        ),
        line=call.line_id,
        caller=call.from_masked,
        counselor=names.get(call.counselor_id or "", ""),
        timeline=entries,
    )


@router.post("/flags", status_code=201)
async def flag(house: HouseDep, work: WorkDep, who: Desk, call_id: str, wanted: FlagIn) -> FlagOut:
    """Raise a crisis flag: a station is made to answer for it until a person closes the case."""
    call = await _seen(work, call_id, who)
    new = NewFlag(
        raised_by=who.staff_id,
        level=wanted.level,
        summary=wanted.summary,
        client_key=wanted.client_key,
    )
    escalation = await raise_flag(work, house.vault, call=call, flag=new, at=house.clock.now())
    return FlagOut(
        escalation_id=escalation.id,
        case_number=escalation.case_number,
        state=escalation.state,
        next_due_at=escalation.next_due_at,
    )


@router.post("/hold", status_code=204)
async def hold(house: HouseDep, work: WorkDep, who: Desk, call_id: str) -> None:
    """The caller hears music."""
    await _set_hold(work, call_id, who, held=True, at=house.clock.now())


@router.post("/resume", status_code=204)
async def resume(house: HouseDep, work: WorkDep, who: Desk, call_id: str) -> None:
    """The caller is back in the talk."""
    await _set_hold(work, call_id, who, held=False, at=house.clock.now())


async def _set_hold(work: Work, call_id: str, who: SignedIn, *, held: bool, at: datetime) -> None:
    call = await _own(work, call_id, who)
    if call.state != CallState.TALKING:
        raise IllegalMove
    if call.held != held:
        call.held = held
        kind = "call.held" if held else "call.resumed"
        note(work, call, kind, at=at, staff_id=who.staff_id)


@router.post("/end", status_code=204)
async def end(house: HouseDep, work: WorkDep, who: Desk, call_id: str) -> None:
    """The talk is over; the caller hears a goodbye. Ended already: fine."""
    call = await _own(work, call_id, who)
    if call.state in (CallState.CLOSING, CallState.ENDED):
        return
    if not await finish(work, call, at=house.clock.now()):
        raise IllegalMove


@router.put("/record")
async def put_record(
    house: HouseDep, work: WorkDep, who: Desk, call_id: str, wanted: RecordIn
) -> RecordOut:
    """Save the record; saving again replaces it. With `ready`, wrap-up ends."""
    call, now = await _own(work, call_id, who), house.clock.now()
    draft = Draft(
        contact_type=wanted.contact_type,
        topics=tuple(wanted.topics),
        risk=wanted.risk,
        disposition=wanted.disposition,
        follow_up=wanted.follow_up,
        narrative=wanted.narrative,
    )
    record = await save_record(work, house.vault, call.id, who.staff_id, draft, at=now)
    if wanted.ready:
        presence = await lock_presence(work, who.staff_id)
        if presence.state == PresenceState.WRAPPING_UP:
            await choose_presence(work, who.staff_id, PresenceState.READY, at=now)
    return _opened(house, record)


@router.get("/record")
async def get_record(house: HouseDep, work: WorkDep, who: Desk, call_id: str) -> RecordOut:
    """The record, for who wrote it and for supervisors. Reading leaves a trace."""
    call = await _own(work, call_id, who)
    record = await work.get(Record, call.id)
    if record is None:
        raise NotFound("No record was written for this call yet.")
    note(work, call, "record.read", at=house.clock.now(), staff_id=who.staff_id)
    return _opened(house, record)


def _opened(house: HouseDep, record: Record) -> RecordOut:
    narrative = house.vault.open(record.narrative_sealed, place=place(record.call_id))
    return RecordOut(
        **record.model_dump(
            include={"contact_type", "topics", "risk", "disposition", "follow_up", "saved_at"}
        ),
        narrative=narrative,
    )


async def _seen(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call that is this person's to look at: theirs, offered to them, or on a line they watch."""
    call = await lock_call(work, call_id)
    offered = select(Offer.id).where(Offer.call_id == call.id, Offer.staff_id == who.staff_id)
    theirs = who.staff_id == call.counselor_id or (await work.exec(offered)).first() is not None
    watched = who.is_a(Role.SUPERVISOR) and call.line_id in who.lines
    if not theirs and not watched:
        raise NotFound
    return call


async def _own(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call to act in: its counselor, or a supervisor of its line."""
    call = await _seen(work, call_id, who)
    if call.counselor_id != who.staff_id and not who.is_a(Role.SUPERVISOR):
        raise Forbidden
    return call
