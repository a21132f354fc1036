"""Asking to read a record, reading one in an emergency, and what supervisors say to both."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.queries import may_do, permitted_call
from hotline.calls.service import lock_call
from hotline.errors import IllegalMove, NotFound
from hotline.records.reading_model import (
    ANSWERED,
    MOST_HOURS_OF_AN_ADULT,
    TOO_LONG,
    USUAL_HOURS,
    ReadingEvent,
)
from hotline.records.reading_queries import ReadingShown, own_readings, readings_to_answer
from hotline.records.readings import (
    ASKED_ALREADY,
    ReadingAnswer,
    answer_reading,
    ask_to_read,
    read_in_emergency,
    withdraw_reading,
)
from hotline.staff.permissions import Permission, Relation, through
from hotline.staff.sign_in import SignedIn
from hotline.storage.session import Work
from hotline.storage.tables import Call, RecordReading, Staff
from hotline.web.api.refusals import refuses
from hotline.web.auth import RecordFinder, gate, recently_confirmed
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

MAY_READ = "You may read this record already."

router = APIRouter(tags=["calls"], route_class=IdempotentRoute)


async def confirmed_finder(who: RecordFinder, backend: BackendDep) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


Approver = Annotated[SignedIn, Depends(gate(Permission.APPROVE_READING))]


async def confirmed_approver(who: Approver, backend: BackendDep) -> SignedIn:
    """Whoever may not do it at all is told so first."""
    return await recently_confirmed(who, backend)


ConfirmedFinder = Annotated[SignedIn, Depends(confirmed_finder)]
ConfirmedApprover = Annotated[SignedIn, Depends(confirmed_approver)]


class ReasonIn(BaseModel):
    """Why the record has to be read. Supervisors of the line read this."""

    reason: str = Field(min_length=1, max_length=2000, examples=["the same child is on the line"])


class WordsIn(BaseModel):
    """What is said to who asked, or to who read it in an emergency."""

    words: str = Field(min_length=1, max_length=2000)


class GrantIn(WordsIn):
    """For how long it is opened: a minor's record, or one of unknown age, for 24 hours at most."""

    hours: int = Field(default=USUAL_HOURS, ge=1, le=MOST_HOURS_OF_AN_ADULT)


class ReadingOut(BaseModel):
    """Where it stands. `until`: how long the record is open to who asked."""

    id: str
    state: str
    until: datetime | None
    review_due_at: datetime | None


class ReadingsOut(BaseModel):
    """`own`: what the reader asked for. `waiting`: what they have to answer or to look at."""

    own: Sequence[ReadingShown]
    waiting: Sequence[ReadingShown]


@router.get("/readings")
async def list_readings(backend: BackendDep, work: WorkDep, who: RecordFinder) -> ReadingsOut:
    """What one asked for and what was said to it; for supervisors, what waits for them."""
    answers = Relation.LINE in through(who.roles, Permission.APPROVE_READING)
    lines = who.lines if answers else ()
    return ReadingsOut(
        own=await own_readings(work, backend.vault, who, at=backend.clock.now()),
        waiting=await readings_to_answer(work, backend.vault, lines),
    )


@router.post("/calls/{call_id}/readings", status_code=201, responses=refuses(ASKED_ALREADY))
async def ask(
    backend: BackendDep, work: CommandWork, who: RecordFinder, call_id: str, wanted: ReasonIn
) -> ReadingOut:
    """Ask to read the record of a call that somebody else handled. A supervisor decides."""
    call = await _not_theirs_yet(work, call_id, who)
    at = backend.clock.now()
    asked = await ask_to_read(work, backend.vault, call, wanted.reason, by=who.staff_id, at=at)
    return _out(asked)


@router.post("/calls/{call_id}/readings/emergency", status_code=201, responses=refuses(MAY_READ))
async def emergency(
    backend: BackendDep, work: CommandWork, who: ConfirmedFinder, call_id: str, wanted: ReasonIn
) -> ReadingOut:
    """Read it at once, for two hours. Supervisors are told, and one looks at it within a day."""
    call, at = await _not_theirs_yet(work, call_id, who), backend.clock.now()
    why, by = wanted.reason, who.staff_id
    taken = await read_in_emergency(work, backend.vault, call, why, by=by, at=at)
    await _write_down(work, call, ActKind.READING_TAKEN, taken, by=by, at=at)
    return _out(taken)


@router.post("/readings/{reading_id}/grant", responses=refuses(ANSWERED, TOO_LONG))
async def grant(
    backend: BackendDep, work: CommandWork, who: ConfirmedApprover, reading_id: str, said: GrantIn
) -> ReadingOut:
    """Open the record to who asked, for a limited time. Not to oneself."""
    answer = ReadingAnswer(event=ReadingEvent.GRANT, words=said.words, by=who.staff_id,
                           hours=said.hours)  # fmt: skip
    return await _answer(backend, work, who, reading_id, answer)


@router.post("/readings/{reading_id}/refuse", responses=refuses(ANSWERED))
async def refuse(
    backend: BackendDep, work: CommandWork, who: Approver, reading_id: str, said: WordsIn
) -> ReadingOut:
    """It stays shut; who asked reads the words."""
    answer = ReadingAnswer(event=ReadingEvent.REFUSE, words=said.words, by=who.staff_id)
    return await _answer(backend, work, who, reading_id, answer)


@router.post("/readings/{reading_id}/uphold", responses=refuses(ANSWERED))
async def uphold(
    backend: BackendDep, work: CommandWork, who: ConfirmedApprover, reading_id: str, said: WordsIn
) -> ReadingOut:
    """A second person looked at an emergency: it was one."""
    answer = ReadingAnswer(event=ReadingEvent.UPHOLD, words=said.words, by=who.staff_id)
    return await _answer(backend, work, who, reading_id, answer)


@router.post("/readings/{reading_id}/object", responses=refuses(ANSWERED))
async def object_to(
    backend: BackendDep, work: CommandWork, who: Approver, reading_id: str, said: WordsIn
) -> ReadingOut:
    """A second person looked at an emergency: it was none. The record is shut at once."""
    answer = ReadingAnswer(event=ReadingEvent.OBJECT, words=said.words, by=who.staff_id)
    return await _answer(backend, work, who, reading_id, answer)


@router.post("/readings/{reading_id}/end", responses=refuses(ANSWERED))
async def end(
    backend: BackendDep, work: CommandWork, who: Approver, reading_id: str, said: WordsIn
) -> ReadingOut:
    """Shut the record again before its time is over."""
    answer = ReadingAnswer(event=ReadingEvent.END, words=said.words, by=who.staff_id)
    return await _answer(backend, work, who, reading_id, answer)


@router.post("/readings/{reading_id}/withdraw", responses=refuses(ANSWERED))
async def withdraw(
    backend: BackendDep, work: CommandWork, who: RecordFinder, reading_id: str
) -> ReadingOut:
    """One's own request: it is not needed any more."""
    reading, _call = await _locked(work, reading_id)
    if reading.staff_id != who.staff_id:
        raise NotFound
    withdraw_reading(work, reading, by=who.staff_id, at=backend.clock.now())
    return _out(reading)


ACTS = {
    ReadingEvent.GRANT: ActKind.READING_GRANTED,
    ReadingEvent.REFUSE: ActKind.READING_REFUSED,
    ReadingEvent.UPHOLD: ActKind.READING_UPHELD,
    ReadingEvent.OBJECT: ActKind.READING_OBJECTED,
    ReadingEvent.END: ActKind.READING_ENDED,
}


async def _answer(
    backend: Backend, work: Work, who: SignedIn, reading_id: str, answer: ReadingAnswer
) -> ReadingOut:
    reading, call = await _locked(work, reading_id)
    await permitted_call(work, call, who, Permission.APPROVE_READING)
    at = backend.clock.now()
    await answer_reading(work, backend.vault, call, reading, answer, at=at)
    await _write_down(work, call, ACTS[answer.event], reading, by=who.staff_id, at=at)
    return _out(reading)


async def _not_theirs_yet(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call of which they may know that there is a record, locked. Raises `IllegalMove`."""
    call = await permitted_call(work, await lock_call(work, call_id), who, Permission.FIND_RECORD)
    if await may_do(work, call, who, Permission.READ_RECORD):
        raise IllegalMove(MAY_READ)
    return call


async def _locked(work: Work, reading_id: str) -> tuple[RecordReading, Call]:
    """Both, held until the unit of work ends. Raises `NotFound`."""
    found = await work.get(RecordReading, reading_id)
    if found is None:
        raise NotFound
    call = await lock_call(work, found.call_id)
    await work.refresh(found)
    return found, call


async def _write_down(
    work: Work, call: Call, kind: ActKind, reading: RecordReading, *, by: str, at: datetime
) -> None:
    """Of whom, and until when. Words are sealed with the request: more people read the acts."""
    reader = await work.get_one(Staff, reading.staff_id)
    until = reading.until.isoformat() if reading.until else None
    act = NewAct(
        by_id=by,
        kind=kind,
        subject=SubjectKind.CALL,
        subject_id=call.id,
        lines=frozenset({call.line_id}),
        after={"reading": reading.id, "name": reader.name, "until": until},
    )
    await record_act(work, act, at=at)


def _out(reading: RecordReading) -> ReadingOut:
    return ReadingOut(
        id=reading.id,
        state=reading.state,
        until=reading.until,
        review_due_at=reading.review_due_at,
    )
