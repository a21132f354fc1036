"""What officers do on the way to a child, and what whoever raised the flag has read of it."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from hotline.callers.opening import OpenedNumber, open_number
from hotline.cases.reporters import is_hidden
from hotline.errors import IllegalMove
from hotline.escalations import in_the_field
from hotline.escalations.first_come import in_turn
from hotline.escalations.heard import NEWS_FOR, StationNews, read_station_news, station_news
from hotline.escalations.in_the_field import Contact, SetOut
from hotline.escalations.late import FUTURE, DoneInField
from hotline.escalations.model import ChildReached
from hotline.escalations.progress import lock_escalation
from hotline.escalations.queries import require_escalation
from hotline.escalations.stations import is_held_by
from hotline.escalations.timeline import add_escalation_entry
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.storage.tables import Call
from hotline.web.api.escalations import State, state_of
from hotline.web.api.numbers import OpenNumberIn
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallTaker, EscalationAnswerer
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment

router = APIRouter(prefix="/escalations", tags=["escalations"], route_class=IdempotentRoute)
numbers = APIRouter(prefix="/escalations", tags=["escalations"])
news = APIRouter(prefix="/me/station-news", tags=["me"], route_class=IdempotentRoute)

NOT_DONE_THEN = refuses(IllegalMove.public, FUTURE)
NOT_HELD = "Acknowledge it first: whoever answers for the child may open the number."
KEPT = "Whoever called is a reporter who is kept secret: a supervisor of the line can release it."
MOST_WORDS = 2000
MOST_MINUTES = 24 * 60


class OnTheWay(BaseModel):
    """`minutes`: how long it may take. `done_at`: when they set out, where it is told later."""

    minutes: int | None = Field(default=None, ge=1, le=MOST_MINUTES)
    text: str = Field(default="", max_length=MOST_WORDS)
    done_at: Moment | None = None
    seen: int | None = None


class ContactMade(BaseModel):
    """`child`: whether they saw the child. `text`: a short note, which is sealed."""

    child: ChildReached
    text: str = Field(default="", max_length=MOST_WORDS)
    done_at: Moment | None = None
    seen: int | None = None


class ReadUpTo(BaseModel):
    """The newest entry that was shown."""

    seen: Annotated[int, Field(ge=0)]


@router.post("/{escalation_id}/on-the-way", responses=NOT_DONE_THEN)
async def on_the_way(
    backend: BackendDep,
    work: CommandWork,
    who: EscalationAnswerer,
    escalation_id: str,
    said: OnTheWay,
) -> State:
    """We have set out. The report is owed as before: no deadline moves."""
    await require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    going = SetOut(minutes=said.minutes, done=DoneInField(said.text, said.done_at))
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await in_the_field.set_out(
            work, backend.vault, escalation_id, by=actor, going=going, at=now
        )
    return state_of(found)


@router.post("/{escalation_id}/contact-made", responses=NOT_DONE_THEN)
async def contact_made(
    backend: BackendDep,
    work: CommandWork,
    who: EscalationAnswerer,
    escalation_id: str,
    said: ContactMade,
) -> State:
    """We saw the child, did not, or spoke by phone. No deadline moves."""
    await require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    actor, now = Actor.of_staff(who.staff_id), backend.clock.now()
    met = Contact(child=said.child, done=DoneInField(said.text, said.done_at))
    async with in_turn(work, escalation_id, actor, said.seen):
        found = await in_the_field.make_contact(
            work, backend.vault, escalation_id, by=actor, met=met, at=now
        )
    return state_of(found)


@numbers.post("/{escalation_id}/number", responses=refuses(NOT_HELD, KEPT))
async def opens_number(
    backend: BackendDep,
    work: WorkDep,
    who: EscalationAnswerer,
    escalation_id: str,
    wanted: OpenNumberIn,
    response: Response,
) -> OpenedNumber:
    """The number to ring back, for this answer only: for officers of the station that has it.

    Supervisors of the line hear of it with the reason, and it stands in the timeline. Not of a
    reporter whom nobody released (demand 43).
    """
    await require_escalation(work, escalation_id, who, Permission.ANSWER_ESCALATION)
    escalation = await lock_escalation(work, escalation_id)
    if not await is_held_by(work, escalation, who.station_id):
        raise IllegalMove(NOT_HELD)
    if await is_hidden(work, escalation.call_id):
        raise IllegalMove(KEPT)
    at, by = backend.clock.now(), Actor.of_staff(who.staff_id)
    call = await work.get_one(Call, escalation.call_id)
    opened = await open_number(work, backend.vault, call, wanted.reason, at=at, by=who.staff_id)
    add_escalation_entry(work, escalation, "escalation.number_opened", at=at, actor=by)
    response.headers["Cache-Control"] = "no-store"
    return opened


@news.get("")
async def unread(backend: BackendDep, work: WorkDep, who: CallTaker) -> list[StationNews]:
    """What stations did about my flags in the last day, and I have not read; oldest first."""
    return await station_news(work, who.staff_id, since=backend.clock.now() - NEWS_FOR)


@news.post("/{escalation_id}/read", status_code=204)
async def read(
    backend: BackendDep, work: CommandWork, who: CallTaker, escalation_id: str, upto: ReadUpTo
) -> None:
    """I have read it, up to this entry. Again: fine."""
    await require_escalation(work, escalation_id, who, Permission.SEE_ESCALATION)
    now = backend.clock.now()
    await read_station_news(work, escalation_id, who.staff_id, seen=upto.seen, at=now)
