"""The end of an officer's duty: handed to a colleague, taken over in one act."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.fieldwork import shifts
from hotline.fieldwork.shift_queries import ShiftView, shifts_of
from hotline.web.api.refusals import refuses
from hotline.web.auth import EscalationAnswerer
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/stations/handovers", tags=["escalations"], route_class=IdempotentRoute)
NOT_HANDED = refuses(shifts.NOT_YOURS, shifts.NO_SUCH_COLLEAGUE, kind="Conflict")
NOT_TAKEN = refuses(shifts.OVER, kind="Conflict")


class HandoverIn(BaseModel):
    """`to`: a colleague; left out, whoever comes. `escalations`: left out, all that you have."""

    to: str | None = Field(default=None, max_length=80)
    escalations: list[Annotated[str, Field(max_length=80)]] = Field(
        default_factory=list, max_length=200
    )
    note: str = Field(default="", max_length=4000)


class HandoverOut(BaseModel):
    """What waits to be taken."""

    id: str


class TakenOut(BaseModel):
    """By numbers. `not_moved`: what its former holder did not have any more."""

    moved: tuple[str, ...]
    not_moved: tuple[str, ...]


class ShiftNoteOut(BaseModel):
    """What the former wrote."""

    note: str


@router.get("")
async def list_handovers(backend: BackendDep, work: WorkDep, who: EscalationAnswerer) -> ShiftView:
    """What waits at your station, what you handed over, and what you could hand over."""
    return await shifts_of(work, who, at=backend.clock.now())


@router.post("", status_code=201, responses=NOT_HANDED)
async def hand_over(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, said: HandoverIn
) -> HandoverOut:
    """Hand over. Until somebody takes it, it stays with you; an earlier one is replaced."""
    wanted = shifts.NewHandover(to=said.to or None, escalations=said.escalations, note=said.note)
    now = backend.clock.now()
    one = await shifts.hand_over_shift(work, backend.vault, who, wanted, at=now)
    return HandoverOut(id=one.id)


@router.post("/{handover_id}/take", responses=NOT_TAKEN)
async def take(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, handover_id: str
) -> TakenOut:
    """Take all of it over: from now on it is with you. No deadline moves."""
    done = await shifts.take_shift(work, handover_id, who, at=backend.clock.now())
    return TakenOut(moved=done.moved, not_moved=done.not_moved)


@router.post("/{handover_id}/withdraw", status_code=204, responses=NOT_TAKEN)
async def withdraw(
    backend: BackendDep, work: CommandWork, who: EscalationAnswerer, handover_id: str
) -> None:
    """Take it back: it stays with you."""
    await shifts.take_back(work, handover_id, who, at=backend.clock.now())


@router.get("/{handover_id}/note")
async def note(
    backend: BackendDep, work: WorkDep, who: EscalationAnswerer, handover_id: str
) -> ShiftNoteOut:
    """The note. That you read it is kept."""
    now = backend.clock.now()
    return ShiftNoteOut(note=await shifts.read_note(work, backend.vault, handover_id, who, at=now))
