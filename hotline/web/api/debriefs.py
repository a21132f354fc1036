"""Debriefs after heavy calls, and a word with a supervisor for the asking."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hotline.debriefs.model import DebriefEnd, PutOff
from hotline.debriefs.queries import (
    DebriefRow,
    debriefs_around,
    debriefs_owed,
    permitted_debrief,
    require_one_of_two,
)
from hotline.debriefs.service import (
    NOT_THEM,
    OVER,
    WRONG_TIME,
    DebriefOver,
    ask_for_word,
    close_debrief,
    lock_debrief,
    open_note,
    put_off_debrief,
    take_debrief,
)
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallTaker, Debriefer, FloorDirector
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import Moment

router = APIRouter(tags=["debriefs"], route_class=IdempotentRoute)
notes = APIRouter(
    tags=["debriefs"]
)  # no answer of these is kept for repeats: the note stands in it


class WordOut(BaseModel):
    """The word that was asked for. It is late after `due_at`."""

    id: str
    due_at: datetime


class TakerIn(BaseModel):
    """Who talks with them, by id; nobody named: I do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"taker": "wong"}]})

    taker: str = Field(default="", max_length=40)


class PutOffIn(BaseModel):
    """Until when it can wait, and why."""

    until: Moment
    why: PutOff = Field(examples=[PutOff.SHIFT_ENDS])


class DebriefDoneIn(BaseModel):
    """What came of it. The note is sealed, and for the two who talked alone."""

    how: DebriefEnd = Field(examples=[DebriefEnd.TALKED])
    note: str = Field(default="", max_length=500)


class NoteOut(BaseModel):
    """What was noted; empty for nothing."""

    note: str


@router.post("/me/word")
async def asks_for_word(backend: BackendDep, work: CommandWork, who: CallTaker) -> WordOut:
    """I want a word with a supervisor. It stands on the floor until one takes it; again: fine."""
    row = await ask_for_word(work, who.staff_id, at=backend.clock.now())
    return WordOut(id=row.id, due_at=row.due_at)


@router.get("/me/debriefs")
async def mine(backend: BackendDep, work: WorkDep, who: Debriefer) -> list[DebriefRow]:
    """Talks that I am owed, or said I would have; what is due first stands first."""
    return await debriefs_around(work, who.staff_id, at=backend.clock.now())


@router.get("/floor/debriefs")
async def owed(backend: BackendDep, work: WorkDep, who: FloorDirector) -> list[DebriefRow]:
    """Talks that people of my lines are owed: who asks for a word first, then what is due first."""
    return await debriefs_owed(work, who.lines, at=backend.clock.now())


@router.post("/debriefs/{debrief_id}/taker", status_code=204, responses=refuses(OVER, NOT_THEM))
async def takes(
    backend: BackendDep,
    work: CommandWork,
    who: Debriefer,
    debrief_id: str,
    wanted: TakerIn | None = None,
) -> None:
    """I talk with them, or whom I name does: both see it."""
    row = await permitted_debrief(work, await lock_debrief(work, debrief_id), who)
    taker = (wanted.taker if wanted else "") or who.staff_id
    await take_debrief(work, row, taker, by_id=who.staff_id, at=backend.clock.now())


@router.post("/debriefs/{debrief_id}/put-off", status_code=204, responses=refuses(OVER, WRONG_TIME))
async def puts_off(
    backend: BackendDep, work: CommandWork, who: Debriefer, debrief_id: str, wanted: PutOffIn
) -> None:
    """It is later, for a reason."""
    row = await permitted_debrief(work, await lock_debrief(work, debrief_id), who)
    now = backend.clock.now()
    await put_off_debrief(work, row, wanted.until, wanted.why, by_id=who.staff_id, at=now)


@router.post("/debriefs/{debrief_id}/done", status_code=204, responses=refuses(OVER))
async def done(
    backend: BackendDep, work: CommandWork, who: Debriefer, debrief_id: str, wanted: DebriefDoneIn
) -> None:
    """They talked, or need not. Said so before: fine."""
    row = await permitted_debrief(work, await lock_debrief(work, debrief_id), who)
    over = DebriefOver(how=wanted.how, note=wanted.note, by_id=who.staff_id)
    await close_debrief(work, backend.vault, row, over, at=backend.clock.now())


@notes.post("/debriefs/{debrief_id}/note")
async def note(backend: BackendDep, work: WorkDep, who: Debriefer, debrief_id: str) -> NoteOut:
    """Read what was noted: for the two who talked, and it stays written down that they read it."""
    row = await permitted_debrief(work, await lock_debrief(work, debrief_id), who)
    require_one_of_two(row, who)
    now = backend.clock.now()
    return NoteOut(note=open_note(work, backend.vault, row, by_id=who.staff_id, at=now))


router.include_router(notes)
