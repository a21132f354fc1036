"""An interpreter comes into a talk: one more participant of its conference.

Asked for when somebody takes a call who may not speak with the caller, and whenever the counselor
wants. A wish is a row first, as everywhere. It is dialled once: the number is that of a service
which many calls may use at the same time, so a leg whose answer was lost cannot be told from
another call's. The counselor is told, and may ask again.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlmodel import col, select

from hotline.calls.model import IN_HAND
from hotline.calls.service import add_call_entry, lock_call
from hotline.ports import OVER, LegStatus
from hotline.storage.session import Work
from hotline.storage.tables import Call, Leg, Line
from hotline.storage.tables.columns import new_id

log = structlog.get_logger()

INTERPRETER = "interpreter"
RING_S = 30
LOST_AFTER = timedelta(seconds=RING_S + 10)  # no answer to our dial, and no word of the leg


class NewLeg(NamedTuple):
    """A leg to be dialled, whose row is there. Made without it: an offer must cost little."""

    id: str
    call_id: str
    offer_id: str
    staff_id: str
    address: str


def conference_name(call_id: str) -> str:
    """The conference of a call. Opaque: a room name must hold no personal data."""
    return f"call-{call_id}"


async def live_legs(work: Work, call: Call) -> list[Leg]:
    """The legs we dialled for this call that are not over."""
    query = select(Leg).where(Leg.call_id == call.id, col(Leg.status).not_in(OVER))
    return list((await work.exec(query)).all())


async def hang_up_legs(work: Work, call: Call) -> None:
    """Mark every leg we dialled for this call: the switchboard ends them."""
    for leg in await live_legs(work, call):
        leg.hang_up = True
        work.announce("leg", leg.id)


async def number_of(work: Work, call: Call) -> str | None:
    """Where the line reaches an interpreter of the caller's language."""
    line = await work.get_one(Line, call.line_id)
    number = line.interpreters.get(call.language)
    return str(number) if number else None


async def interpreter_of(work: Work, call: Call) -> Leg | None:
    """The one who is there, or on the way."""
    query = select(Leg).where(
        Leg.call_id == call.id, Leg.role == INTERPRETER, col(Leg.status).not_in(OVER)
    )
    return (await work.exec(query.where(~col(Leg.hang_up)))).first()


async def invite_interpreter(work: Work, call: Call, *, at: datetime, staff_id: str | None) -> bool:
    """Ask for an interpreter. False where the line has none of that language; once is enough."""
    number = await number_of(work, call)
    if number is None:
        add_call_entry(work, call, "interpreter.none", at=at, staff_id=staff_id)
        return False
    if await interpreter_of(work, call) is None:
        leg = Leg(id=new_id(), call_id=call.id, role=INTERPRETER, address=number, created_at=at)
        work.add(leg)
        work.announce("leg", leg.id)
        add_call_entry(work, call, "interpreter.asked", at=at, staff_id=staff_id)
    return True


async def to_be_dialled(work: Work) -> list[Leg]:
    """Wishes that nobody has carried out yet, or taken back."""
    query = select(Leg).where(
        Leg.role == INTERPRETER, Leg.status == LegStatus.DIALING, col(Leg.dialled_at).is_(None)
    )
    return list((await work.exec(query)).all())


async def begin_to_dial(work: Work, leg_id: str, *, at: datetime) -> bool:
    """Whether it is ours to dial: nobody did, and it is still wished for."""
    leg = await work.get_one(Leg, leg_id, with_for_update=True)
    if leg.dialled_at is not None or LegStatus(leg.status).over:
        return False
    if leg.hang_up:
        leg.status, leg.ended_at = LegStatus.CANCELED, at
        return False
    leg.dialled_at = at
    return True


async def lose_interpreter(work: Work, leg_id: str, *, at: datetime, why: str) -> None:
    """It never rang, or nothing was heard of it."""
    found = await work.get_one(Leg, leg_id)
    call = await lock_call(work, found.call_id)
    leg = await work.get_one(Leg, leg_id, with_for_update=True, populate_existing=True)
    if LegStatus(leg.status) is LegStatus.DIALING:
        leg.status, leg.ended_at = LegStatus.FAILED, at
        leg_over(work, call, leg, at=at, why=why)


def leg_over(work: Work, call: Call, leg: Leg, *, at: datetime, why: str) -> None:
    """An interpreter's leg has ended. Of interest only while the talk goes on."""
    if call.state not in IN_HAND:
        return
    kind = "interpreter.left" if leg.answered_at else "interpreter.not_reached"
    add_call_entry(work, call, kind, at=at, facts={"why": why})
    log.info(kind, call_id=call.id, why=why)


async def unheard_of(work: Work, *, at: datetime) -> list[str]:
    """Legs that were dialled, and of which neither carrier nor callback said a word."""
    query = select(Leg.id).where(
        Leg.role == INTERPRETER,
        Leg.status == LegStatus.DIALING,
        col(Leg.dialled_at) <= at - LOST_AFTER,
    )
    return list((await work.exec(query)).all())
