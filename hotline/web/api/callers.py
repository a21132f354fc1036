"""What is done about callers beyond one call: abuse, blocks, plans for who calls often."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callers import abuse, blocks, plans
from hotline.callers.blocks import AbuseCode, BlockShown, NewBlock, block_caller, lift_by_id
from hotline.callers.odd_calls import OddCalls, odd_calls
from hotline.callers.plans import NewPlan, PlanProposal, PlanShown, approve_plan, end_plan
from hotline.callers.where import calls_by_place, note_place
from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.i18n.catalog import midnight_before
from hotline.recordings.telling import OwedShown, notices_owed
from hotline.staff.permissions import Permission
from hotline.staff.sign_in import SignedIn
from hotline.stations.divisions import UNKNOWN_PLACE
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.api.refusals import Responses, refuses
from hotline.web.auth import CallReader, FloorDirector
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

NOT_A_PLACE: Responses = {422: refuses(UNKNOWN_PLACE, UNKNOWN_PLACE)[422]}

router = APIRouter(tags=["callers"], route_class=IdempotentRoute)


class PlaceIn(BaseModel):
    """A city or district by its Chinese name; empty: not known after all."""

    place: str = Field(max_length=40, examples=["天河区"])


class AbusiveIn(BaseModel):
    """What the caller did."""

    code: AbuseCode


class BlockIn(BaseModel):
    """`hours`: 24, or up to 30 days with a day on which somebody looks at it again."""

    code: AbuseCode
    hours: int = Field(default=blocks.FIRST_HOURS, ge=1, le=blocks.MOST_HOURS)
    review_on: date | None = None


class BlockOut(BaseModel):
    """The block, and when it ends by itself."""

    id: str
    until: datetime


class PlanIn(BaseModel):
    """What is agreed with a caller. `times`: in words, as they are told to them."""

    counselor: str = Field(min_length=1, max_length=80, examples=["li"])
    times: str = Field(min_length=1, max_length=200, examples=["Mon to Fri, 19:00 to 20:00"])
    minutes: int = Field(ge=5, le=180, examples=[30])
    goals: str = Field(min_length=1, max_length=2000, examples=["sleep better; call the clinic"])
    review_on: date


class PlanOut(BaseModel):
    """The plan that holds from now on."""

    id: str


class CallersOut(BaseModel):
    """Of the reader's lines: what is in force, who calls often, and today's odd calls.

    `places_today`: by name, empty where nobody knows. `to_be_told`: who was recorded in an
    emergency, and does not know it yet.
    """

    blocks: list[BlockShown]
    proposals: list[PlanProposal]
    plans: list[PlanShown]
    odd_today: OddCalls
    places_today: list[tuple[str, int]]
    to_be_told: list[OwedShown]


@router.get("/callers")
async def callers(backend: BackendDep, work: WorkDep, who: FloorDirector) -> CallersOut:
    """Blocks and plans in force, proposals, and today's calls that were none to talk in."""
    now = backend.clock.now()
    return CallersOut(
        blocks=await blocks.blocks_of(work, who.lines, at=now),
        proposals=await plans.proposals(work, who.lines, at=now),
        plans=await plans.plans_of(work, backend.vault, who.lines),
        places_today=await calls_by_place(work, who.lines, since=midnight_before(now)),
        to_be_told=await notices_owed(work, who.lines),
        odd_today=await odd_calls(work, who.lines, since=midnight_before(now)),
    )


@router.put("/calls/{call_id}/place", status_code=204, responses=NOT_A_PLACE)
async def place(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: PlaceIn
) -> None:
    """Where the caller is, as they said: a station there answers for a flag that is raised."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.ACT_IN_CALL)
    await note_place(work, call, wanted.place, at=backend.clock.now(), by=who.staff_id)


@router.post("/calls/{call_id}/abusive", status_code=204, responses=refuses(abuse.IN_DANGER))
async def abusive(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: AbusiveIn
) -> None:
    """End the talk with a word to the caller. It counts as talked, and the record says abusive."""
    call = await lock_call(work, call_id)
    await permitted_call(work, call, who, Permission.ACT_IN_CALL)
    now = backend.clock.now()
    await abuse.end_abusive(work, backend.vault, call, wanted.code, at=now, by=who.staff_id)


@router.post(
    "/calls/{call_id}/block",
    status_code=201,
    responses=refuses(blocks.BLOCKED_ALREADY, blocks.REVIEW_FIRST),
)
async def block(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: BlockIn
) -> BlockOut:
    """Do not put this caller through for a while. Danger is put through, always."""
    call = await _directed(work, call_id, who)
    new = NewBlock(code=wanted.code, hours=wanted.hours, review_on=wanted.review_on)
    made = await block_caller(work, call, new, at=backend.clock.now(), by=who.staff_id)
    return BlockOut(id=made.id, until=made.until)


@router.post(
    "/callers/blocks/{block_id}/lift", status_code=204, responses=refuses(blocks.LIFTED_ALREADY)
)
async def lift(backend: BackendDep, work: CommandWork, who: FloorDirector, block_id: str) -> None:
    """Put the number through again."""
    await lift_by_id(work, block_id, who, at=backend.clock.now())


@router.post(
    "/calls/{call_id}/plan",
    status_code=201,
    responses=refuses(plans.PLANNED_ALREADY, plans.NOT_ON_LINE),
)
async def plan(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str, wanted: PlanIn
) -> PlanOut:
    """Approve a plan for a caller who calls often."""
    call = await _directed(work, call_id, who)
    new = NewPlan(
        counselor_id=wanted.counselor,
        times=wanted.times,
        minutes=wanted.minutes,
        goals=wanted.goals,
        review_on=wanted.review_on,
    )
    now = backend.clock.now()
    made = await approve_plan(work, backend.vault, call, new, at=now, by=who.staff_id)
    return PlanOut(id=made.id)


@router.post(
    "/callers/plans/{plan_id}/end", status_code=204, responses=refuses(plans.ENDED_ALREADY)
)
async def end(backend: BackendDep, work: CommandWork, who: FloorDirector, plan_id: str) -> None:
    """A plan holds no more."""
    await end_plan(work, plan_id, who, at=backend.clock.now())


async def _directed(work: Work, call_id: str, who: SignedIn) -> Call:
    """A call of their lines, locked."""
    call = await lock_call(work, call_id)
    return await permitted_call(work, call, who, Permission.DIRECT_FLOOR)
