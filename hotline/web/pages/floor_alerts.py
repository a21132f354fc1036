"""Alerts that are over: one day, of one line or of all that are the reader's."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.alerts.queries import alerts_over, days_beside
from hotline.i18n.catalog import HERE
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Line
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.moments import RosterDay
from hotline.web.pages.frame import Fragment, FrameDep

router = APIRouter(include_in_schema=False)


@router.get("/floor/alerts/over")
async def alerts_that_are_over(
    frame: FrameDep,
    backend: BackendDep,
    work: WorkDep,
    day: RosterDay | None = None,
    line: Annotated[str, Query(max_length=40)] = "",
) -> HTMLResponse:
    """Without a day, today."""
    frame.require(Permission.WATCH_FLOOR)
    now = backend.clock.now()
    names = await _line_names(frame, work)
    shown = day or now.astimezone(HERE).date()
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


async def _line_names(frame: Fragment, work: Work) -> Mapping[str, str]:
    query = select(Line).where(col(Line.id).in_(frame.who.lines)).order_by(col(Line.id))
    found = (await work.exec(query)).all()
    return {one.id: one.name_en if frame.in_english else one.name for one in found}
