"""The work list of calls that we owe: who answers for each, until when, what was tried."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.callbacks.model import ClosedAs
from hotline.callbacks.queries import list_closed, list_owed, lost_ledger
from hotline.staff.model import Role
from hotline.staff.permissions import Permission
from hotline.storage.session import Work
from hotline.texting.queries import count_for_person
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.pages.texts import text_choices

router = APIRouter(include_in_schema=False)

REASONS = tuple(one for one in ClosedAs if one is not ClosedAs.TRIED_ENOUGH)


@router.get("/callbacks")
async def callbacks(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Everything that the reader's lines owe, danger first, then what is due first."""
    frame.require(Permission.CALL_BACK)
    return frame.page("callbacks.html", **await _now(frame, backend, work))


@router.get("/callbacks/live")
async def callbacks_live(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.CALL_BACK)
    return frame.page("callbacks_live.html", **await _now(frame, backend, work))


async def _now(frame: Fragment, backend: BackendDep, work: Work) -> dict[str, object]:
    now = backend.clock.now()
    return {
        "owed": await list_owed(work, frame.who, at=now),
        "closed": await list_closed(work, backend.vault, frame.who, at=now),
        "lost": await lost_ledger(work, frame.who.lines, at=now),
        "reasons": REASONS,
        "opens_all": frame.is_(Role.SUPERVISOR),
        "for_person": await count_for_person(work, frame.who),
        "text_choices": text_choices(frame),
    }
