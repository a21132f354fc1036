"""The roster: a week or a month of one's lines, its holes, and what is asked and offered."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from hotline.errors import NotFound
from hotline.roster.model import ShiftKind, SwapState, local_day
from hotline.roster.period import people_of_lines, period_of
from hotline.roster.queries import (
    ShiftShown,
    SwapShown,
    proof_of,
    reader_of,
    roster_shown,
    unconfirmed,
)
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.moments import DayHere
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep, line_names_for
from hotline.web.pages.roster_calendar import (
    clock_here,
    days_shown,
    month_days,
    people_by_days,
    week_days,
)

router = APIRouter(prefix="/roster", include_in_schema=False)

MONTH = timedelta(days=31)


class CalendarIn(BaseModel):
    """What stands in the address. `day`: any of the week or month; by itself, today."""

    view: Literal["week", "month"] = "week"
    day: DayHere | None = None


@router.get("")
async def roster(
    frame: FrameDep, backend: BackendDep, work: WorkDep, asked: Annotated[CalendarIn, Query()]
) -> HTMLResponse:
    """Who works when, and where nobody does."""
    frame.require(Permission.SEE_FLOOR)
    return frame.page("roster.html", **await _shown(frame, backend, work, asked))


@router.get("/live")
async def roster_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, asked: Annotated[CalendarIn, Query()]
) -> HTMLResponse:
    """The calendar alone."""
    frame.require(Permission.SEE_FLOOR)
    return frame.page("roster_live.html", **await _shown(frame, backend, work, asked))


@router.get("/new")
async def new_shift(
    frame: FragmentDep, work: WorkDep, day: DayHere, staff: str = ""
) -> HTMLResponse:
    """The form of a new shift, for a day and somebody."""
    frame.require(Permission.PLAN_ROSTER)
    people = await people_of_lines(work, frame.who.lines)
    theirs = next((one.lines for one in people if one.id == staff), frame.who.lines)
    lines = [one for one in frame.who.lines if one in theirs]
    values = {"day": day, "staff": staff, "lines": lines}
    values |= {"line_names": await line_names_for(frame, work)}
    return frame.page("roster_new.html", people=people, kinds=ShiftKind, **values)


@router.get("/shifts/{shift_id}")
async def one_shift(frame: FragmentDep, work: WorkDep, shift_id: str, day: DayHere) -> HTMLResponse:
    """What can be done with a shift of that day. Raises `NotFound`."""
    frame.require(Permission.SEE_FLOOR)
    reader = reader_of(frame.who)
    found = await roster_shown(work, reader, period_of(day, day))
    shift = next((one for one in found.shifts if one.id == shift_id), None)
    if shift is None:
        raise NotFound
    return frame.page(
        "roster_shift.html",
        shift=shift,
        day=local_day(shift.begins_at),
        clock_here=clock_here,
        swap=next((one for one in found.swaps if _waits(one, shift)), None),
        plans=reader.plans,
        people=await people_of_lines(work, frame.who.lines) if reader.plans else (),
        kinds=ShiftKind,
        line_names=await line_names_for(frame, work),
    )


def _waits(one: SwapShown, shift: ShiftShown) -> bool:
    return one.shift_id == shift.id and one.state != SwapState.REFUSED


async def _shown(
    frame: Fragment, backend: Backend, work: Work, asked: CalendarIn
) -> dict[str, Any]:
    today = local_day(backend.clock.now())
    day = asked.day or today
    days = week_days(day) if asked.view == "week" else month_days(day)
    period = period_of(days[0], days[-1])
    reader = reader_of(frame.who)
    found = await roster_shown(work, reader, period)
    holes = await proof_of(work, frame.who.lines, period) if reader.plans else []
    people = [("", ""), *await _people(frame, work, found.shifts, plans=reader.plans)]
    shown = days_shown(days, holes, found.shifts)
    return {
        "asked": asked,
        "day": day,
        "before": _step(asked, day, -1),
        "after": _step(asked, day, 1),
        "days": shown,
        "weeks": [shown[at : at + 7] for at in range(0, len(shown), 7)],
        "rows": people_by_days(days, people, found.shifts, found.leaves),
        "found": found,
        "unconfirmed": await unconfirmed(work, reader, at=backend.clock.now()),
        "plans": reader.plans,
        "today": today,
        "clock_here": clock_here,
        "line_names": await line_names_for(frame, work),
        "names": {one.id: one for one in found.shifts},
    }


async def _people(
    frame: Fragment, work: Work, shifts: tuple[ShiftShown, ...], *, plans: bool
) -> list[tuple[str, str]]:
    """Everybody who can be planned; for those who do not plan, whoever has a shift."""
    if plans:
        return [(one.id, one.name) for one in await people_of_lines(work, frame.who.lines)]
    mine = {frame.who.staff_id: frame.who.name}
    found = {one.staff_id: one.name for one in shifts if one.staff_id}
    return [*mine.items(), *((key, name) for key, name in found.items() if key not in mine)]


def _step(asked: CalendarIn, day: date, way: int) -> date:
    """A day of the week or month before or after."""
    if asked.view == "week":
        return day + timedelta(days=7 * way)
    first = day.replace(day=1)
    return first - timedelta(days=1) if way < 0 else (first + MONTH).replace(day=1)
