"""The plan of a case: steps by their day, done or dropped."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.cases import plan
from hotline.cases.queries import require_case
from hotline.cases.refusals import REFUSALS
from hotline.staff.permissions import Permission
from hotline.storage.tables import CaseStep
from hotline.web.api.case_people import NOT_WHY, WhyIn
from hotline.web.api.refusals import refuses
from hotline.web.auth import CaseWorker
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/cases/{case_id}/steps", tags=["cases"], route_class=IdempotentRoute)

StepWords = Annotated[str, Field(min_length=1, max_length=1000)]
REFUSED = refuses(REFUSALS["changed"], plan.NO_WORDS, kind="CaseRefused", reason="changed")
GONE = refuses(REFUSALS["gone"], kind="CaseRefused", reason="gone")
CLOSED = refuses(REFUSALS["closed"], plan.NO_WORDS, kind="CaseRefused", reason="closed")


class StepIn(BaseModel):
    """What is to be done, and by which day."""

    text: StepWords
    due_on: date | None = None


class StepChangeIn(BaseModel):
    """What it says from now on; `text`: left out, the words stay. `based_on`: the version seen."""

    text: StepWords | None = None
    due_on: date | None = None
    based_on: int = Field(ge=0)


class DoneIn(BaseModel):
    """What came of it, if there is something to say."""

    text: Annotated[str, Field(max_length=4000)] = ""


class StepOut(BaseModel):
    """Which step, and its version by now."""

    id: str
    version: int


@router.post("", responses=CLOSED)
async def add(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, step: StepIn
) -> StepOut:
    """Something more to be done."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    act = act_of(backend, who)
    return out(await plan.add_step(work, act, case_id, step.text, step.due_on))


@router.put("/{step_id}", responses=REFUSED)
async def change(
    backend: BackendDep,
    work: WorkDep,
    who: CaseWorker,
    case_id: str,
    step_id: str,
    step: StepChangeIn,
) -> StepOut:
    """Other words, another day."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    words = None if step.text is None else step.text.strip()
    to = plan.StepChange(words=words, due_on=step.due_on, based_on=step.based_on)
    return out(await plan.change_step(work, act_of(backend, who), (case_id, step_id), to))


@router.post("/{step_id}/done", responses=GONE)
async def done(
    backend: BackendDep,
    work: CommandWork,
    who: CaseWorker,
    case_id: str,
    step_id: str,
    said: DoneIn,
) -> StepOut:
    """It is done."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    act = act_of(backend, who)
    return out(await plan.finish_step(work, act, (case_id, step_id), said.text.strip()))


@router.post("/{step_id}/drop", responses=NOT_WHY)
async def drop(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, step_id: str, why: WhyIn
) -> StepOut:
    """It will not be done, and why."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    return out(await plan.drop_step(work, act_of(backend, who), (case_id, step_id), why.text))


def out(step: CaseStep) -> StepOut:
    """As every command answers."""
    return StepOut(id=step.id, version=step.version)
