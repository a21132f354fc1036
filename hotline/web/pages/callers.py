"""Callers beyond one call, for supervisors: blocked numbers, who calls often, odd calls."""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.callers.blocks import blocks_of
from hotline.callers.odd_calls import odd_calls
from hotline.callers.plans import counselors_of, plans_of, proposals
from hotline.callers.where import calls_by_place
from hotline.i18n.catalog import midnight_before
from hotline.recordings.telling import notices_owed
from hotline.staff.permissions import Permission
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)


@router.get("/callers")
async def callers(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """All that is in force on the reader's lines, and what waits for their word."""
    frame.require(Permission.DIRECT_FLOOR)
    now, lines = backend.clock.now(), frame.who.lines
    return frame.page(
        "callers.html",
        blocks=await blocks_of(work, lines, at=now),
        proposals=await proposals(work, lines, at=now),
        plans=await plans_of(work, backend.vault, lines),
        places=await calls_by_place(work, lines, since=midnight_before(now)),
        owed=await notices_owed(work, lines),
        odd=await odd_calls(work, lines, since=midnight_before(now)),
        tomorrow=(now + timedelta(days=1)).date(),
        people=await counselors_of(work, lines),
        line_name=frame.line_name,
    )
