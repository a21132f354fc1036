"""The work list of messages: heard where they stand, answered by one click."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse

from hotline.directing.handing import colleagues_of
from hotline.messages.queries import count_messages, list_answered, list_messages
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.callbacks import REASONS
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep

router = APIRouter(include_in_schema=False)


@router.get("/messages")
async def messages(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What callers of the reader's lines left, the oldest unanswered first."""
    frame.require(Permission.CALL_BACK)
    return frame.page("messages.html", **await _now(frame, backend, work))


@router.get("/messages/live")
async def messages_live(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.CALL_BACK)
    return frame.page("messages_live.html", **await _now(frame, backend, work))


@router.get("/messages/count")
async def messages_count(frame: FragmentDep, work: WorkDep) -> PlainTextResponse:
    """How many are unanswered, for the navigation; nothing where none is."""
    frame.require(Permission.CALL_BACK)
    return PlainTextResponse(str(await count_messages(work, frame.who) or ""))


async def _now(frame: Fragment, backend: BackendDep, work: Work) -> dict[str, object]:
    now = backend.clock.now()
    return {
        "messages": await list_messages(work, frame.who, at=now),
        "answered": await list_answered(work, frame.who, at=now),
        "colleagues": await colleagues_of(work, frame.who.lines),
        "reasons": REASONS,
    }
