"""The record of a call: saved while one writes, read with a trace."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.calls.queries import permitted_call
from hotline.calls.service import lock_call
from hotline.errors import NotFound
from hotline.records.model import ContactType, Disposition, Draft, Opened, Risk, Topic
from hotline.records.queries import opened, read_record
from hotline.records.service import save_record
from hotline.staff.permissions import Permission
from hotline.staff.presence import end_wrap_up
from hotline.storage.tables import Call
from hotline.web.auth import CallReader
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(prefix="/calls/{call_id}/record", tags=["calls"])


class RecordIn(BaseModel):
    """The record, or a draft of it. `ready`: and take the next call."""

    contact_type: ContactType | None = None
    topics: list[Topic] = Field(default=[], max_length=3)
    risk: Risk = Risk.NOT_ASSESSED
    disposition: Disposition | None = None
    follow_up: bool = False
    narrative: str = Field(default="", max_length=20_000)
    ready: bool = False


@router.put("")
async def put_record(
    backend: BackendDep, work: WorkDep, who: CallReader, call_id: str, wanted: RecordIn
) -> Opened:
    """Save the record; saving again replaces it. With `ready`, wrap-up ends."""
    call, now = await lock_call(work, call_id), backend.clock.now()
    await permitted_call(work, call, who, Permission.WRITE_RECORD)
    draft = Draft(
        contact_type=wanted.contact_type,
        topics=tuple(wanted.topics),
        risk=wanted.risk,
        disposition=wanted.disposition,
        follow_up=wanted.follow_up,
        narrative=wanted.narrative,
    )
    record = await save_record(work, backend.vault, call.id, who.staff_id, draft, at=now)
    if wanted.ready:
        await end_wrap_up(work, who.staff_id, call.id, at=now)
    return opened(record, backend.vault)


@router.get("")
async def get_record(backend: BackendDep, work: WorkDep, who: CallReader, call_id: str) -> Opened:
    """The record, for the call's counselor and for supervisors. Reading leaves a trace."""
    found_call = await work.get(Call, call_id)
    call = await permitted_call(work, found_call, who, Permission.READ_RECORD)
    now = backend.clock.now()
    found = await read_record(work, backend.vault, call.id, reader=who.staff_id, at=now)
    if found is None:
        raise NotFound("No record was written for this call yet.")
    return found
