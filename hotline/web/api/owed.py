"""Calls that we owe: the work list, and what people do with it."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callbacks.acts import (
    NO_CALL,
    NOT_FOR_PEOPLE,
    Closing,
    close_with_note,
    mark_not_safe,
    take,
)
from hotline.callbacks.attempts import IN_HAND
from hotline.callbacks.model import ClosedAs
from hotline.callbacks.queries import (
    CallbackRow,
    LostLedger,
    list_owed,
    lost_ledger,
    permitted_callback,
)
from hotline.callcontrol.calling_back import NO_WAY, CallingBack, call_owed
from hotline.web.api.callbacks import CallBackOut
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallbackKeeper
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/callbacks", tags=["callbacks"], route_class=IdempotentRoute)


class OwedOut(BaseModel):
    """What lines of mine owe: danger first, then what is due first. `lost`: today's ledger.

    `accounted_for`: every caller who hung up in a queue today has an item here, or hardly waited.
    """

    callbacks: list[CallbackRow]
    lost: LostLedger
    accounted_for: bool


class CloseCallbackIn(BaseModel):
    """Why nobody is called any more. The note is sealed."""

    closed_as: ClosedAs = Field(examples=[ClosedAs.NOT_NEEDED])
    note: str = Field(default="", max_length=1000)


@router.get("")
async def owed(backend: BackendDep, work: WorkDep, who: CallbackKeeper) -> OwedOut:
    """Every call that is owed on my lines, masked, with what was tried, and the ledger of today."""
    now = backend.clock.now()
    ledger = await lost_ledger(work, who.lines, at=now)
    rows = await list_owed(work, who, at=now)
    return OwedOut(callbacks=rows, lost=ledger, accounted_for=ledger.balances)


@router.post("/{callback_id}/take", status_code=204)
async def takes(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, callback_id: str
) -> None:
    """I answer for it from now on. Mine already: fine."""
    await permitted_callback(work, callback_id, who)
    await take(work, callback_id, who.staff_id, at=backend.clock.now())


@router.post("/{callback_id}/call", status_code=201, responses=refuses(IN_HAND, NO_WAY))
async def calls(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, callback_id: str
) -> CallBackOut:
    """Call them now: my own phone rings first, then theirs. It is mine from now on.

    409 while somebody else calls them, while I am not free, at night, where the number is marked
    or rang too often of late; 422 where nobody can be rung at it.
    """
    await permitted_callback(work, callback_id, who)
    now = backend.clock.now()
    by = CallingBack(vault=backend.vault, duty_phone=backend.settings.duty_phone, at=now)
    made = await call_owed(work, callback_id, who.staff_id, by=by, by_id=who.staff_id)
    await take(work, callback_id, who.staff_id, at=now)
    return CallBackOut(call_id=made.id)


@router.post("/{callback_id}/close", status_code=204, responses=refuses(IN_HAND, NOT_FOR_PEOPLE))
async def closes(
    backend: BackendDep,
    work: CommandWork,
    who: CallbackKeeper,
    callback_id: str,
    why: CloseCallbackIn,
) -> None:
    """Nobody is called any more, for a reason, and perhaps with a note."""
    await permitted_callback(work, callback_id, who)
    now = backend.clock.now()
    closing = Closing(closed_as=why.closed_as, note=why.note, by_id=who.staff_id, at=now)
    await close_with_note(work, backend.vault, callback_id, closing)


@router.post("/{callback_id}/not-safe", status_code=204, responses=refuses(IN_HAND, NO_CALL))
async def marks_not_safe(
    backend: BackendDep, work: CommandWork, who: CallbackKeeper, callback_id: str
) -> None:
    """It is not safe to ring this number: nobody does any more, for this or for any other call."""
    await permitted_callback(work, callback_id, who)
    await mark_not_safe(work, callback_id, who.staff_id, at=backend.clock.now())
