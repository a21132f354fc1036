"""Turns for breaks that people give to each other."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from hotline.errors import NotFound
from hotline.staff.permissions import Permission, Relation, require
from hotline.staff.sign_in import SignedIn
from hotline.staff.swaps import SENTENCES, swap_breaks
from hotline.storage.session import Work
from hotline.storage.tables import Staff
from hotline.web.api.refusals import refuses
from hotline.web.auth import TurnGiver
from hotline.web.deps import BackendDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from routing.breaks import TurnKept

router = APIRouter(tags=["breaks"], route_class=IdempotentRoute)

NOT_LATER = TurnKept.NOT_LATER
REFUSALS = refuses(SENTENCES[NOT_LATER], kind="BreakNotSwapped", reason=NOT_LATER.value)


class SwapIn(BaseModel):
    """`giver`: whose break is due first, and who lets `taker` go in their place: ids of people."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"giver": "li", "taker": "chen"}]})

    giver: str = Field(max_length=40)
    taker: str = Field(max_length=40)


class SwapOut(BaseModel):
    """When the two breaks are due now."""

    giver: str
    taker: str
    giver_due_at: datetime
    taker_due_at: datetime


@router.post("/breaks/swaps", responses=REFUSALS)
async def swap(backend: BackendDep, work: CommandWork, who: TurnGiver, wanted: SwapIn) -> SwapOut:
    """Let a colleague have their break first: I for mine, a supervisor for anybody of their line.

    How many may be away, and the last certified one, are kept as before.
    """
    await _require(work, who, wanted.giver, Permission.GIVE_TURN)
    await _require(work, who, wanted.taker, Permission.SEE_FLOOR)
    now = backend.clock.now()
    done = await swap_breaks(work, wanted.giver, wanted.taker, by_id=who.staff_id, at=now)
    return SwapOut(
        giver=done.giver_id,
        taker=done.taker_id,
        giver_due_at=done.giver_due_at,
        taker_due_at=done.taker_due_at,
    )


async def _require(work: Work, who: SignedIn, staff_id: str, wanted: Permission) -> None:
    """Raises `NotFound` or `Forbidden` where this person is not theirs to see or to send."""
    staff = await work.get(Staff, staff_id)
    if staff is None:
        raise NotFound
    standing = {
        Relation.OWN: staff.id == who.staff_id,
        Relation.LINE: not set(staff.lines).isdisjoint(who.lines),
    }
    relations = [relation for relation, holds in standing.items() if holds]
    require(who.roles, relations, wanted, to_know=Permission.SEE_FLOOR)
