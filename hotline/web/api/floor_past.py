"""The floor as it was, for supervisors: a counselor has no use for who called weeks ago."""

from fastapi import APIRouter

from hotline.floor.travel import floor_at, require_past
from hotline.web.api.floor import FloorOut, floor_shown
from hotline.web.auth import FloorWatcher
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.moments import Moment

router = APIRouter(tags=["floor"])


@router.get("/floor/past")
async def past_floor(backend: BackendDep, work: WorkDep, who: FloorWatcher, at: Moment) -> FloorOut:
    """What `GET /floor` showed at `at`, as it is kept: callers, counselors, escalations, accounts.

    Names and the rules of lines are those of today. `why`, `queues`, `help` and `carrier` are told
    of the present alone, and empty here. 422 for a moment that is to come, or is not kept any more.
    """
    days = backend.settings.records_kept_days
    await require_past(work, at, kept_days=days, at=backend.clock.now())
    return floor_shown(await floor_at(work, at=at, of=who.lines), {}, [], ())
