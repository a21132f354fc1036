"""Files of an escalation: photos and documents that an officer brings from the field.

Whoever may read its story may add and see them. Each look leaves a trace; nothing of a file is kept
by a browser, and nothing in it is ever run.
"""

from typing import Any

import structlog
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from hotline.errors import NotKept
from hotline.fieldwork.attachments import (
    TOO_MANY,
    FileRow,
    OneFile,
    comment_file,
    drafted,
    file_to_open,
    files_of,
    keep_file,
    remove_file,
    require_place,
    require_subject,
)
from hotline.fieldwork.pictures import FileKind, what_is_kept
from hotline.fieldwork.shelf import Shelf
from hotline.fieldwork.subjects import ESCALATION, Subject
from hotline.storage.tables import Attachment
from hotline.storage.tables.columns import new_id
from hotline.storage.vault import SealBroken
from hotline.web.api.refusals import Responses, refuses
from hotline.web.auth import StoryReader
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.idempotency import CommandWork, IdempotentRoute

log = structlog.get_logger()

ANY_FILE = {"schema": {"type": "string", "format": "binary"}}
FORMS = ("image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf")
FILE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": dict.fromkeys(FORMS, ANY_FILE)}
}
ADDED: Responses = {
    **refuses(TOO_MANY, kind="Conflict"),
    422: {"description": "Not a file that can be added; what to do instead."},
    507: {"description": "No room on the disk."},
}
OPENED: Responses = {
    200: {"description": "The picture, or the document to save.", "content": {"image/jpeg": {}}},
    409: {"description": "Its file cannot be opened."},
}
TYPES = {FileKind.PICTURE: "image/jpeg", FileKind.DOCUMENT: "application/pdf"}
NOT_OPENED = "This file cannot be opened. Tell your administrator; the others are not affected."
# Nothing in it may run, load, or be framed; no browser and no proxy keeps it.
APART = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

router = APIRouter(prefix="/escalations", tags=["escalations"], route_class=IdempotentRoute)
_one_at_a_time = CapacityLimiter(1)  # a large picture is 200 MB for a moment


class Added(BaseModel):
    """What was kept."""

    id: str
    kind: FileKind
    size: int


class CommentIn(BaseModel):
    """What is to be seen on it; empty takes the comment away."""

    text: str = Field(max_length=1000)


class FileWhyIn(BaseModel):
    """Why it is taken away: only a supervisor needs to say it, and whoever is late."""

    text: str = Field(default="", max_length=1000)


@router.get("/{escalation_id}/attachments")
async def list_attachments(
    backend: BackendDep, work: WorkDep, who: StoryReader, escalation_id: str
) -> list[FileRow]:
    """What there is, without the files."""
    subject = Subject(ESCALATION, escalation_id)
    return await files_of(work, backend.vault, subject, who, at=backend.clock.now())


@router.post(
    "/{escalation_id}/attachments", status_code=201, responses=ADDED, openapi_extra=FILE_BODY
)
async def add_attachment(
    request: Request, backend: BackendDep, work: CommandWork, who: StoryReader, escalation_id: str
) -> Added:
    """Add a picture or a PDF: the bytes alone, whatever type and name they are sent with."""
    subject, at = Subject(ESCALATION, escalation_id), backend.clock.now()
    await require_subject(work, subject, who)
    await require_place(work, subject)
    kept = await to_thread.run_sync(what_is_kept, await request.body(), limiter=_one_at_a_time)
    file_id = new_id()
    raw = kept.small + kept.whole
    lies = await to_thread.run_sync(_shelf(backend).put, file_id, raw)
    draft = drafted(subject, kept, lies, file_id, by=who.staff_id, at=at)
    one = await keep_file(work, backend.vault, subject, draft, at=at)
    return Added(id=one.id, kind=kept.kind, size=len(kept.whole))


@router.get("/{escalation_id}/attachments/{file_id}", responses=OPENED, response_class=Response)
async def open_attachment(
    backend: BackendDep,
    work: WorkDep,
    who: StoryReader,
    escalation_id: str,
    file_id: str,
    *,
    small: bool = False,
) -> Response:
    """The file itself; `small`: a little picture of it. That it was opened is kept."""
    asked, at = _asked(escalation_id, file_id), backend.clock.now()
    one = await file_to_open(work, backend.vault, asked, who, at=at)
    raw = await _opened(backend, one, small=small and one.small > 0)
    kind = FileKind(one.kind)
    ending = "jpg" if kind is FileKind.PICTURE else "pdf"
    how = "inline" if kind is FileKind.PICTURE else "attachment"
    name = f'{how}; filename="{at:%Y%m%d}-{one.id[:6]}.{ending}"'
    return Response(raw, media_type=TYPES[kind], headers=APART | {"Content-Disposition": name})


@router.post("/{escalation_id}/attachments/{file_id}/comment", status_code=204)
async def comment(
    backend: BackendDep,
    work: CommandWork,
    who: StoryReader,
    escalation_id: str,
    file_id: str,
    said: CommentIn,
) -> None:
    """Say what is to be seen on it: whoever added it. Sealed."""
    asked, at = _asked(escalation_id, file_id), backend.clock.now()
    await comment_file(work, backend.vault, asked, who, said.text, at=at)


@router.delete("/{escalation_id}/attachments/{file_id}", status_code=204)
async def remove(
    backend: BackendDep,
    work: WorkDep,
    who: StoryReader,
    escalation_id: str,
    file_id: str,
    said: FileWhyIn | None = None,
) -> None:
    """Take it away: whoever added it within ten minutes, or a supervisor with a reason."""
    asked, at = _asked(escalation_id, file_id), backend.clock.now()
    why = said.text if said is not None else ""
    await remove_file(work, backend.vault, asked, who, why, at=at)


def _asked(escalation_id: str, file_id: str) -> OneFile:
    return OneFile(Subject(ESCALATION, escalation_id), file_id)


def _shelf(backend: Backend) -> Shelf:
    return Shelf(backend.settings.attachments_dir, backend.vault)


async def _opened(backend: Backend, one: Attachment, *, small: bool) -> bytes:
    """All of it before anything is answered. Raises `NotKept`."""
    stretch = (0, one.small) if small else (one.small, one.size)
    try:
        return await to_thread.run_sync(_shelf(backend).read, one, *stretch)
    except (OSError, SealBroken) as fault:
        log.error("attachment.not_opened", file_id=one.id, error=type(fault).__name__)  # noqa: TRY400 – its words name a path
        raise NotKept(NOT_OPENED) from fault
