"""Cases: opened by hand, closed, and opened again. Each part of one has a file of its own."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.cases.model import CaseEvent, CaseResult, OpenedAs
from hotline.cases.queries import require_case
from hotline.cases.service import Opening, case_for_call, close_case, lock_case, move_case
from hotline.cases.timeline import CaseAct
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.storage.tables import Case
from hotline.web.auth import CallReader, CaseCloser
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(tags=["cases"], route_class=IdempotentRoute)

CaseWords = Annotated[str, Field(min_length=1, max_length=4000)]


class CaseOut(BaseModel):
    """How it stands after the command."""

    id: str
    number: str
    state: str


class EndIn(BaseModel):
    """What it came to, and in words."""

    result: CaseResult
    text: CaseWords


@router.post("/calls/{call_id}/case")
async def open_by_hand(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str
) -> CaseOut:
    """The case of this call, opened where there is none. Whoever writes the record may."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    by, at = Actor.of_staff(who.staff_id), backend.clock.now()
    opening = Opening(opened_as=OpenedAs.BY_HAND, station_id=None, by=by, at=at)
    return out(await case_for_call(work, call, opening))


@router.post("/cases/{case_id}/close")
async def close(
    backend: BackendDep, work: CommandWork, who: CaseCloser, case_id: str, end: EndIn
) -> CaseOut:
    """It is over, and what it came to."""
    await require_case(work, case_id, who, Permission.CLOSE_CASE)
    by, at = Actor.of_staff(who.staff_id), backend.clock.now()
    act = CaseAct(vault=backend.vault, by=by, at=at)
    return out(await close_case(work, act, case_id, result=end.result, words=end.text))


@router.post("/cases/{case_id}/reopen")
async def reopen(backend: BackendDep, work: CommandWork, who: CaseCloser, case_id: str) -> CaseOut:
    """There is something to look after again."""
    await require_case(work, case_id, who, Permission.CLOSE_CASE)
    case = await lock_case(work, case_id)
    by, at = Actor.of_staff(who.staff_id), backend.clock.now()
    move_case(work, case, CaseEvent.OPENED_AGAIN, by=by, at=at)
    return out(case)


def out(case: Case) -> CaseOut:
    """As every command answers."""
    return CaseOut(id=case.id, number=case.number, state=case.state)
