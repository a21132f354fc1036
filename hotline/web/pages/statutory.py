"""What the law asks to be reported: the list, a report's sealed words, and the band at the desk."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.statutory.model import AGENCIES, EventKind, How
from hotline.statutory.queries import (
    ReportTab,
    list_reports,
    open_words,
    owed_by,
    require_report,
)
from hotline.storage.session import Work
from hotline.web.deps import Backend, BackendDep, WorkDep
from hotline.web.pages.frame import Fragment, FragmentDep, FrameDep
from hotline.web.receipt_pdf import code_words

router = APIRouter(include_in_schema=False)


@router.get("/statutory")
async def statutory(
    frame: FrameDep, backend: BackendDep, work: WorkDep, tab: ReportTab = ReportTab.OPEN
) -> HTMLResponse:
    """Everything of one's lines or of one's own, what is due first at the top."""
    frame.require(Permission.MAKE_REPORT)
    return frame.page("statutory.html", **await _listed(frame, backend, work, tab))


@router.get("/statutory/live")
async def statutory_live(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, tab: ReportTab = ReportTab.OPEN
) -> HTMLResponse:
    """The list alone."""
    frame.require(Permission.MAKE_REPORT)
    return frame.page("statutory_live.html", **await _listed(frame, backend, work, tab))


async def _listed(frame: Fragment, backend: Backend, work: Work, tab: ReportTab) -> dict[str, Any]:
    return {
        "rows": await list_reports(work, frame.who, tab),
        "tab": tab,
        "tabs": tuple(ReportTab),
        "event_kinds": tuple(EventKind),
        "my_lines": frame.who.lines,
        **report_words(backend),
    }


def report_words(backend: Backend) -> dict[str, Any]:
    """What every list of reports says them with."""
    return {
        "agencies": AGENCIES,
        "ways": tuple(How),
        "phones": backend.settings.phones_to_report,
        "code_words": code_words,
    }


@router.get("/statutory/{report_id}/words")
async def statutory_words(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, report_id: str
) -> HTMLResponse:
    """Whom they spoke to, what was answered. Opening it leaves a trace."""
    report = await require_report(work, report_id, frame.who)
    by, at = Actor.of_staff(frame.who.staff_id), backend.clock.now()
    words = await open_words(work, backend.vault, report.id, by=by, at=at)
    return frame.page("statutory_words.html", report=report, words=words)


@router.get("/desk/statutory")
async def desk_statutory(frame: FragmentDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """What they have to report now, and the number to ring: stays above every page until then."""
    frame.require(Permission.MAKE_REPORT)
    rows = await owed_by(work, frame.who)
    return frame.page("desk_statutory.html", rows=rows, **report_words(backend))
