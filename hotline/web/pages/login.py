"""The log-in, and where each role begins."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import col, select

from hotline.i18n.catalog import CHINESE
from hotline.lines.numbers import NO_LINE
from hotline.settings import Settings
from hotline.staff.model import Role
from hotline.staff.training import PASSWORD
from hotline.storage.session import Work
from hotline.storage.tables import Line, Staff
from hotline.web.deps import BackendDep, WorkDep
from hotline.web.pages.frame import FrameDep
from hotline.web.pages.rendering import address, language_of, render

router = APIRouter(include_in_schema=False)

# Who sets the house up begins there, and who watches over others, whatever else they do: the floor
# and presence are one step away.
FIRST_PAGE = {
    Role.ADMIN: "/administration",
    Role.SUPERVISOR: "/floor",
    Role.COUNSELOR: "/desk",
    Role.OFFICER: "/station",
}


@router.get("/")
async def start(frame: FrameDep) -> RedirectResponse:
    """To the first page of one's role. Nobody signed in: the error handler leads to the log-in."""
    served = frame.request.app.state.page_paths
    pages = [page for role, page in FIRST_PAGE.items() if frame.is_(role) and page in served]
    return RedirectResponse(address(frame.request, pages[0] if pages else "/login"), 303)


@router.get("/login")
async def login(request: Request, backend: BackendDep, work: WorkDep) -> HTMLResponse:
    """Which hotline this is, and what to do when one cannot get in."""
    lines = (await work.exec(select(Line).where(Line.id != NO_LINE).order_by(col(Line.id)))).all()
    chinese = language_of(request) == CHINESE
    values = {
        "count": len(lines),
        "names": " · ".join(line.name if chinese else line.name_en for line in lines),
        "duty_phone": backend.settings.duty_phone,
        "demo_people": await _demo_people(work, backend.settings),
        "demo_password": PASSWORD,
        "provider": backend.provider is not None and not request.scope.get("root_path"),
        "passwords": backend.settings.oidc_passwords,
    }
    return render(request, "login.html", values)


async def _demo_people(work: Work, settings: Settings) -> Sequence[Staff]:
    """Whose password is still that of the demo, in a demo only: it is in the open anyway."""
    if not settings.demo:
        return ()
    has_one = col(Staff.password_hash) != ""  # not where a link to choose one is out
    known = select(Staff).where(col(Staff.active), ~col(Staff.password_chosen), has_one)
    return (await work.exec(known.order_by(col(Staff.username)))).all()
