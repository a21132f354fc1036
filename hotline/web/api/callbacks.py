"""Calling somebody back: begun, found to be nobody, and numbers that must not be rung."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.callcontrol.calling_back import NO_WAY, NOT_OVER, CallingBack, call_back
from hotline.callcontrol.talks import NOT_CALLED, found_nobody
from hotline.calls.queries import permitted_call
from hotline.calls.returning import mark_number
from hotline.calls.service import add_call_entry, lock_call
from hotline.staff.permissions import Permission
from hotline.storage.tables import Call
from hotline.web.api.refusals import refuses
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/calls/{call_id}", tags=["callbacks"], route_class=IdempotentRoute)


class CallBackOut(BaseModel):
    """The call that was begun: it ends in `talked` or `not_reached`, and is in no queue."""

    call_id: str = Field(examples=["b7c1f0a2d94e4f0c8a3b6d15"])


class NoCallbackIn(BaseModel):
    """Whether whoever called from this number must not be rung there."""

    no_callback: bool = Field(examples=[True])


@router.post("/call-back", status_code=201, responses=refuses(NOT_OVER, NO_WAY))
async def calls_back(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str
) -> CallBackOut:
    """Call whoever made this call: your own phone rings first, then theirs, with the line's number.

    Of a call that is over and yours to write up, or whose caller is owed a call on a line of
    yours. 409 while you are not ready and at no record, where the number is marked as not safe, or
    rang too often of late; 422 where nobody can be rung at it. Their number is shown to nobody.
    """
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.CALL_BACK)
    by = CallingBack(
        vault=backend.vault, duty_phone=backend.settings.duty_phone, at=backend.clock.now()
    )
    return CallBackOut(call_id=(await call_back(work, call, who.staff_id, by=by)).id)


@router.post("/not-reached", status_code=204, responses=refuses(NOT_CALLED))
async def nobody_there(
    backend: BackendDep, work: CommandWork, who: CallReader, call_id: str
) -> None:
    """A mailbox or a stranger picked up: the line is cut without a word, and no record is owed."""
    found = await lock_call(work, call_id)
    call = await permitted_call(work, found, who, Permission.ACT_IN_CALL)
    await found_nobody(work, call, at=backend.clock.now())


@router.put("/no-callback", status_code=204)
async def marks_number(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str, wanted: NoCallbackIn
) -> None:
    """It is not safe to call this number, or it is again. Counts for every call from it."""
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, who, Permission.WRITE_RECORD)
    await mark_number(work, call, no_callback=wanted.no_callback)
    kind = "call.no_callback" if wanted.no_callback else "call.callback_allowed"
    add_call_entry(work, call, kind, at=backend.clock.now(), staff_id=who.staff_id)
