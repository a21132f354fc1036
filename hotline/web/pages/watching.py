"""Who watches, and what they found: a strip of the floor that looks again by itself."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.staff.permissions import Permission
from hotline.watching.contact_drills import CONTACT_DRILLS
from hotline.watching.dead_man import DEAD_MAN
from hotline.watching.queries import watch_now
from hotline.watching.report import contact_rows, run_rows
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FragmentDep, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(include_in_schema=False)


@router.get("/incidents/drills")
async def drills(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Which contacts' phones reach nobody any more, and how far the last drills came."""
    frame.require(Permission.SEE_INCIDENTS)
    contacts, runs = await contact_rows(work), await run_rows(work)
    return frame.page("drills.html", contacts=contacts, runs=runs, now=backend.clock.now())


@router.get("/floor/watch")
async def floor_watch(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, *, wall: bool = False
) -> HTMLResponse:
    """Each part with its last beat; on the `wall` only what is broken."""
    frame.require(Permission.WATCH_FLOOR)
    settings = backend.settings
    asked_for = {DEAD_MAN: settings.dead_man_url, CONTACT_DRILLS: settings.contact_drills}
    off = [name for name, setting in asked_for.items() if not setting]
    watch = await watch_now(work, at=backend.clock.now(), off=off)
    return render(frame.request, "floor_watch.html", {"frame": frame, "watch": watch, "wall": wall})
