"""What people of a line ask of the roster, and what planners answer: volunteers, leave, swaps."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.roster import leave, swaps, volunteering
from hotline.roster.access import (
    leave_to_decide,
    own_leave,
    own_shift,
    shift_to_take,
    swap_to_decide,
    swap_to_take,
    take_turns,
    volunteer_to_decide,
)
from hotline.roster.model import LeaveKind
from hotline.roster.refusals import SENTENCES, RosterRefusal, Weighed
from hotline.storage.tables import Staff
from hotline.web.api.refusals import refuses
from hotline.web.api.roster import act_now
from hotline.web.auth import FloorReader, RosterPlanner
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.moments import MomentHere

router = APIRouter(prefix="/roster", tags=["roster"], route_class=IdempotentRoute)

OPENS_HOLE, HAS_SHIFT = RosterRefusal.OPENS_HOLE, RosterRefusal.HAS_SHIFT
HOLE = {
    "begins_at": "2026-12-07T14:00:00+00:00",
    "ends_at": "2026-12-07T16:00:00+00:00",
    "line": "youth",
    "lack": "seat",
    "missing": 1,
    "languages": [],
}
FIX = {
    "lines": ["youth"],
    "kind": "duty",
    "begins_at": "2026-12-07T14:00:00+00:00",
    "ends_at": "2026-12-07T16:00:00+00:00",
    "people": [{"id": "wong", "name": "王"}],
}
LEFT_ALONE = refuses(
    SENTENCES[OPENS_HOLE],
    kind="RosterRefused",
    reason=OPENS_HOLE.value,
    holes=[HOLE],
    fixes=[FIX],
    elsewhere=False,
)
NOT_FREE = refuses(SENTENCES[HAS_SHIFT], kind="RosterRefused", reason=HAS_SHIFT.value)


class RosterAnswerIn(BaseModel):
    """Why, for whoever asked."""

    text: str = Field(default="", max_length=200)


class LeaveIn(BaseModel):
    """When, on quarter hours; without a zone it is the time of the place."""

    kind: LeaveKind = LeaveKind.HOLIDAY
    begins_at: MomentHere
    ends_at: MomentHere


class LeaveOut(BaseModel):
    """The leave that was asked for."""

    id: str


class SwapOfferedOut(BaseModel):
    """The offer, which colleagues of the shift's lines see."""

    id: str


class SwapTakenIn(BaseModel):
    """`in_return`: a shift of mine that the giver gets for it; left out: none."""

    in_return: str | None = Field(default=None, max_length=40)


# ── volunteers ──────────────────────────────────────────────────────────────────────────────────


@router.post("/shifts/{shift_id}/volunteer", status_code=204, responses=NOT_FREE)
async def volunteers(
    backend: BackendDep, work: CommandWork, who: FloorReader, shift_id: str
) -> None:
    """I would take this open shift; a supervisor decides."""
    shift = await shift_to_take(work, shift_id, who)
    await volunteering.volunteer(work, act_now(backend, who), shift)


@router.post("/shifts/{shift_id}/step-back", status_code=204, responses=NOT_FREE)
async def steps_back(
    backend: BackendDep, work: CommandWork, who: FloorReader, shift_id: str
) -> None:
    """I would not any more."""
    shift = await shift_to_take(work, shift_id, who)
    await volunteering.step_back(work, act_now(backend, who), shift)


@router.post("/shifts/{shift_id}/approve", status_code=204, responses=NOT_FREE)
async def approves_volunteer(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, shift_id: str
) -> None:
    """Whoever volunteered has it."""
    shift = await volunteer_to_decide(work, shift_id, who)
    await volunteering.approve_volunteer(work, act_now(backend, who), shift)


@router.post("/shifts/{shift_id}/refuse", status_code=204, responses=NOT_FREE)
async def refuses_volunteer(
    backend: BackendDep,
    work: CommandWork,
    who: RosterPlanner,
    shift_id: str,
    said: RosterAnswerIn | None = None,
) -> None:
    """It stays open."""
    shift = await volunteer_to_decide(work, shift_id, who)
    answer = said.text if said is not None else ""
    await volunteering.refuse_volunteer(work, act_now(backend, who), shift, answer)


@router.post("/shifts/{shift_id}/confirm", status_code=204, responses=NOT_FREE)
async def confirms(backend: BackendDep, work: CommandWork, who: FloorReader, shift_id: str) -> None:
    """I will come. Again: fine."""
    shift = await own_shift(work, shift_id, who)
    await volunteering.confirm_shift(work, act_now(backend, who), shift)


# ── leave ───────────────────────────────────────────────────────────────────────────────────────


@router.post("/leaves", status_code=201)
async def asks_leave(
    backend: BackendDep, work: CommandWork, who: FloorReader, said: LeaveIn
) -> LeaveOut:
    """I would like to be away; whoever plans for a line of mine decides."""
    await take_turns(work)
    staff = await work.get_one(Staff, who.staff_id)
    new = leave.NewLeave(kind=said.kind, begins_at=said.begins_at, ends_at=said.ends_at)
    row = await leave.ask_leave(work, act_now(backend, who), staff, new)
    return LeaveOut(id=row.id)


@router.post("/leaves/{leave_id}/approve", responses=LEFT_ALONE)
async def approves_leave(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, leave_id: str
) -> Weighed:
    """Refused where it opens a hole, but for an illness: then what it opens is told.

    `elsewhere`: it opens one on a line that is not yours; whoever plans there can say more.
    """
    row, staff = await leave_to_decide(work, leave_id, who)
    return await leave.approve_leave(work, act_now(backend, who), row, staff, who.lines)


@router.post("/leaves/{leave_id}/refuse", status_code=204)
async def refuses_leave(
    backend: BackendDep,
    work: CommandWork,
    who: RosterPlanner,
    leave_id: str,
    said: RosterAnswerIn | None = None,
) -> None:
    """They are told why."""
    row, staff = await leave_to_decide(work, leave_id, who)
    answer = said.text if said is not None else ""
    await leave.refuse_leave(work, act_now(backend, who), row, staff, answer)


@router.post("/leaves/{leave_id}/withdraw", status_code=204)
async def withdraws_leave(
    backend: BackendDep, work: CommandWork, who: FloorReader, leave_id: str
) -> None:
    """I do not want it any more; also where it was approved."""
    row = await own_leave(work, leave_id, who)
    staff = await work.get_one(Staff, row.staff_id)
    await leave.withdraw_leave(work, act_now(backend, who), row, staff)


# ── swaps ───────────────────────────────────────────────────────────────────────────────────────


@router.post("/shifts/{shift_id}/offer", status_code=201, responses=NOT_FREE)
async def offers(
    backend: BackendDep, work: CommandWork, who: FloorReader, shift_id: str
) -> SwapOfferedOut:
    """Who takes this shift of mine? It stays mine until a swap is approved."""
    shift = await own_shift(work, shift_id, who)
    row = await swaps.offer_shift(work, act_now(backend, who), shift)
    return SwapOfferedOut(id=row.id)


@router.post("/swaps/{swap_id}/take", status_code=204, responses=NOT_FREE)
async def takes_swap(
    backend: BackendDep,
    work: CommandWork,
    who: FloorReader,
    swap_id: str,
    said: SwapTakenIn | None = None,
) -> None:
    """I take it, for a shift of mine or for nothing; a supervisor decides."""
    swap, shift = await swap_to_take(work, swap_id, who)
    wanted = said.in_return if said is not None else None
    back = await own_shift(work, wanted, who) if wanted else None
    await swaps.take_swap(work, act_now(backend, who), swap, shift, back)


@router.post("/swaps/{swap_id}/step-back", status_code=204, responses=NOT_FREE)
async def steps_back_from_swap(
    backend: BackendDep, work: CommandWork, who: FloorReader, swap_id: str
) -> None:
    """I do not take it any more."""
    swap, shift = await swap_to_take(work, swap_id, who)
    await swaps.step_back_from_swap(work, act_now(backend, who), swap, shift)


@router.post("/swaps/{swap_id}/withdraw", status_code=204, responses=NOT_FREE)
async def withdraws_swap(
    backend: BackendDep, work: CommandWork, who: FloorReader, swap_id: str
) -> None:
    """I keep my shift."""
    swap, shift = await swap_to_take(work, swap_id, who)
    await swaps.withdraw_swap(work, act_now(backend, who), swap, shift)


@router.post("/swaps/{swap_id}/approve", status_code=204, responses=LEFT_ALONE)
async def approves_swap(
    backend: BackendDep, work: CommandWork, who: RosterPlanner, swap_id: str
) -> None:
    """The shifts change hands. Refused where that opens a hole, with who could take it instead."""
    swap, shift = await swap_to_decide(work, swap_id, who)
    await swaps.approve_swap(work, act_now(backend, who), swap, shift)


@router.post("/swaps/{swap_id}/refuse", status_code=204, responses=NOT_FREE)
async def refuses_swap(
    backend: BackendDep,
    work: CommandWork,
    who: RosterPlanner,
    swap_id: str,
    said: RosterAnswerIn | None = None,
) -> None:
    """The giver keeps it."""
    swap, shift = await swap_to_decide(work, swap_id, who)
    answer = said.text if said is not None else ""
    await swaps.refuse_swap(work, act_now(backend, who), swap, shift, answer)
