"""Files of the roster: taken out for calendars and spreadsheets, brought in, and one's own feed."""

from datetime import datetime

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from hotline.i18n.catalog import speaking
from hotline.i18n.words import label
from hotline.roster.entries import FaultyCell
from hotline.roster.exporting import team_calendar, team_sheet
from hotline.roster.feeds import end_feed, feed_of, open_feed
from hotline.roster.importing import MOST_TOLD, CheckedFile, check_file, import_file
from hotline.roster.queries import reader_of
from hotline.roster.refusals import SENTENCES, RosterRefusal
from hotline.storage.tables import Staff
from hotline.web.api.refusals import refuses
from hotline.web.api.roster import AskedPeriod, act_now
from hotline.web.auth import FloorReader, RosterPlanner
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute
from hotline.web.pages.rendering import language_of

router = APIRouter(prefix="/roster", tags=["roster"], route_class=IdempotentRoute)
secrets_router = APIRouter(prefix="/roster", tags=["roster"])  # whose answers are not kept

HAS_FAULTS = RosterRefusal.HAS_FAULTS
FAULT = {"row": 3, "column": "日期", "fault": "no_date", "value": "soon"}
NOT_IMPORTED = refuses(
    SENTENCES[HAS_FAULTS], kind="RosterRefused", reason=HAS_FAULTS.value, faults=[FAULT]
)
CALENDAR, SHEET = (
    "text/calendar",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
FILE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class FaultyCellOut(BaseModel):
    """What is wrong in which cell; `said`: in the reader's language."""

    row: int
    column: str
    fault: str
    value: str
    said: str


class RosterFileCheckedOut(BaseModel):
    """What a file would plan. `faults`: the first ones, of how many."""

    shifts: int
    leaves: int
    faults: list[FaultyCellOut]
    faulty: int


class RosterImportedOut(BaseModel):
    """What was planned and asked for."""

    shifts: int
    leaves: int


class RosterFeedOut(BaseModel):
    """Whether somebody's calendar may follow their shifts. `read_at`: when one last did."""

    open: bool
    made_at: datetime | None = None
    read_at: datetime | None = None


class RosterFeedOpenedOut(BaseModel):
    """The link, told this once."""

    url: str


@router.get(
    "/calendar.ics",
    response_class=Response,
    responses={200: {"content": {CALENDAR: {}}, "description": "Events of RFC 5545."}},
)
async def calendar(
    request: Request, work: WorkDep, who: FloorReader, period: AskedPeriod
) -> Response:
    """The roster of my lines for calendars: by itself, of this week."""
    with speaking(language_of(request)):
        body = await team_calendar(work, reader_of(who), period)
    headers = {"Content-Disposition": f'attachment; filename="roster-{period.first}.ics"'}
    return Response(body, media_type=f"{CALENDAR}; charset=utf-8", headers=headers)


@router.get(
    "/table.xlsx",
    response_class=Response,
    responses={200: {"content": {SHEET: {}}, "description": "A list, and people by days."}},
)
async def table(request: Request, work: WorkDep, who: FloorReader, period: AskedPeriod) -> Response:
    """The roster of my lines as a spreadsheet: by itself, of this week."""
    with speaking(language_of(request)):
        body = await team_sheet(work, reader_of(who), period)
    headers = {"Content-Disposition": f'attachment; filename="roster-{period.first}.xlsx"'}
    return Response(body, media_type=SHEET, headers=headers)


@router.post("/imports/check", openapi_extra=FILE_BODY)
async def checks(
    request: Request, backend: BackendDep, work: CommandWork, who: RosterPlanner
) -> RosterFileCheckedOut:
    """What a file (CSV, XLSX or iCalendar) would plan, and its faults. Nothing is written."""
    checked = await check_file(work, await request.body(), who, at=backend.clock.now())
    with speaking(language_of(request)):
        return _checked(checked)


@router.post("/imports", status_code=201, openapi_extra=FILE_BODY, responses=NOT_IMPORTED)
async def imports(
    request: Request, backend: BackendDep, work: CommandWork, who: RosterPlanner
) -> RosterImportedOut:
    """Plan all shifts of a file and ask for its leave: all of it, or nothing."""
    done = await import_file(work, act_now(backend, who), await request.body(), who)
    return RosterImportedOut(shifts=len(done.shifts), leaves=len(done.leaves))


@router.get("/feed")
async def feed(work: WorkDep, who: FloorReader) -> RosterFeedOut:
    """Whether my calendar may follow my shifts."""
    row = await feed_of(work, who.staff_id)
    if row is None:
        return RosterFeedOut(open=False)
    return RosterFeedOut(open=True, made_at=row.made_at, read_at=row.read_at)


@secrets_router.post("/feed", status_code=201)
async def opens_feed(backend: BackendDep, work: WorkDep, who: FloorReader) -> RosterFeedOpenedOut:
    """A new link for my calendar. It is told once; the one before ends."""
    staff = await work.get_one(Staff, who.staff_id, with_for_update=True)
    token = await open_feed(work, act_now(backend, who), staff)
    return RosterFeedOpenedOut(url=f"{backend.settings.base_url}/r/{token}.ics")


@router.delete("/feed", status_code=204)
async def ends_feed(backend: BackendDep, work: WorkDep, who: FloorReader) -> None:
    """Nobody reads by the link any more."""
    staff = await work.get_one(Staff, who.staff_id, with_for_update=True)
    await end_feed(work, act_now(backend, who), staff)


def _checked(checked: CheckedFile) -> RosterFileCheckedOut:
    return RosterFileCheckedOut(
        shifts=len(checked.shifts),
        leaves=len(checked.leaves),
        faults=[_fault(one) for one in checked.faults[:MOST_TOLD]],
        faulty=len(checked.faults),
    )


def _fault(one: FaultyCell) -> FaultyCellOut:
    return FaultyCellOut(
        row=one.row,
        column=one.column,
        fault=one.fault.value,
        value=one.value,
        said=label("roster_fault", one.fault.value),
    )
