"""What officers bring from the field, as parts of the pages of an escalation and of a station."""

import hashlib
from collections.abc import Iterable

from fastapi import APIRouter, Response

from hotline.deliveries.push_keys import key_for_browsers
from hotline.fieldwork.attachments import FileRow, files_of
from hotline.fieldwork.shift_queries import shifts_of, untaken_of
from hotline.fieldwork.shifts import read_note, require_station
from hotline.fieldwork.subjects import ESCALATION, Subject
from hotline.staff.permissions import Permission, Relation
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FragmentDep

router = APIRouter(include_in_schema=False)
NO_CONTENT = 204


@router.get("/escalations/{escalation_id}/files")
async def files(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, escalation_id: str, shown: str = ""
) -> Response:
    """The list of its files. Nothing where that is `shown` already: a picture may be open in it."""
    subject, at = Subject(ESCALATION, escalation_id), backend.clock.now()
    rows = await files_of(work, backend.vault, subject, frame.who, at=at)
    mark = _mark(rows)
    if mark == shown:
        return Response(status_code=NO_CONTENT)
    values = {"files": rows, "mark": mark, "escalation_id": escalation_id}
    return frame.page("escalation_files_list.html", **values)


def _mark(rows: Iterable[FileRow]) -> str:
    """The same for the same list."""
    told = "|".join(f"{one.id} {one.may_remove} {one.asks_why} {one.comment}" for one in rows)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


@router.get("/station/shift")
async def shift(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, shown: str = ""
) -> Response:
    """What is handed over at one's station. Nothing where that is `shown`: somebody may write."""
    view = await shifts_of(work, frame.who, at=backend.clock.now())
    mark = hashlib.sha256(repr(view).encode()).hexdigest()[:12]
    if mark == shown:
        return Response(status_code=NO_CONTENT)
    return frame.page("station_shift_now.html", shift=view, mark=mark)


@router.get("/station/shift/{handover_id}/note")
async def shift_note(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, handover_id: str
) -> Response:
    """The note of one. Opening it leaves a trace."""
    now = backend.clock.now()
    said = await read_note(work, backend.vault, handover_id, frame.who, at=now)
    return frame.page("station_shift_note.html", note=said)


@router.get("/escalations/untaken")
async def untaken(frame: FragmentDep, work: WorkDep) -> Response:
    """For supervisors: what nobody took over when its officer's duty ended."""
    frame.require(Permission.OVERSEE_ESCALATION, by=Relation.LINE)
    return frame.page("shift_untaken_now.html", untaken=await untaken_of(work, frame.who))


@router.get("/station/push")
async def push(frame: FragmentDep, backend: BackendDep) -> Response:
    """The switch for this browser."""
    require_station(frame.who)
    key = key_for_browsers(backend.settings.push_keys)
    return frame.page("station_push_now.html", key=key.public if key else "")
