"""What I am told on my desk, until I have read it."""

from fastapi import APIRouter

from hotline.callcontrol.talk_length import put_away
from hotline.directing.notices import Unread, mark_read, unread_notices
from hotline.web.auth import CallTaker
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

router = APIRouter(prefix="/me/notices", tags=["me"], route_class=IdempotentRoute)
reminders = APIRouter(prefix="/me/reminders", tags=["me"], route_class=IdempotentRoute)


@router.get("")
async def notices(work: WorkDep, who: CallTaker) -> list[Unread]:
    """What a supervisor did that concerns me, or wrote to me, and I have not read; oldest first."""
    return await unread_notices(work, who.staff_id)


@reminders.post("/{call_id}/read", status_code=204)
async def reminder_read(
    backend: BackendDep, work: CommandWork, who: CallTaker, call_id: str
) -> None:
    """I have seen how long my talk has lasted. Again: fine; it comes back with the next step."""
    await put_away(work, who.staff_id, call_id, at=backend.clock.now())


@router.post("/{notice_id}/read", status_code=204)
async def read(backend: BackendDep, work: CommandWork, who: CallTaker, notice_id: str) -> None:
    """I have read it. Again: fine."""
    await mark_read(work, notice_id, who.staff_id, at=backend.clock.now())
