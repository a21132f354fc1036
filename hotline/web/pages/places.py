"""Referral places beside a record, looked at again: the hours pass, and the caller says where."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from hotline.floor.desk import call_to_record
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.beside_talk import places_beside
from hotline.web.pages.desk import DeskPartDep

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("/calls/{call_id}/places")
async def places(
    frame: DeskPartDep,
    backend: BackendDep,
    work: WorkDep,
    call_id: str,
    district: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Those of the district first; without one, those of where the caller is."""
    seen = await call_to_record(work, call_id, frame.who)
    now = backend.clock.now()
    values = await places_beside(work, seen.call, district, at=now)
    return frame.page("desk_places.html", **values)
