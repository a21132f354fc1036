"""Alerts that are over: one day, of one line or of all that are the reader's."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from hotline.alerts.queries import alerts_over, days_beside
from hotline.roster.model import local_day
from hotline.staff.permissions import Permission
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.moments import DayHere
from hotline.web.pages.frame import FrameDep

router = APIRouter(include_in_schema=False)


@router.get("/floor/alerts/over")
async def alerts_that_are_over(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    day: DayHere | None = None,
    line: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Without a day, today."""
    frame.require(Permission.WATCH_FLOOR)
    now = backend.clock.now()
    names = frame.line_name
    shown = day or local_day(now)
    of = [one for one in names if line in ("", one)]
    return frame.page(
        "floor_alerts_over.html",
        alerts=await alerts_over(work, of, day=shown),
        beside=await days_beside(work, of, day=shown),
        shown=shown,
        line=line,
        line_name=names,
        now=now,
    )
