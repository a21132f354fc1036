"""Who wrote a call's record and when, and what was entered beside it afterwards."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.queries import may_do, permitted_call
from hotline.records.additions import WAYS, additions_of, authors_for
from hotline.records.saves import parts_of
from hotline.staff.permissions import Permission
from hotline.storage.tables import Call
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FragmentDep

router = APIRouter(include_in_schema=False)


@router.get("/calls/{call_id}/additions")
async def additions(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """The writers, then each late entry with both of its people. Reading leaves a trace."""
    frame.require(Permission.SEE_CALL)
    who, at = frame.who, backend.clock.now()
    call = await permitted_call(work, await work.get(Call, call_id), who, Permission.READ_RECORD)
    return frame.page(
        "call_record_additions.html",
        call=call,
        parts=await parts_of(work, call),
        additions=await additions_of(work, backend.vault, call.id, reader=who.staff_id, at=at),
        authors=await authors_for(work, call),
        ways=WAYS,
        may_add=await may_do(work, call, who, Permission.WRITE_RECORD),
    )
