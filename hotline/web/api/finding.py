"""Finding records: by codes, by time, and by a number, which leaves a trace."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import col, func, select

from hotline.audit.model import ActKind, NewAct, SubjectKind
from hotline.audit.service import record_act
from hotline.calls.readings import may_be_found
from hotline.numbers import masked
from hotline.records.finding import FoundPage, find_records
from hotline.records.number_searches import index_of_number, seal_search
from hotline.storage.tables import Call
from hotline.web.auth import RecordFinder
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.finding import FindIn, sought_by

router = APIRouter(prefix="/records", tags=["calls"])


class NumberIn(BaseModel):
    """A caller's number, however it is written."""

    number: str = Field(min_length=1, max_length=40, examples=["138 0013 8000"])


class NumberOut(BaseModel):
    """`search`: what to find by, for this person and this shift. `masked`: whose number it is."""

    search: str
    masked: str
    found: int


@router.get("")
async def find(
    backend: BackendDep, work: WorkDep, who: RecordFinder, wanted: Annotated[FindIn, Query()]
) -> FoundPage:
    """A page of records, the newest first, without a word of what they say.

    What the reader may not read is told by line, time and number alone: `may_read` is false.
    """
    sought = await sought_by(backend, work, who, wanted)
    at = backend.clock.now()
    return await find_records(work, who, sought, at=at, after=wanted.after)


@router.post("/number-searches", status_code=201)
async def search_number(
    backend: BackendDep, work: WorkDep, who: RecordFinder, wanted: NumberIn
) -> NumberOut:
    """Whose number it is that one wants to search by; supervisors of one's lines read of it.

    Keeps no answer for repeats, since the request is a number.
    """
    at, index = backend.clock.now(), index_of_number(backend.vault, wanted.number)
    theirs = select(func.count()).select_from(Call).where(col(Call.from_index) == index)
    found = (await work.exec(theirs.where(may_be_found(who)))).one()
    shown = masked(wanted.number)
    act = NewAct(
        by_id=who.staff_id,
        kind=ActKind.NUMBER_SOUGHT,
        subject=SubjectKind.FLOOR,
        subject_id="",
        lines=frozenset(who.lines),
        after={"masked": shown, "found": found},
    )
    await record_act(work, act, at=at)
    sealed = seal_search(backend.vault, index, by=who.staff_id, at=at)
    return NumberOut(search=sealed, masked=shown, found=found)
