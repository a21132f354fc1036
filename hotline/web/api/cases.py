"""Cases: listed, read, opened by hand, closed, opened again. Each part has a file of its own."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.listing import CasePage, list_cases
from hotline.cases.merging import by_number
from hotline.cases.model import CaseResult, LinkKind, OpenedAs
from hotline.cases.queries import require_case, standing_case, together
from hotline.cases.refusals import REFUSALS
from hotline.cases.service import (
    NO_WORDS,
    CaseEnd,
    Opening,
    case_for_call,
    close_case,
    link,
    lock_case,
    lock_open_case,
    open_again,
)
from hotline.cases.timeline import keep_trace
from hotline.floor.case_hindrances import LOOKS
from hotline.floor.case_told import CaseFor, CaseTold, case_told
from hotline.i18n.catalog import ENGLISH, speaking
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.statutory.service import died
from hotline.storage.session import Work
from hotline.storage.tables import Case
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader, CaseCloser, CaseReader
from hotline.web.case_acts import act_of
from hotline.web.case_lists import OPENED, CaseNumber, ListIn
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.pages.rendering import language_of

router = APIRouter(tags=["cases"], route_class=IdempotentRoute)

CaseWords = Annotated[str, Field(min_length=1, max_length=4000)]
NOT_OVER = refuses(REFUSALS["not_over"], NO_WORDS, kind="CaseRefused", reason="not_over")


class CaseOut(BaseModel):
    """How it stands after the command."""

    id: str
    number: str
    state: str


class EndIn(BaseModel):
    """What it came to, and in words."""

    result: CaseResult
    text: CaseWords


class JoinIn(BaseModel):
    """`number`: of a case that the call belongs to; empty: its own, or a new one."""

    number: CaseNumber = ""


@router.get("/cases")
async def listed(
    backend: BackendDep, work: WorkDep, who: CaseReader, asked: Annotated[ListIn, Query()]
) -> CasePage:
    """Those that somebody may see: that each is there, and nothing of whom it is about."""
    return await list_cases(work, who, asked.sought, at=backend.clock.now(), after=asked.after)


@router.get("/cases/{case_id}")
async def one(
    request: Request, backend: BackendDep, work: WorkDep, who: CaseReader, case_id: str
) -> CaseTold:
    """All that is shown without opening a word."""
    reading = await reading_of(request, backend, work, who, case_id)
    with speaking(language_of(request)):
        return await case_told(work, reading)


@router.get("/cases/{case_id}/content")
async def content(
    request: Request, backend: BackendDep, work: WorkDep, who: CaseReader, case_id: str
) -> CaseTold:
    """The same with names, notes and the plan's words. Reading it leaves a trace."""
    reading = await reading_of(request, backend, work, who, case_id, opens=True)
    keep_trace(work, reading.case.id, OPENED, by=Actor.of_staff(who.staff_id), at=reading.at)
    with speaking(language_of(request)):
        return await case_told(work, reading)


async def reading_of(
    request: Request,
    backend: Backend,
    work: Work,
    who: SignedIn,
    case_id: str,
    *,
    opens: bool = False,
) -> CaseFor:
    """How somebody reads a case. Raises `NotFound`, `Forbidden`."""
    wanted = Permission.READ_CASE if opens else Permission.SEE_CASE
    standing = await require_case(work, case_id, who, wanted)
    case = await work.get_one(Case, await standing_case(work, case_id))
    return CaseFor(
        case=case,
        ids=await together(work, case.id),
        who=who,
        standing=standing,
        at=backend.clock.now(),
        in_english=language_of(request) == ENGLISH,
        vault=backend.vault if opens else None,
    )


@router.post("/calls/{call_id}/case", responses=refuses(REFUSALS["other_case"], kind="CaseRefused"))
async def open_by_hand(
    backend: BackendDep,
    work: CommandWork,
    who: CallReader,
    call_id: str,
    join: JoinIn | None = None,
) -> CaseOut:
    """The case of this call, opened where there is none; or it joins the one that is named.

    Whoever writes the call's record may, and for a named case add to that.
    """
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    by, at = Actor.of_staff(who.staff_id), backend.clock.now()
    if join is None or not join.number:
        opening = Opening(opened_as=OpenedAs.BY_HAND, station_id=None, by=by, at=at)
        return out(await case_for_call(work, call, opening))
    named = await by_number(work, join.number)
    await require_case(work, named.id, who, Permission.ADD_TO_CASE)
    case = await lock_open_case(work, named.id)
    await link(work, case, LinkKind.CALL, call.id, by=by, at=at)
    return out(case)


@router.post("/cases/{case_id}/close", responses=NOT_OVER)
async def close(
    backend: BackendDep, work: CommandWork, who: CaseCloser, case_id: str, end: EndIn
) -> CaseOut:
    """It is over, and what it came to. Refused while an alarm of it is not."""
    await require_case(work, case_id, who, Permission.CLOSE_CASE)
    act, ending = act_of(backend, who), CaseEnd(end.result, end.text)
    case = await close_case(work, act, case_id, ending, looks=LOOKS)
    if end.result is CaseResult.DIED:
        await died(work, case, by=act.by, at=act.at, settings=backend.settings)
    return out(case)


@router.post("/cases/{case_id}/reopen")
async def reopen(backend: BackendDep, work: CommandWork, who: CaseCloser, case_id: str) -> CaseOut:
    """There is something to look after again."""
    await require_case(work, case_id, who, Permission.CLOSE_CASE)
    case, act = await lock_case(work, case_id), act_of(backend, who)
    open_again(work, case, by=act.by, at=act.at)
    return out(case)


def out(case: Case) -> CaseOut:
    """As every command answers."""
    return CaseOut(id=case.id, number=case.number, state=case.state)
