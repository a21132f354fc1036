"""The number behind the mask, for one answer.

These routes keep no answer for repeats, as `IdempotentRoute` does: the number would stand in it.
Asked twice, it is opened twice, and both are in the trace.
"""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, StringConstraints

from hotline.callers.opening import (
    REASON_AT_LEAST,
    REASON_AT_MOST,
    OpenedNumber,
    call_to_open,
    open_number,
)
from hotline.storage.tables import Call
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(tags=["callers"])

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=REASON_AT_LEAST, max_length=REASON_AT_MOST),
]


class OpenNumberIn(BaseModel):
    """Why it must be seen. Supervisors of the line read this."""

    reason: Reason = Field(examples=["the ambulance asks for the number"])


@router.post("/calls/{call_id}/number")
async def opens_number(
    backend: BackendDep,
    work: WorkDep,
    who: CallReader,
    call_id: str,
    wanted: OpenNumberIn,
    response: Response,
) -> OpenedNumber:
    """Show the number of a call, for this answer only. The reason is in the audit from then on.

    For supervisors of the line, whoever has the call, and whoever has taken the callback for it.
    """
    call = await call_to_open(work, await work.get(Call, call_id), who)
    at = backend.clock.now()
    opened = await open_number(work, backend.vault, call, wanted.reason, at=at, by=who.staff_id)
    response.headers["Cache-Control"] = "no-store"
    return opened
