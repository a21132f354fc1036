"""Of which reports somebody is told by mail, what became of the last one, and how to stop it."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from hotline.reports.mails import mails_of, may_hear
from hotline.reports.periods import PeriodKind
from hotline.staff.permissions import Permission, Relation
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FrameDep

router = APIRouter(prefix="/reports/mails", include_in_schema=False)


@router.get("")
async def report_mails(frame: FrameDep, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """One of each kind at most."""
    frame.require(Permission.READ_REPORTS, by=Relation.LINE)
    return frame.page(
        "report_mails.html",
        mails=await mails_of(work, frame.who.staff_id),
        kinds=[one for one in PeriodKind if may_hear(frame.who.roles, one)],
        has_mail=bool(backend.settings.mail_host),
        now=backend.clock.now(),
    )
