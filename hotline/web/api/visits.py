"""Colours and visits of a case: proposed, confirmed, planned, made."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.cases.queries import require_case, standing_case
from hotline.escalations.model import Level
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission, may
from hotline.storage.session import Work
from hotline.visits.colouring import WantedColour, confirm, propose
from hotline.visits.model import ChildMood, ChildNeed, ChildSeen, VisitPlace
from hotline.visits.planning import FamilyReturn, NewVisitPlan, replan, return_to_family
from hotline.visits.plans import plan_of
from hotline.visits.queries import VisitWords, open_words
from hotline.visits.refusals import refusal
from hotline.visits.visiting import NewVisit, record_visit
from hotline.web.auth import CaseAdder, CaseReader, CaseWorker, ColourConfirmer
from hotline.web.case_acts import act_of
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(tags=["cases"], route_class=IdempotentRoute)

ColourReason = Annotated[str, Field(max_length=1000)]


class ColourIn(BaseModel):
    """A colour of the set in force. A reason, where it is another one than was proposed."""

    colour: str = Field(min_length=1, max_length=20, examples=["red"])
    reason: ColourReason = ""


class VisitPlanIn(BaseModel):
    """Either or both. Looser only for whoever may."""

    every_days: Annotated[int, Field(ge=1, le=366)] | None = None
    next_on: date | None = None
    reason: str = Field(min_length=1, max_length=1000)


class FamilyIn(BaseModel):
    """A child is back with the family."""

    returned_on: date
    months: int = Field(ge=1, le=36)
    reason: ColourReason = ""


class VisitIn(BaseModel):
    """What was seen. `visited_at`: when somebody was there, by their own clock; without a zone it
    is the time of the place. `along`: who of the help group, by what they are, without names.

    `concern`: a fear for the child, which is a flag to the hotline. `colour` with a `reason`: it
    is another one now, confirmed or proposed as whoever went may.
    """

    client_key: str = Field(min_length=8, max_length=64)
    visited_at: MomentHere
    place: VisitPlace
    seen: ChildSeen
    division: str = Field(default="", max_length=12)
    along: str = Field(default="", max_length=200)
    moods: list[ChildMood] = Field(default_factory=list, max_length=5)
    needs: list[ChildNeed] = Field(default_factory=list, max_length=8)
    note: str = Field(default="", max_length=4000)
    concern: str = Field(default="", max_length=2000)
    level: Level = Level.HIGH
    colour: str = Field(default="", max_length=20)
    reason: ColourReason = ""


class DueOut(BaseModel):
    """What the case waits for after the command."""

    due_for: str
    due_at: datetime | None


@router.post("/cases/{case_id}/colour-proposals")
async def propose_colour(
    backend: BackendDep, work: CommandWork, who: CaseAdder, case_id: str, wanted: ColourIn
) -> DueOut:
    """The hotline thinks so; it counts when the station confirms it."""
    await require_case(work, case_id, who, Permission.ADD_TO_CASE)
    await propose(work, act_of(backend, who), case_id, _wanted(wanted))
    return await _due(work, case_id)


@router.post("/cases/{case_id}/colour")
async def confirm_colour(
    backend: BackendDep, work: CommandWork, who: ColourConfirmer, case_id: str, wanted: ColourIn
) -> DueOut:
    """The station decides."""
    await require_case(work, case_id, who, Permission.CONFIRM_COLOUR)
    await confirm(work, act_of(backend, who), case_id, _wanted(wanted))
    return await _due(work, case_id)


@router.post("/cases/{case_id}/visit-plan")
async def plan_visits(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, wanted: VisitPlanIn
) -> DueOut:
    """How often, and when next."""
    standing = await require_case(work, case_id, who, Permission.WORK_CASE)
    may_loosen = may(who.roles, standing, Permission.LOOSEN_VISITS)
    changed = NewVisitPlan(**wanted.model_dump())
    await replan(work, act_of(backend, who), case_id, changed, may_loosen=may_loosen)
    return await _due(work, case_id)


@router.post("/cases/{case_id}/family-return")
async def child_returned(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, told: FamilyIn
) -> DueOut:
    """Followed for some months."""
    await require_case(work, case_id, who, Permission.WORK_CASE)
    await return_to_family(work, act_of(backend, who), case_id, FamilyReturn(**told.model_dump()))
    return await _due(work, case_id)


@router.post("/cases/{case_id}/visits")
async def visit(
    backend: BackendDep, work: CommandWork, who: CaseWorker, case_id: str, told: VisitIn
) -> DueOut:
    """Somebody went. A colour that changes by it is one act with it."""
    standing = await require_case(work, case_id, who, Permission.WORK_CASE)
    act = act_of(backend, who)
    fields = told.model_dump(exclude={"colour", "reason"})
    made = await record_visit(work, act, case_id, NewVisit(**fields))
    if told.colour and made.sent_at == act.at:  # what arrives again decides nothing again
        if not told.reason.strip():
            raise refusal("say_why")
        confirms = may(who.roles, standing, Permission.CONFIRM_COLOUR)
        wanted = WantedColour(colour=told.colour, reason=told.reason)
        await (confirm if confirms else propose)(work, act, case_id, wanted)
    return await _due(work, case_id)


@router.get("/cases/{case_id}/visits")
async def visit_words(
    backend: BackendDep, work: WorkDep, who: CaseReader, case_id: str
) -> list[VisitWords]:
    """What was written of visits and colours, opened; that leaves a trace."""
    await require_case(work, case_id, who, Permission.READ_CASE)
    case_id = await standing_case(work, case_id)
    reader, at = Actor.of_staff(who.staff_id), backend.clock.now()
    return await open_words(work, backend.vault, case_id, reader=reader, at=at)


def _wanted(told: ColourIn) -> WantedColour:
    return WantedColour(colour=told.colour, reason=told.reason)


async def _due(work: Work, case_id: str) -> DueOut:
    plan = await plan_of(work, await standing_case(work, case_id))
    if plan is None:
        return DueOut(due_for="", due_at=None)
    return DueOut(due_for=plan.due_for, due_at=plan.due_at)
