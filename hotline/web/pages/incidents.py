"""Parts of ours that were away for long, for supervisors and administrators."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.incidents.queries import list_incidents
from hotline.staff.permissions import Permission
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FragmentDep, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/incidents")
async def incidents(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """All there were, the newest first."""
    frame.require(Permission.SEE_INCIDENTS)
    now = backend.clock.now()
    return frame.page("incidents.html", incidents=await list_incidents(work, at=now), now=now)


@router.get("/incidents/list")
async def incidents_list(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The list alone, looked at again when something changes."""
    frame.require(Permission.SEE_INCIDENTS)
    now = backend.clock.now()
    values = {"frame": frame, "incidents": await list_incidents(work, at=now), "now": now}
    return render(frame.request, "incidents_list.html", values)
