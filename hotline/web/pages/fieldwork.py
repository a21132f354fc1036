"""What officers bring from the field, as parts of the pages of an escalation and of a station."""

import hashlib
from collections.abc import Iterable

from fastapi import APIRouter, Response

from hotline.fieldwork.attachments import FileRow, files_of
from hotline.fieldwork.subjects import ESCALATION, Subject
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
