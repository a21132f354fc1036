"""The live floor: is every caller being looked after? And the lists that it has no room for."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from hotline.floor.drawn import waits_now
from hotline.floor.rows import read_floor_rows
from hotline.floor.snapshot import FloorSnapshot, floor_snapshot
from hotline.staff.model import PresenceState
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.floor_now import floor_due, floor_now, names_of
from hotline.web.pages.floor_parts import PARTS
from hotline.web.pages.floor_view import (
    CallerRow,
    by_reason,
    by_state,
    in_danger,
    rows_of,
    talks,
)
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)

OF_A_PAGE = 100
From = Annotated[int, Query(alias="from", ge=0, le=100_000)]


@router.get("/floor")
async def floor(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The floor inside the frame; `floor_feed` keeps its parts as they are now."""
    frame.require(Permission.WATCH_FLOOR)
    at = backend.clock.now()
    values = await floor_now(work, frame.who, at=at, in_english=frame.in_english)
    due = await floor_due(work, backend.vault, frame.who, at=at)
    return frame.page("floor.html", parts=PARTS, **{**due, **values})


@router.get("/floor/due")
async def due(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What waits for the reader beside the calls."""
    frame.require(Permission.WATCH_FLOOR)
    at = backend.clock.now()
    values = await floor_due(work, backend.vault, frame.who, at=at)
    return frame.page("floor_due.html", at=at, **values)


@router.get("/wall")
async def wall(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The same truth in the dark, readable across the room, without controls."""
    frame.require(Permission.WATCH_FLOOR)
    at = backend.clock.now()
    values = await floor_now(work, frame.who, at=at, in_english=frame.in_english)
    return frame.page("wall.html", **values)


@router.get("/floor/danger")
async def danger(
    frame: FrameDep, backend: BackendDep, work: WorkDep, start: From = 0
) -> HTMLResponse:
    """Everybody in danger: who is not answered first, the longest first."""
    floor, rows = await _callers(frame, backend, work)
    return _callers_page(frame, floor, "danger", in_danger(rows).rows, start)


@router.get("/floor/waiting")
async def waiting(
    frame: FrameDep, backend: BackendDep, work: WorkDep, reason: str = "", start: From = 0
) -> HTMLResponse:
    """Everybody who waits for one reason, who waits longest first."""
    floor, rows = await _callers(frame, backend, work)
    groups = {one.reason: one.rows for one in by_reason(rows, most=len(rows))}
    found = groups.get(reason, [])
    return _callers_page(frame, floor, "waiting", found, start, reason=reason if found else "")


@router.get("/floor/talks")
async def all_talks(
    frame: FrameDep, backend: BackendDep, work: WorkDep, start: From = 0
) -> HTMLResponse:
    """Everybody who talks with a counselor, those to look at first."""
    floor, rows = await _callers(frame, backend, work)
    return _callers_page(frame, floor, "talks", talks(rows, most=len(rows)).rows, start)


async def _callers(
    frame: Fragment, backend: Backend, work: Work
) -> tuple[FloorSnapshot, list[CallerRow]]:
    frame.require(Permission.WATCH_FLOOR)
    at, lines, rows = backend.clock.now(), frame.who.lines, await read_floor_rows(work)
    floor = await floor_snapshot(work, at=at, of=lines, rows=rows)
    waits = await waits_now(work, at=at, of=lines, rows=rows)
    return floor, rows_of(floor.callers, waits, at=at)


def _callers_page(
    frame: Fragment,
    floor: FloorSnapshot,
    of: str,
    rows: Sequence[CallerRow],
    start: int,
    *,
    reason: str = "",
) -> HTMLResponse:
    return frame.page(
        "floor_all_callers.html",
        of=of,
        reason=reason,
        rows=rows[start : start + OF_A_PAGE],
        count=len(rows),
        start=start,
        step=OF_A_PAGE,
        line_name=names_of(floor, in_english=frame.in_english),
        floor=floor,
    )


@router.get("/floor/people")
async def people(
    frame: FrameDep, backend: BackendDep, work: WorkDep, state: PresenceState, start: From = 0
) -> HTMLResponse:
    """Everybody on duty who does the same, who has for longest first."""
    frame.require(Permission.WATCH_FLOOR)
    snapshot = await floor_snapshot(work, at=backend.clock.now(), of=frame.who.lines)
    groups = by_state(snapshot.counselors, most=len(snapshot.counselors))
    found = next((one.people for one in groups if one.state == state), [])
    return frame.page(
        "floor_all_people.html",
        state=state.value,
        people=found[start : start + OF_A_PAGE],
        count=len(found),
        start=start,
        step=OF_A_PAGE,
        line_name=names_of(snapshot, in_english=frame.in_english),
        floor=snapshot,
    )
