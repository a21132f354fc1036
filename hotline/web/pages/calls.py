"""One call: what happened, who was asked and why, and why nobody has been asked yet."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.calls.model import Urgency
from hotline.calls.queries import call_detail, may_act, permitted_call
from hotline.floor.explanations import why_call
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Call, Line
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.rendering import render

router = APIRouter(prefix="/calls/{call_id}", include_in_schema=False)


@router.get("")
async def call(frame: FrameDep, backend: BackendDep, work: WorkDep, call_id: str) -> HTMLResponse:
    """The call inside the frame."""
    return frame.page("call.html", **await _call(frame, backend, work, call_id))


@router.get("/live")
async def call_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """What moves on it."""
    values = await _call(frame, backend, work, call_id)
    return render(frame.request, "call_live.html", {"frame": frame, **values})


async def _call(frame: Fragment, backend: Backend, work: Work, call_id: str) -> dict[str, object]:
    frame.require(Permission.SEE_CALL)
    row = await permitted_call(work, await work.get(Call, call_id), frame.who)
    line = await work.get_one(Line, row.line_id)
    return {
        "call": await call_detail(work, row),
        "line_name": line.name_en if frame.in_english else line.name,
        "why": await why_call(work, row, at=backend.clock.now(), of=frame.who.lines),
        "may_act": await may_act(work, row, frame.who),
        "is_crisis": row.urgency == Urgency.CRISIS,
    }
