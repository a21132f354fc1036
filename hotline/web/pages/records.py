"""Finding records, reading one, and asking for what one may not read."""

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from sqlmodel import col, select

from hotline.calls.queries import may_do, permitted_call
from hotline.errors import Invalid, NotFound
from hotline.records.finding import FoundPage, RecordState, find_records
from hotline.records.model import ContactType, Topic
from hotline.records.queries import MOST_VERSIONS, read_record, read_version, versions_of
from hotline.records.reading_model import (
    MOST_HOURS_OF_AN_ADULT,
    USUAL_HOURS,
    is_minors,
)
from hotline.records.reading_queries import (
    looked_at,
    own_readings,
    readings_of,
    readings_to_answer,
)
from hotline.risk.levels import LADDER
from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.storage.tables import Call, Staff
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.finding import FindIn, sought_by
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)

HOURS, HOURS_OF_AN_ADULT = (2, 8, USUAL_HOURS), (2, 8, USUAL_HOURS, 72, MOST_HOURS_OF_AN_ADULT)


@router.get("/records")
async def records(
    frame: FrameDep, backend: BackendDep, work: WorkDep, wanted: Annotated[FindIn, Query()]
) -> HTMLResponse:
    """What one may find, by what was asked for."""
    frame.require(Permission.FIND_RECORD)
    names = frame.line_name
    found, is_over = await _find(frame, backend, work, wanted)
    return frame.page(
        "records.html",
        wanted=wanted,
        page=found,
        is_over=is_over,
        more=_address_of_the_rest(wanted, found),
        line_name=names,
        contact_types=list(ContactType),
        topics=list(Topic),
        levels=LADDER,
        states=list(RecordState),
        people=await _counselors(work, frame),
        **await _readings(frame, backend, work),
    )


@router.get("/records/readings")
async def readings(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What waits for the reader, and what was said to them."""
    frame.require(Permission.FIND_RECORD)
    return frame.page("records_readings.html", **await _readings(frame, backend, work))


@router.get("/calls/{call_id}/record")
async def record(
    frame: FragmentDep,
    backend: BackendDep,
    work: WorkDep,
    call_id: str,
    version: Annotated[int | None, Query(ge=1, le=MOST_VERSIONS)] = None,
) -> HTMLResponse:
    """The record with its words, or as it was once. Reading it leaves a trace."""
    frame.require(Permission.SEE_CALL)
    found, who = await work.get(Call, call_id), frame.who
    call = await permitted_call(work, found, who, Permission.READ_RECORD)
    at, vault = backend.clock.now(), backend.vault
    if version is None:
        opened = await read_record(work, vault, call.id, reader=who.staff_id, at=at)
    else:
        key = call.id, version
        opened = await read_version(work, vault, key, reader=who.staff_id, at=at)
        if opened is None:
            raise NotFound
    versions = await versions_of(work, call.id)
    return frame.page("call_record.html", call=call, opened=opened, versions=versions)


@router.get("/calls/{call_id}/readings")
async def call_readings(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, call_id: str
) -> HTMLResponse:
    """For supervisors: who read of this call, who asks to, and why."""
    frame.require(Permission.APPROVE_READING)
    found = await work.get(Call, call_id)
    call = await permitted_call(work, found, frame.who, Permission.APPROVE_READING)
    return frame.page(
        "call_readings.html",
        call=call,
        asked=await readings_of(work, backend.vault, call.id),
        looked=await looked_at(work, call.id),
        hours=HOURS if is_minors(call.age_group) else HOURS_OF_AN_ADULT,
        usual_hours=USUAL_HOURS,
    )


async def _find(
    frame: Fragment, backend: Backend, work: Work, wanted: FindIn
) -> tuple[FoundPage, bool]:
    """What is found; and whether a search by number is over, so that it has to be begun anew."""
    try:
        sought = await sought_by(backend, work, frame.who, wanted)
    except Invalid:
        return FoundPage(found=(), next=""), True
    at = backend.clock.now()
    return await find_records(work, frame.who, sought, at=at, after=wanted.after), False


def _address_of_the_rest(wanted: FindIn, page: FoundPage) -> str:
    if not page.next:
        return ""
    fields = wanted.model_dump(mode="json", exclude_none=True)
    kept = {name: value for name, value in fields.items() if value != ""}
    return "/records?" + urlencode({**kept, "after": page.next})


async def _counselors(work: Work, frame: Fragment) -> Sequence[tuple[str, str]]:
    """Whom a supervisor may search by: ids and names."""
    if not frame.is_(Role.SUPERVISOR):
        return ()
    query = select(Staff.id, Staff.name, Staff.lines, Staff.roles).order_by(col(Staff.name))
    people = (await work.exec(query)).all()
    ours = set(frame.who.lines)
    return [(one, name) for one, name, lines, roles in people
            if ours.intersection(lines) and Role.COUNSELOR in roles]  # fmt: skip


async def _readings(frame: Fragment, backend: Backend, work: Work) -> dict[str, Any]:
    lines = frame.who.lines if frame.is_(Role.SUPERVISOR) else ()
    return {
        "own": await own_readings(work, backend.vault, frame.who, at=backend.clock.now()),
        "waiting": await readings_to_answer(work, backend.vault, lines),
    }


async def reading_beside_call(work: Work, call: Call, frame: Fragment) -> dict[str, Any]:
    """What the call's page offers: to read, to ask, to see who read, or nothing."""
    may_read = await may_do(work, call, frame.who, Permission.READ_RECORD)
    finds = await may_do(work, call, frame.who, Permission.FIND_RECORD)
    return {
        "may_read": may_read,
        "may_ask": finds and not may_read,
        "may_approve": await may_do(work, call, frame.who, Permission.APPROVE_READING),
    }
