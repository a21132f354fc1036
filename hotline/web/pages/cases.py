"""Cases: which there are, and everything of one."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.cases.queries import list_cases, require_case, standing_case, together
from hotline.errors import NotFound
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Case
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.case_parts import PARTS
from hotline.web.pages.case_seen import CasePart, CaseSeen
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)
BY_NAME = {part.name: part for part in PARTS}


@router.get("/cases")
async def cases(frame: FrameDep, work: WorkDep) -> HTMLResponse:
    """Those that are open, of one's lines or of one's station."""
    frame.require(Permission.SEE_CASE)
    return frame.page("cases.html", cases=await list_cases(work, frame.who))


@router.get("/cases/live")
async def cases_live(frame: FragmentDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.SEE_CASE)
    return frame.page("cases_live.html", cases=await list_cases(work, frame.who))


@router.get("/cases/{case_id}")
async def case(frame: FrameDep, backend: BackendDep, work: WorkDep, case_id: str) -> HTMLResponse:
    """One case with all its parts."""
    seen = await _seen(frame, backend, work, case_id)
    parts = [(part, values) for part in PARTS if (values := await part.load(seen)) is not None]
    return frame.page("case.html", case=seen.case, parts=parts)


@router.get("/cases/{case_id}/parts/{name}")
async def case_part(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, case_id: str, name: str
) -> HTMLResponse:
    """One part again: something in it has changed."""
    seen = await _seen(frame, backend, work, case_id)
    part = BY_NAME.get(name)
    values = await part.load(seen) if part is not None else None
    if part is None or values is None:
        raise NotFound
    return frame.page("case_part.html", **_of_part(seen, part, values))


async def _seen(frame: Fragment, backend: Backend, work: Work, case_id: str) -> CaseSeen:
    standing = await require_case(work, case_id, frame.who, Permission.SEE_CASE)
    case = await work.get_one(Case, await standing_case(work, case_id))
    ids = await together(work, case.id)
    return CaseSeen(frame=frame, work=work, backend=backend, case=case, ids=ids, standing=standing)


def _of_part(seen: CaseSeen, part: CasePart, values: dict[str, Any]) -> dict[str, Any]:
    return {"case": seen.case, "part": part, "values": values}
