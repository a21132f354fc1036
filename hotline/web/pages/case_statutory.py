"""The part of a case's page about what the law asks to be reported, and about who told us.

A station is shown that it was reported, to whom and when; neither who reported nor, before a
supervisor releases it, who the caller was.
"""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.cases.queries import require_case
from hotline.cases.reporters import number_of_reporter, reporter_of
from hotline.errors import Forbidden
from hotline.staff.actor import Actor
from hotline.staff.permissions import Permission
from hotline.statutory.queries import due_at, reports_of_case
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.case_seen import CaseSeen
from hotline.web.pages.frame import FragmentDep
from hotline.web.receipt_pdf import code_words

router = APIRouter(include_in_schema=False)


async def load_statutory(seen: CaseSeen) -> dict[str, Any] | None:
    """None for whoever only sees that the case is there."""
    if not seen.may(Permission.READ_CASE):
        return None
    reports = await reports_of_case(seen.work, seen.ids)
    may_report = seen.may(Permission.MAKE_REPORT)
    if not reports and not may_report:
        return None
    return {
        "reports": [(one, due_at(one)) for one in reports],
        "reporter": await reporter_of(seen.work, seen.case.id),
        "may_report": may_report,
        "may_release": seen.may(Permission.RELEASE_REPORTER),
        "code_words": code_words,
    }


@router.get("/cases/{case_id}/reporter")
async def case_reporter(
    frame: FragmentDep, backend: BackendDep, work: WorkDep, case_id: str
) -> HTMLResponse:
    """The number of whoever told us, once it was released. Reading it leaves a trace."""
    await require_case(work, case_id, frame.who, Permission.READ_CASE)
    found = await reporter_of(work, case_id)
    if found is None or found.hidden:
        raise Forbidden
    by, at = Actor.of_staff(frame.who.staff_id), backend.clock.now()
    number = await number_of_reporter(work, backend.vault, case_id, by=by, at=at)
    return frame.page("case_reporter.html", number=number)
