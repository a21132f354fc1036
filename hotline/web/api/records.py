"""The record of a call: saved while one writes, read with a trace."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel, Field

from hotline.errors import NotFound
from hotline.records.model import ContactType, Disposition, Draft, Opened, Risk, Topic
from hotline.records.queries import opened, read_record
from hotline.records.service import save_record
from hotline.staff.model import PresenceState
from hotline.staff.presence import choose_presence, lock_presence
from hotline.storage.session import Work
from hotline.storage.tables import Call
from hotline.web.api.calls import held_own, own, seen
from hotline.web.auth import Desk
from hotline.web.deps import BackendDep, WorkDep

router = APIRouter(prefix="/calls/{call_id}/record", tags=["calls"])


class RecordIn(BaseModel):
    """The record. `ready`: and take the next call."""

    contact_type: ContactType
    topics: list[Topic] = Field(default=[], max_length=3)
    risk: Risk = Risk.NOT_ASSESSED
    disposition: Disposition
    follow_up: bool = False
    narrative: str = Field(default="", max_length=20_000)
    ready: bool = False


@router.put("")
async def put_record(
    backend: BackendDep, work: WorkDep, who: Desk, call_id: str, wanted: RecordIn
) -> Opened:
    """Save the record; saving again replaces it. With `ready`, wrap-up ends."""
    call, now = await held_own(work, call_id, who), backend.clock.now()
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
        await _end_wrap_up(work, call.id, who.staff_id, at=now)
    return opened(record, backend.vault)


async def _end_wrap_up(work: Work, call_id: str, staff_id: str, *, at: datetime) -> None:
    """Only that of this call: an old record that is finished later ends no other wrap-up."""
    presence = await lock_presence(work, staff_id)
    if presence.state == PresenceState.WRAPPING_UP and presence.call_id == call_id:
        await choose_presence(work, staff_id, PresenceState.READY, at=at)


@router.get("")
async def get_record(backend: BackendDep, work: WorkDep, who: Desk, call_id: str) -> Opened:
    """The record, for the call's counselor and for supervisors. Reading leaves a trace."""
    call = own(await seen(work, await work.get(Call, call_id), who), who)
    now = backend.clock.now()
    found = await read_record(work, backend.vault, call.id, reader=who.staff_id, at=now)
    if found is None:
        raise NotFound("No record was written for this call yet.")
    return found
